import { groupBy } from '../lib/group-by.js';
import { lazily } from '../lib/lazily.js';
import { oncePer } from '../lib/once-per.js';
import type { CompiledFlow, Evidence, FlowNode, FlowStep, Strength, TraceStep, WorkflowTrace } from '../model/index.js';
import { type Absence, readAbsence } from './absence.js';
import { conditionsIn } from './conditions-in.js';
import { declaredSteps } from './declared-steps.js';
import type { Evaluate } from './evaluate.js';
import { checkFlow, ordersOf } from './flow/check.js';
import type { FlowCheck, OpenSteps } from './flow/checked-request.js';
import { type Facts, type FactsOfTrace, gatherFacts, type Occurrence } from './flow/facts.js';
import { fitCounts, NO_COUNT_PROBLEMS } from './flow/feasible.js';
import { missingParts } from './flow/missing-parts.js';
import { openStepsOf } from './flow/open-conditions.js';
import { indexSpans, type SpanIndex } from './flow/span-index.js';
import { followersOf, stepsUnder } from './flow/tree.js';
import { type EffectSeen, type LeaseSeen, seeEffects, seeLeases } from './store/effects-seen.js';

/** A request prepared for judging: what every validator looks at, and nothing it could disagree about. */
export interface Subject {
  readonly evidence: Evidence;
  readonly flow: CompiledFlow;
  readonly trace: WorkflowTrace;
  readonly index: SpanIndex;
  /** The request's steps that the flow knows. */
  readonly steps: readonly TraceStep[];
  stepsNamed(name: string): readonly TraceStep[];
  declared(name: string): FlowStep | undefined;
  /** Steps that the flow puts after this one. */
  followersOf(step: string): ReadonlySet<string>;
  readonly effects: readonly EffectSeen[];
  readonly leases: readonly LeaseSeen[];
  readonly absence: Absence;
  readonly counts: FlowCheck['counts'];
  /** Conditions of the order that could not be worked out. */
  readonly unresolved: readonly string[];
  /** The steps that an expression rests on and of which more may still come, or were lost. */
  openStepsOf(expression: string): readonly string[];
  /** The order, or the spans whose causes go round in a circle. */
  readonly order: ProvenOrder | { readonly contradiction: readonly string[] };
}

export interface ProvenOrder {
  readonly contradiction: undefined;
  readonly facts: Facts;
  readonly occurrences: readonly Occurrence[];
  readonly check: FlowCheck['order'];
}

/** Prepares the evidence: facts first, then counts and order, by the check given. */
export function prepare(evidence: Evidence, evaluate: Evaluate, check = checkFlow): Subject {
  const read = readEvidence(evidence);
  const gathered = gatherFacts(read.trace, read.steps);
  return {
    ...read,
    index: gathered.consistent ? gathered.facts.index : gathered.index,
    ...checkSubject(read, { gathered, evaluate, check }),
  };
}

/** Prepares evidence of whose trace it was shown that it conforms: the facts are gathered when somebody asks for them. */
export function prepareProven(evidence: Evidence, strength: Strength): Subject {
  const read = readEvidence(evidence);
  const check: FlowCheck['order'] = { cycles: [], strength, undecided: [], tooAmbiguous: undefined };
  const gathered = lazily({}, { all: () => consistentFacts(read) });
  const order = lazily(
    { contradiction: undefined, check },
    { facts: () => gathered.all.facts, occurrences: () => gathered.all.occurrences },
  );
  const known = { ...read, counts: NO_COUNTS, unresolved: [], order };
  return lazily(known, { index: () => indexSpans(read.trace) });
}

const NO_COUNTS: FlowCheck['counts'] = { missing: [], awaited: [], counts: [], unexpected: [] };

function consistentFacts({ trace, steps }: ReadEvidence): Extract<FactsOfTrace, { consistent: true }> {
  const gathered = gatherFacts(trace, steps);
  if (!gathered.consistent) throw new Error(`The causes of ${trace.requestId} were shown to go round in no circle.`);
  return gathered;
}

/** What a subject says before anybody looked at the order of things. */
type ReadEvidence = Omit<Subject, 'index' | 'counts' | 'order' | 'unresolved'>;

