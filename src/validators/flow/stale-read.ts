import { groupBy } from '../../lib/group-by.js';
import { decisiveSpanId, type TraceStep, type UnknownReason, type VersionRule } from '../../model/index.js';
import { type Checked, joinChecked, NOTHING_FOUND } from '../checked.js';
import type { Evaluate } from '../evaluate.js';
import { findingAbout } from '../finding-about.js';
import type { ProvenOrder, Subject } from '../subject.js';
import { pairsOf, reachability } from './reach.js';
import { isNewer, readVersion, type Sighting } from './version.js';

/**
 * A read gave an older version than was known when it began: a cache that nobody invalidated, a replica that lags behind.
 *
 * ```
 *   write   ──▇▇▇▇── version 2
 *                  ╲ by cause, hand-off or sequence number
 *   read            ──▇▇▇▇── version 1
 * ```
 *
 * Known is what a step that writes, or one that reads, had told and ended before the read began: by cause, or in one process. The clocks of two processes
 * are never compared, and what is newer is said by the versions alone. One finding a reading step. Stands under any completion.
 *
 * Cannot tell of an occurrence that failed, or saw no version (null): it knew nothing. Where a version cannot be worked out, or two cannot be compared,
 * that is a reason, unless the rule is violated anyway.
 */
export function staleRead(subject: Subject, evaluate: Evaluate): Checked {
  const { order } = subject;
  if (order.contradiction) return NOTHING_FOUND;
  return joinChecked(subject.flow.versions.map((rule) => checkRule(subject, order, { rule, evaluate })));
}

interface Stale {
  readonly read: Sighting;
  readonly known: readonly Sighting[];
}

function checkRule(
  subject: Subject,
  order: ProvenOrder,
  { rule, evaluate }: { readonly rule: VersionRule; readonly evaluate: Evaluate },
): Checked {
  if (!rule.readBy.some((step) => subject.stepsNamed(step).length > 0)) return NOTHING_FOUND;
  const { sightings, problems } = sightingsOf(subject, { rule, evaluate });
  const reads = sightings.filter(({ traceStep }) => rule.readBy.includes(traceStep.stepName));
  let known: ReturnType<typeof knowledge> | undefined;
  const knownBefore = (earlier: Sighting, later: Sighting): boolean => {
    known ??= knowledge(order, sightings);
    return known(earlier, later);
  };
  const stale = reads.flatMap((read): readonly Stale[] => {
    // What is known for sure not to be newer harms nothing, whenever it was known: mostly that is all.
    const suspects = sightings.filter(
      (other) => other.key === read.key && isNewer(other.version, read.version) !== false,
    );
    const knownThen = suspects.filter((other) => knownBefore(other, read));
    const newer = knownThen.filter((other) => isNewer(other.version, read.version) === true);
    const unclear = knownThen.find((other) => isNewer(other.version, read.version) === undefined);
    if (unclear) problems.add(`versions ${unclear.version} and ${read.version} of the ${rule.name} cannot be compared`);
    return newer.length > 0 ? [{ read, known: newer }] : [];
  });
  if (stale.length === 0) return { findings: [], reasons: reasonsOf(rule, problems) };
  const byStep = groupBy(stale, ({ read }) => read.traceStep.stepName);
  return { findings: [...byStep.values()].map((group) => findingOf(subject, rule, group)), reasons: [] };
}

function reasonsOf(rule: VersionRule, problems: ReadonlySet<string>): readonly UnknownReason[] {
  return [...problems].map((detail) => ({ code: 'undecided', about: 'expression', steps: rule.readBy, detail }));
}

/** What each occurrence that writes or reads the thing told of its version. */
function sightingsOf(
  subject: Subject,
  { rule, evaluate }: { readonly rule: VersionRule; readonly evaluate: Evaluate },
): { readonly sightings: readonly Sighting[]; readonly problems: Set<string> } {
  const { scope } = subject.evidence;
  const told = new Map(Object.values(scope.steps).flatMap((all) => all.map((step) => [step.spanId, step] as const)));
  const problems = new Set<string>();
  const sightings = subject.steps.flatMap((traceStep) => {
    if (!isOf(rule, traceStep) || traceStep.status === 'error') return [];
    const names = { ...told.get(decisiveSpanId(traceStep)), ...scope };
    const sighting = readVersion(rule, traceStep, (text) => evaluate(text, names));
    if ('problem' in sighting) problems.add(sighting.problem);
    return 'problem' in sighting || sighting.version === null ? [] : [sighting as Sighting];
  });
  return { sightings, problems };
}

function isOf({ writtenBy, readBy }: VersionRule, { stepName }: TraceStep): boolean {
  return writtenBy.includes(stepName) || readBy.includes(stepName);
}

/** Whether one had ended, for sure and to the knowledge of the other, before the other began. */
function knowledge(
  { facts, occurrences }: ProvenOrder,
  sightings: readonly Sighting[],
): (earlier: Sighting, later: Sighting) => boolean {
  const told = new Set(sightings.map(({ traceStep }) => traceStep));
  const points = new Map(occurrences.flatMap((each) => (told.has(each.traceStep) ? [[each.traceStep, each]] : [])));
  const before = reachability(
    pairsOf(facts.knownOrder()),
    [...points.values()].map(({ start }) => start),
  );
  return (earlier, later) => {
    const end = points.get(earlier.traceStep)?.end;
    const start = points.get(later.traceStep)?.start;
    return earlier !== later && end !== undefined && start !== undefined && before?.(end, start) === true;
  };
}

function findingOf(subject: Subject, rule: VersionRule, stale: readonly Stale[]): Checked['findings'][number] {
  const [{ read, known }] = stale as readonly [Stale, ...Stale[]];
  const newest = known.reduce((best, other) => (isNewer(other.version, best.version) ? other : best));
  const occurrences = stale.map((each) => each.read.traceStep);
  const spanIds = new Set([...occurrences, ...known.map(({ traceStep }) => traceStep)].map(({ spanId }) => spanId));
  return findingAbout(subject, 'stale-read', {
    about: { step: read.traceStep.stepName, occurrences, spanIds: [...spanIds] },
    facts: {
      of: rule.name,
      version: String(read.version),
      known: String(newest.version),
      by: [...new Set(known.map(({ traceStep }) => traceStep.stepName))],
    },
  });
}
