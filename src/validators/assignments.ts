import { type Evidence, type TraceStep, type UnknownReason, type Verdict, worstOutcome } from '../model/index.js';

interface Judged {
  readonly verdict: Verdict;
  /** True if the counts of the flow fit. */
  readonly fits: boolean;
}

/** More ways than this to read the spans as steps are not tried. */
const MAX_ASSIGNMENTS = 64;

/**
 * Judges each way to read the request's spans as steps, where a span fits several.
 *
 * Readings that fit the flow's counts are preferred; where all of them agree, the first with the fewest findings is the verdict. Where they
 * disagree, or are too many to try, the verdict is unknown: `ambiguous-step`, naming the spans.
 */
export function judgeAssignments(evidence: Evidence, judgeOne: (evidence: Evidence) => Judged): Verdict {
  const { trace } = evidence;
  const ambiguous = trace.steps.filter(({ alsoFits }) => alsoFits.length > 0);
  if (ambiguous.length === 0) return judgeOne(evidence).verdict;
  const readings = readingsOf(trace.steps);
  const judged = readings.map((steps) => judgeOne({ ...evidence, trace: { ...trace, steps } }));
  const fitting = judged.filter(({ fits }) => fits);
  const candidates = (fitting.length > 0 ? fitting : judged).map(({ verdict }) => verdict);
  const best = candidates.reduce((a, b) => (badness(b) < badness(a) ? b : a));
  const complete = readings.length === countOf(ambiguous);
  const agree = candidates.every(({ outcome }) => outcome === best.outcome);
  if (complete && agree) return best;
  return doubtful(best, { ambiguous, ...(agree && { tried: readings.length }) });
}

function doubtful(
  best: Verdict,
  { ambiguous, tried }: { readonly ambiguous: readonly TraceStep[]; readonly tried?: number },
): Verdict {
  const reasons = ambiguous.map(
    ({ spanId, stepName, alsoFits }): UnknownReason => ({
      code: 'ambiguous-step',
      spanId,
      steps: [stepName, ...alsoFits],
      ...(tried !== undefined && { tried }),
    }),
  );
  return { ...best, outcome: 'unknown', findings: [], consequences: [], reasons: [...best.reasons, ...reasons] };
}

function badness({ outcome, findings }: Verdict): number {
  return ['pass', 'unknown', 'fail'].indexOf(worstOutcome([outcome])) * 1_000 + findings.length;
}

function countOf(ambiguous: readonly TraceStep[]): number {
  return ambiguous.reduce((product, { alsoFits }) => product * (alsoFits.length + 1), 1);
}

/** The ways to read a request's spans as steps, the matchers' own first; not more than a handful. */
export function readingsOf(steps: readonly TraceStep[]): readonly (readonly TraceStep[])[] {
  let readings: (readonly TraceStep[])[] = [[]];
  for (const step of steps) {
    const choices = [step.stepName, ...step.alsoFits].map((stepName) => ({ ...step, stepName }));
    readings = readings.flatMap((reading) => choices.map((choice) => [...reading, choice])).slice(0, MAX_ASSIGNMENTS);
  }
  return readings;
}
