import { groupBy } from '../lib/group-by.js';
import type { Accounting, Handoff, MissingParent, StoreFailure, StoreName, UnknownReason } from '../model/index.js';
import { whileOpen } from './flow/open-conditions.js';
import { mayTryAgain } from './flow/step-failed.js';
import type { EffectSeen } from './store/effects-seen.js';
import type { Subject } from './subject.js';
import { unprovenOrders } from './unproven-orders.js';

type UnreachableStore = Extract<UnknownReason, { code: 'store-unreachable' }>;
type Lost = Extract<UnknownReason, { code: 'telemetry-lost' }>;

/**
 * What the accounts say is missing, by process and number. Nothing under `accounted`.
 *
 * Spans missing from a process may be the receipts and parents that are missing too: that many of either are not told twice. `settledOtherwise` leaves out
 * hand-offs whose receipt is known to be missing for another cause.
 */
export function telemetryLost(
  subject: Subject,
  settledOtherwise: (handoff: Handoff) => boolean,
): readonly UnknownReason[] {
  const { trace, absence } = subject;
  if (trace.completedBy === 'accounted') return [];
  const explained = absence.lossy.reduce((sum, { missing }) => sum + missing, 0);
  const spans = absence.lossy.map(
    ({ process, missing }): Lost => ({
      code: 'telemetry-lost',
      service: process.service,
      instanceId: process.instanceId,
      count: missing,
      detail: 'spans-missing',
      spanId: undefined,
      sender: undefined,
    }),
  );
  const unsettled = trace.accounting.unsettled.filter((handoff) => !settledOtherwise(handoff)).slice(explained);
  const lost = [
    ...spans,
    ...noReceipts(unsettled),
    ...missingParents(trace.accounting.missingParents, explained),
    ...unreadSpans(trace.accounting),
  ];
  const hidden = subject.counts.awaited.filter((step) => absence.wasLost(step));
  return lost.map((reason, i) =>
    i === 0 && hidden.length > 0 ? { ...reason, mayHide: [...new Set(hidden)] } : reason,
  );
}

function unreadSpans({ unread = [] }: Accounting): readonly Lost[] {
  return unread.map(({ count, because }) => ({
    code: 'telemetry-lost',
    service: '',
    instanceId: undefined,
    count,
    detail: 'unread',
    spanId: undefined,
    sender: undefined,
    because,
  }));
}

function noReceipts(unsettled: readonly Handoff[]): readonly Lost[] {
  const byPeer = groupBy(unsettled, ({ service, peer }) => `${service}\n${peer}`);
  return [...byPeer.values()].map(
    (handoffs): Lost => ({
      code: 'telemetry-lost',
      service: handoffs[0]?.peer ?? '',
      instanceId: undefined,
      count: handoffs.length,
      detail: 'no-receipt',
      spanId: handoffs[0]?.spanId,
      sender: handoffs[0]?.service,
    }),
  );
}

function missingParents(orphans: readonly MissingParent[], explained: number): readonly Lost[] {
  const parents = [...groupBy(orphans, ({ parentSpanId }) => parentSpanId).values()].slice(explained);
  const byService = groupBy(
    parents.flatMap((children) => children.slice(0, 1)),
    ({ service }) => service,
  );
  return [...byService].map(([service, children]) => ({
    code: 'telemetry-lost',
    service,
    instanceId: undefined,
    count: children.length,
    detail: 'missing-parent',
    spanId: children[0]?.spanId,
    sender: undefined,
  }));
}

const LIMITS: readonly (string | undefined)[] = ['deadline', 'span-limit', 'byte-limit', 'shutdown', undefined];

/**
 * Steps that are awaited though the request was called complete, or is still open; and, under a limit, the limit itself. Steps that lost
 * telemetry explains are not named: that is a reason of its own. `alsoAwaited` are steps that rules call for; `explained` leaves out steps that a finding explains.
 */
export function incomplete(
  subject: Subject,
  {
    alsoAwaited,
    explained,
  }: { readonly alsoAwaited: readonly string[]; readonly explained: (step: string) => boolean },
): readonly UnknownReason[] {
  const { completedBy } = subject.trace;
  const dark = subject.effects.flatMap(({ effect, isDark }) =>
    isDark && subject.absence.mayBeUnheard(effect.step) ? [effect.step] : [],
  );
  const awaited = [
    ...new Set([
      ...subject.counts.awaited,
      ...alsoAwaited,
      ...dark,
      ...awaitedVotes(subject),
      ...awaitedTries(subject),
    ]),
  ].filter((step) => !subject.absence.wasLost(step) && !explained(step));
  return awaited.length > 0 || LIMITS.includes(completedBy) ? [{ code: 'incomplete', completedBy, awaited }] : [];
}

/** Votes that may be unheard, where the outcome is stored without enough of them: too few to say who is wrong. */
function awaitedVotes(subject: Subject): readonly string[] {
  const { votes } = subject.flow;
  if (!votes || !subject.absence.mayBeUnheard(votes.step)) return [];
  return subject.counts.awaited.includes(votes.step) ? [votes.step] : [];
}