function readEvidence(evidence: Evidence): ReadEvidence {
  const { flow, trace } = evidence;
  const declared = declaredSteps(flow);
  const steps = trace.steps.filter(({ stepName }) => declared.has(stepName));
  let byName: ReadonlyMap<string, readonly TraceStep[]> | undefined;
  const stepsNamed = (name: string): readonly TraceStep[] => {
    byName ??= groupBy(steps, ({ stepName }) => stepName);
    return byName.get(name) ?? [];
  };
  const effects = seeEffects(evidence, stepsNamed);
  const absence = readAbsence(evidence, {
    disprovenByStore: (step) => effects.some((effect) => effect.effect.step === step && effect.records?.length === 0),
  });
  const asked = { flow, absence, seen: (step: string) => stepsNamed(step).length };
  return {
    evidence,
    flow,
    trace,
    steps,
    stepsNamed,
    declared: (name) => declared.get(name),
    followersOf: (step) => followersIn(flow)(step),
    effects,
    leases: seeLeases(evidence, stepsNamed),
    absence,
    openStepsOf: (expression) => openStepsOf(expression, asked),
  };
}

/** By flow: the steps that it puts after each. */
const followersIn = oncePer((flow: CompiledFlow): Subject['followersOf'] => {
  const followers = ordersOf(flow).map(followersOf);
  const nothing = new Set<string>();
  return (step) => followers.find((each) => each.has(step))?.get(step) ?? nothing;
});

interface Checking {
  readonly gathered: FactsOfTrace;
  readonly evaluate: Evaluate;
  readonly check: typeof checkFlow;
}

/** Steps of which more may still come, and those that a store shows without a span. */
export function openSteps({ absence, effects }: Pick<Subject, 'absence' | 'effects'>): OpenSteps {
  return {
    mayStillCome: absence.mayStillCome,
    storeShown: (step) => effects.some((effect) => effect.effect.step === step && effect.isDark),
  };
}

function checkSubject(
  { evidence, absence, effects, stepsNamed, openStepsOf: openIn }: ReadEvidence,
  { gathered, evaluate, check: checkOrder }: Checking,
): Pick<Subject, 'counts' | 'order' | 'unresolved'> {
  const { flow } = evidence;
  const open = openSteps({ absence, effects });
  if (!gathered.consistent) {
    // Counts alone do not tell which of its places a step takes.
    const raw = isEachOnce(flow.order)
      ? fitCounts(flow.order, { ...open, seen: (step) => stepsNamed(step).length })
      : NO_COUNT_PROBLEMS;
    const storeShown = (step: string): boolean => stepsNamed(step).length > 0 || open.storeShown(step);
    const missing = missingParts(
      raw.missing.map((step) => ({ step })),
      { order: flow.order, occurrences: [], storeShown, inside: undefined },
    );
    return { counts: { ...raw, missing }, order: { contradiction: gathered.spanIds }, unresolved: [] };
  }
  const holds = conditionsIn(evidence, evaluate);
  const isFirm = (condition: string): boolean => openIn(condition).length === 0;
  const settled = { ...gathered, occurrences: withoutOpenEnds(gathered.occurrences, { flow, absence }) };
  const { counts, order: check, unresolved } = checkOrder(flow, { ...settled, open, holds, isFirm });
  return { counts, order: { contradiction: undefined, ...settled, check }, unresolved };
}

/** True of an order that has each step at one place. */
const isEachOnce = oncePer((order: FlowNode): boolean => {
  const steps = stepsUnder(order);
  return new Set(steps).size === steps.length;
});

/** Nothing is known of the end of hedged tries while one of them may be unheard of: it may have answered earlier. */
function withoutOpenEnds(
  occurrences: readonly Occurrence[],
  { flow, absence }: { readonly flow: CompiledFlow; readonly absence: Absence },
): readonly Occurrence[] {
  const hedged = flow.steps.filter(({ matcher: { tries } }) => tries === 'hedged');
  const open = new Set(hedged.flatMap(({ name }) => (absence.mayLack(name) ? [name] : [])));
  if (open.size === 0) return occurrences;
  return occurrences.map((each) => (open.has(each.step) ? { ...each, end: undefined } : each));
}
