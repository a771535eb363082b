import { nanosToMs } from '../lib/clock.js';
import {
  type CompiledFlow,
  type Evidence,
  type Finding,
  type FlowOverlay,
  leavesUnder,
  type OverlaidLeaf,
  restsOn,
  type StepState,
  type TraceStep,
  type Verdict,
} from '../model/index.js';
import { readRun } from '../validators/index.js';
import { reasonSentence } from '../view/index.js';
import { evaluatorOf } from './evaluator.js';

/**
 * Lays one judged request over its flow: where each step stands by the places that the law gives it. Of a request that is no run of an order, a step stands at the first
 * place of its name.
 */
export function overlayOf(evidence: Evidence, verdict: Verdict): FlowOverlay {
  const { flow, trace } = evidence;
  const leaves = leavesOf(flow);
  const standing = placesOf(evidence, leaves);
  const { findings } = verdict;
  const all = numbered(verdict);
  const told = leaves.map((leaf) => {
    const own = standing.get(leaf) ?? [];
    const about = all.filter(({ finding }) => isAbout(finding, { leaf, own, leaves, standing }));
    return overlaid(leaf, { own, about, startTime: trace.startTime });
  });
  const placed = new Set([...standing.values()].flat().map(({ spanId }) => spanId));
  const strays = trace.steps.filter(({ spanId }) => !placed.has(spanId));
  return {
    requestId: verdict.requestId,
    outcome: verdict.outcome,
    findings,
    reasons: verdict.reasons.map(reasonSentence),
    leaves: told.filter(({ times, findings: about }) => times > 0 || about.length > 0),
    strays: strays.map((step) => {
      const about = all.filter(({ finding }) => restsOn(finding, step));
      const leaf = { inside: undefined, way: '', step: step.stepName };
      return overlaid(leaf, { own: [step], about, startTime: trace.startTime });
    }),
  };
}

interface Told {
  readonly finding: Finding;
  /** Where its cause stands among the findings. */
  readonly number: number;
}

/** The findings, and what follows from them under the number of its cause. */
function numbered({ findings, consequences }: Verdict): readonly Told[] {
  return [
    ...findings.map((finding, number) => ({ finding, number })),
    ...consequences.flatMap(({ finding, explainedBy }) =>
      typeof explainedBy === 'number' ? [{ finding, number: explainedBy }] : [],
    ),
  ];
}

interface Leaf {
  readonly inside: string | undefined;
  readonly way: string;
  readonly step: string;
}

function leavesOf({ order, steps }: CompiledFlow): readonly Leaf[] {
  const insides = steps.flatMap(({ name, inside }) => (inside ? [{ inside: name, order: inside }] : []));
  return [{ inside: undefined, order }, ...insides].flatMap((scope) =>
    leavesUnder(scope.order).map((leaf) => ({ ...leaf, inside: scope.inside })),
  );
}

type Standing = ReadonlyMap<Leaf, readonly TraceStep[]>;

function placesOf(evidence: Evidence, leaves: readonly Leaf[]): Standing {
  const { subject, runs } = readRun(evidence, evaluatorOf(evidence.flow));
  const standing = new Map<Leaf, TraceStep[]>();
  const leafOf = new Map<string, Leaf>();
  for (const { inside, placed = [] } of runs) {
    for (const { spanId, leaf } of placed) {
      const found = leaves.find((each) => each.inside === inside && each.way === leaf);
      if (found) leafOf.set(spanId, found);
    }
  }
  for (const step of subject.steps) {
    const leaf = leafOf.get(step.spanId) ?? leaves.find((each) => each.step === step.stepName);
    if (leaf) standing.set(leaf, [...(standing.get(leaf) ?? []), step]);
  }
  return standing;
}

/** Of places with one name, those where what the finding rests on stands; else the first, or for what is missing the first that is free. */
function isAbout(
  finding: Finding,
  {
    leaf,
    own,
    leaves,
    standing,
  }: {
    readonly leaf: Leaf;
    readonly own: readonly TraceStep[];
    readonly leaves: readonly Leaf[];
    readonly standing: Standing;
  },
): boolean {
  if (!stepsOf(finding).includes(leaf.step)) return false;
  const namesakes = leaves.filter(({ step }) => step === leaf.step);
  const isSeen = (each: Leaf): boolean => (standing.get(each) ?? []).some((step) => restsOn(finding, step));
  if (finding.code === 'missing-step') return leaf === (namesakes.find((each) => !standing.has(each)) ?? namesakes[0]);
  if (namesakes.some(isSeen)) return own.some((step) => restsOn(finding, step));
  return leaf === (namesakes.find((each) => standing.has(each)) ?? namesakes[0]);
}

/** The steps whose boxes show a finding. */
function stepsOf(finding: Finding): readonly (string | undefined)[] {
  if (finding.code === 'missing-step') return [finding.step, ...finding.facts.later];
  if (finding.code === 'wrong-order') return finding.facts.cycle.flatMap(({ from, to }) => [from.step, to.step]);
  return [finding.step];
}

function overlaid(
  { inside, way, step }: Leaf,
  {
    own,
    about,
    startTime,
  }: {
    readonly own: readonly TraceStep[];
    readonly about: readonly Told[];
    readonly startTime: bigint;
  },
): OverlaidLeaf {
  const start = own.reduce<bigint | undefined>(
    (first, each) => (first === undefined || each.startTime < first ? each.startTime : first),
    undefined,
  );
  const end = own.reduce((last, each) => (each.endTime > last ? each.endTime : last), start ?? 0n);
  const codes = about.map(({ finding }) => finding.code);
  return {
    inside,
    leaf: way,
    step,
    state: stateOf(codes, own.length),
    times: own.length,
    startMs: start === undefined ? undefined : nanosToMs(start - startTime),
    durationMs: start === undefined ? undefined : nanosToMs(end - start),
    findings: [...new Set(about.map(({ number }) => number))],
  };
}

function stateOf(codes: readonly Finding['code'][], times: number): StepState {
  if (codes.includes('unexpected-step')) return 'unexpected';
  if (times === 0 && (codes.includes('missing-step') || codes.includes('outbox-gap'))) return 'missing';
  if (codes.length > 0) return 'violated';
  return times > 0 ? 'done' : 'expected';
}