/** Steps that failed, and may have been tried again. */
function awaitedTries({ steps, declared, absence }: Subject): readonly string[] {
  const failed = steps.filter(({ status }) => status === 'error').map(({ stepName }) => stepName);
  return failed.filter((step) => mayTryAgain(step, { declared, absence }) && !declared(step)?.mayFail);
}

/** Stores that did not answer, and places in them that do not exist though a step says it left something there. One reason a step. */
export function storeUnreachable(subject: Subject): readonly UnknownReason[] {
  const away = readsOf(subject).flatMap(({ step, store, ...seen }): readonly UnreachableStore[] => {
    const failure = failureOf(seen);
    if (failure === undefined) return [];
    const { kind, address, saw, nextStep } = failure;
    return [{ code: 'store-unreachable', store, address, effect: step, kind, reason: saw, nextStep }];
  });
  return [
    ...groupBy(
      away,
      ({ effect, address }) => `${effect}
${address}`,
    ).values(),
  ].flatMap(([first]) => first ?? []);
}

function failureOf({ observation, happened }: Pick<EffectSeen, 'observation' | 'happened'>): StoreFailure | undefined {
  if (observation?.status === 'unreachable') return { ...observation, saw: observation.reason };
  return happened && observation?.status === 'read' ? observation.missing : undefined;
}

/** Effects of steps that happened which nobody could look for. */
export function unplannedEffects(subject: Subject): readonly UnknownReason[] {
  const unread = readsOf(subject).filter(({ observation, happened }) => happened && observation === undefined);
  return [...new Set(unread.map(({ step }) => step))].map((step) => ({
    code: 'undecided',
    about: 'expression',
    steps: [step],
    detail: unknownValues(subject),
  }));
}

/** What was to be read from the stores, by the step that should have left it. */
function readsOf({ effects, leases }: Subject): readonly (Pick<EffectSeen, 'observation' | 'happened'> & {
  readonly step: string;
  readonly store: StoreName;
})[] {
  return [
    ...effects.map(({ effect: { step, query }, observation, happened }) => {
      return { step, store: query.store, observation, happened };
    }),
    ...leases.map(({ rule: { grantedBy, query }, observation, happened }) => {
      return { step: grantedBy, store: query.store, observation, happened };
    }),
  ];
}

/** Conditions of the order that could not be worked out: either of their parts was let pass. */
export function unresolvedConditions({ unresolved, openStepsOf }: Subject): readonly UnknownReason[] {
  return unresolved.map((condition) => ({
    code: 'undecided',
    about: 'condition',
    steps: [],
    detail: `${condition} cannot be worked out${whileOpen(openStepsOf(condition))}`,
  }));
}

/** Most often a step whose wrapper was not told to capture what it gives back. */
function unknownValues({ flow, evidence: { scope } }: Subject): string {
  const unknown = Object.entries(flow.values).filter(([name]) => !Object.hasOwn(scope.values, name));
  const values = unknown.map(([name, text]) => `${name} (${text})`).join(', ');
  return `its effect was not read, for nothing gives ${values}; a step tells what it returns when it is wrapped with { output: true }`;
}

/** What the order could not settle: causes or clocks that contradict each other, and, where the flow asks for proof, pairs that nothing proves. */
export function undecidedOrder(subject: Subject): {
  readonly reasons: readonly UnknownReason[];
  readonly notes: readonly string[];
} {
  const { order } = subject;
  if (order.contradiction) return { reasons: [{ code: 'causes-contradict', spanIds: order.contradiction }], notes: [] };
  const { check, facts } = order;
  const reasons: UnknownReason[] = [];
  const notes: string[] = [];
  const { dropped } = facts.clocks;
  if (dropped.size > 0) {
    const processOf = (spanId: string): number => subject.index.processes[subject.index.placeOf(spanId)] ?? -1;
    const spanIds = check.undecided.flatMap((pair) =>
      pair.some(({ spanId }) => dropped.has(processOf(spanId))) ? pair.map(({ spanId }) => spanId) : [],
    );
    const services = servicesOf(subject, dropped);
    if (spanIds.length > 0) reasons.push({ code: 'clocks-contradict', spanIds: [...new Set(spanIds)], services });
    else notes.push(`clocks contradict each other and were not used: ${services.join(', ')}`);
  }
  if (check.tooAmbiguous !== undefined) reasons.push({ code: 'too-ambiguous', states: check.tooAmbiguous });
  if (subject.flow.prove && check.undecided.length > 0) {
    const steps = [...new Set(check.undecided.flatMap(([a, b]) => [a.step, b.step]))];
    reasons.push({ code: 'undecided', about: 'order', steps, detail: unprovenOrders(check.undecided, facts) });
  }
  return { reasons, notes };
}

function servicesOf(subject: Subject, processes: ReadonlySet<number>): readonly string[] {
  const services = subject.index.spans.flatMap((span, place) => {
    const service = span.resource.get('service.name');
    return processes.has(subject.index.processes[place] ?? -1) && typeof service === 'string' ? [service] : [];
  });
  return [...new Set(services)].sort();
}
