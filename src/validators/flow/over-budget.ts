import { nanosToMs } from '../../lib/clock.js';
import {
  type Budget,
  decisiveSpanId,
  type Finding,
  type FindingFacts,
  type TraceStep,
  type UnknownReason,
} from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { ProvenOrder, Subject } from '../subject.js';
import type { ClockReading } from './facts.js';
import { earliest, measure, metAsRead, type Stretch, stretchName } from './stretch.js';

export interface BudgetCheck {
  readonly findings: readonly Finding[];
  readonly reasons: readonly UnknownReason[];
  readonly notes: readonly string[];
}

/**
 * Something took longer than its budget, or less time than it must.
 *
 * ```
 *   step      each occurrence's own duration, which one clock measured
 *   attempt   each try's own duration
 *   between   end of the first `from` ──────▶ end of the last `to`
 *   total     first start of the request ───▶ last end
 * ```
 *
 * Where a stretch crosses clocks it is an interval: over if its low end exceeds the limit, met if its high end does not; too short if its high end is below the
 * least, long enough if its low end is not. In between it is undecided when the clocks as read break the bound, or the flow asks for proof; else it counts
 * as met, and a note says that only the clocks say so.
 */
export function overBudget(subject: Subject): BudgetCheck {
  const checks = subject.flow.budgets.map((budget) =>
    budget.kind === 'step' || budget.kind === 'attempt' ? checkEach(subject, budget) : checkStretch(subject, budget),
  );
  if (checks.every((check) => check === MET)) return MET;
  return {
    findings: checks.flatMap(({ findings }) => findings),
    reasons: checks.flatMap(({ reasons }) => reasons),
    notes: checks.flatMap(({ notes }) => notes),
  };
}

const MET: BudgetCheck = { findings: [], reasons: [], notes: [] };

type EachBudget = Extract<Budget, { kind: 'step' | 'attempt' }>;
type StretchBudget = Extract<Budget, { kind: 'total' | 'between' }>;

/** Which bound a stretch breaks whatever the clocks are off by; `unsure` where that depends on them. */
export function broken(
  { limitMs, leastMs }: Pick<Budget, 'limitMs' | 'leastMs'>,
  stretch: Stretch,
): 'limit' | 'least' | 'unsure' | undefined {
  if (limitMs !== undefined && stretch.lowMs > limitMs) return 'limit';
  if (leastMs !== undefined && stretch.highMs < leastMs) return 'least';
  const met = stretch.highMs <= (limitMs ?? Infinity) && stretch.lowMs >= (leastMs ?? 0);
  return met ? undefined : 'unsure';
}

/** The same, if every clock were right. */
export function brokenAsRead(budget: Budget, { readMs }: Stretch): ReturnType<typeof broken> {
  return broken(budget, { readMs, lowMs: readMs, highMs: readMs });
}

function checkEach(subject: Subject, budget: EachBudget): BudgetCheck {
  const { step } = budget;
  const measured = subject.stepsNamed(step).flatMap((occurrence) => {
    const { attempts } = occurrence;
    if (budget.kind === 'attempt')
      return attempts.map((each) => ({ occurrence, spanId: each.spanId, ms: durationMs(each) }));
    return [{ occurrence, spanId: decisiveSpanId(occurrence), ms: durationMs(occurrence) }];
  });
  const isBroken = (ms: number): boolean => broken(budget, { readMs: ms, lowMs: ms, highMs: ms }) !== undefined;
  if (!measured.some(({ ms }) => isBroken(ms))) return MET;
  const findings = (['limit', 'least'] as const).flatMap((bound) => {
    const wrong = measured.filter(({ ms }) => broken(budget, { readMs: ms, lowMs: ms, highMs: ms }) === bound);
    if (wrong.length === 0) return [];
    const worst = (bound === 'limit' ? Math.max : Math.min)(...wrong.map(({ ms }) => ms));
    const occurrences = [...new Set(wrong.map(({ occurrence }) => occurrence))];
    const name = budget.kind === 'attempt' ? `${step} per attempt` : step;
    return [
      findingAbout(subject, 'over-budget', {
        about: { step, occurrences, spanIds: wrong.map(({ spanId }) => spanId) },
        facts: factsOf(budget, { name, bound, ms: worst, isExact: true }),
      }),
    ];
  });
  return { ...MET, findings };
}

function factsOf(
  { limitMs, leastMs }: Budget,
  {
    name,
    bound,
    ms,
    isExact,
  }: { readonly name: string; readonly bound: 'limit' | 'least'; readonly ms: number; readonly isExact: boolean },
): FindingFacts['over-budget'] {
  return { budget: name, bound, limitMs: (bound === 'limit' ? limitMs : leastMs) ?? 0, observedMs: ms, isExact };
}

function durationMs({ startTime, endTime }: Pick<TraceStep, 'startTime' | 'endTime'>): number {
  return nanosToMs(endTime - startTime);
}

function checkStretch(subject: Subject, budget: StretchBudget): BudgetCheck {
  if (subject.order.contradiction) return MET;
  const name = stretchName(budget);
  const stretch = budget.kind === 'total' ? measureTotal(subject.order) : measureBetween(subject.order, budget);
  const outcome = stretch && broken(budget, stretch);
  if (!stretch || outcome === undefined) return MET;
  if (outcome !== 'unsure') {
    const about = budget.kind === 'total' ? {} : { step: budget.to, occurrences: subject.stepsNamed(budget.to) };
    const ms = outcome === 'limit' ? stretch.lowMs : stretch.highMs;
    const measured = factsOf(budget, { name, bound: outcome, ms, isExact: stretch.lowMs === stretch.highMs });
    const facts = stretch.isReversed && budget.kind === 'between' ? { ...measured, isReversed: true } : measured;
    return { ...MET, findings: [findingAbout(subject, 'over-budget', { about, facts })] };
  }
  if (brokenAsRead(budget, stretch) === undefined && !subject.flow.prove) return { ...MET, notes: [metAsRead(name)] };
  const steps = budget.kind === 'total' ? [] : [budget.from, budget.to];
  return {
    ...MET,
    reasons: [{ code: 'undecided', about: 'budget', steps, detail: undecidedDetail(budget, { name, stretch }) }],
  };
}

function undecidedDetail(
  { limitMs, leastMs }: Budget,
  { name, stretch }: { readonly name: string; readonly stretch: Stretch },
): string {
  const bounds = [
    ...(limitMs === undefined ? [] : [`limit ${limitMs} ms`]),
    ...(leastMs === undefined ? [] : [`least ${leastMs} ms`]),
  ];
  const took = Number.isFinite(stretch.highMs)
    ? `between ${stretch.lowMs} ms and ${stretch.highMs} ms`
    : `at least ${stretch.lowMs} ms, and the clocks do not tell how much more`;
  return `${name} took ${took} (${bounds.join(', ')})`;
}

function measureBetween(
  { occurrences, facts }: ProvenOrder,
  { from, to }: Extract<Budget, { kind: 'between' }>,
): Stretch | undefined {
  const ends = (step: string): readonly ClockReading[] =>
    occurrences.flatMap((each) => (each.step === step && each.end !== undefined ? facts.readingOf(each.end) : []));
  const start = earliest(ends(from));
  return start && measure([start], { ends: ends(to), clocks: facts.clocks });
}

function measureTotal({ facts }: ProvenOrder): Stretch | undefined {
  const extents = facts.extents();
  const starts = extents.map(({ process, first }) => ({ process, time: first }));
  const ends = extents.map(({ process, last }) => ({ process, time: last }));
  return measure(starts, { ends, clocks: facts.clocks });
}
