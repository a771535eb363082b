import type { Budget, Finding, TraceStep, UnknownReason } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { ProvenOrder, Subject } from '../subject.js';

export interface BudgetCheck {
  readonly findings: readonly Finding[];
  readonly reasons: readonly UnknownReason[];
  readonly notes: readonly string[];
}

/** What a stretch took, milliseconds: as the clocks read it, and between which bounds it lies whatever they are off by. */
interface Stretch {
  readonly readMs: number;
  readonly lowMs: number;
  readonly highMs: number;
}

const NANOS_PER_MS = 1_000_000;

/**
 * Something took longer than its budget.
 *
 * ```
 *   step      each occurrence's own duration, which one clock measured
 *   between   end of the first `from` ──────▶ end of the last `to`
 *   total     first start of the request ───▶ last end
 * ```
 *
 * Where a stretch crosses clocks it is an interval: over if its low end exceeds the limit, met if its high end does not. In between it is undecided when
 * the clocks as read exceed the limit, or the flow asks for proof; else it counts as met, and a note says that only the clocks say so.
 */
export function overBudget(subject: Subject): BudgetCheck {
  const checks = subject.flow.budgets.map((budget) =>
    budget.kind === 'step' ? checkStep(subject, budget) : checkStretch(subject, budget),
  );
  return {
    findings: checks.flatMap(({ findings }) => findings),
    reasons: checks.flatMap(({ reasons }) => reasons),
    notes: checks.flatMap(({ notes }) => notes),
  };
}

const MET: BudgetCheck = { findings: [], reasons: [], notes: [] };

function checkStep(subject: Subject, { step, limitMs }: Extract<Budget, { kind: 'step' }>): BudgetCheck {
  const slow = subject.stepsNamed(step).filter((occurrence) => durationMs(occurrence) > limitMs);
  if (slow.length === 0) return MET;
  const worst = Math.max(...slow.map(durationMs));
  const finding = findingAbout(subject, 'over-budget', {
    about: { step, occurrences: slow },
    facts: { budget: step, limitMs, observedMs: worst },
  });
  return { ...MET, findings: [finding] };
}

function durationMs({ startTime, endTime }: TraceStep): number {
  return Number(endTime - startTime) / NANOS_PER_MS;
}

function checkStretch(subject: Subject, budget: Exclude<Budget, { kind: 'step' }>): BudgetCheck {
  if (subject.order.contradiction) return MET;
  const name = budget.kind === 'total' ? 'total' : `${budget.from} -> ${budget.to}`;
  const stretch = budget.kind === 'total' ? measureTotal(subject.order) : measureBetween(subject.order, budget);
  const { limitMs } = budget;
  if (!stretch || stretch.highMs <= limitMs) return MET;
  if (stretch.lowMs > limitMs) return { ...MET, findings: [overStretch(subject, { budget, name, stretch })] };
  if (stretch.readMs <= limitMs && !subject.flow.prove) {
    return { ...MET, notes: [`budget ${name} is met by the clocks as read, not proven across processes`] };
  }
  const steps = budget.kind === 'total' ? [] : [budget.from, budget.to];
  const detail = `${name}: between ${stretch.lowMs} ms and ${Number.isFinite(stretch.highMs) ? `${stretch.highMs} ms` : 'any time'}, limit ${limitMs} ms`;
  return { ...MET, reasons: [{ code: 'undecided', about: 'budget', steps, detail }] };
}

function overStretch(
  subject: Subject,
  {
    budget,
    name,
    stretch,
  }: { readonly budget: Exclude<Budget, { kind: 'step' }>; readonly name: string; readonly stretch: Stretch },
): Finding {
  const about = budget.kind === 'total' ? {} : { step: budget.to, occurrences: subject.stepsNamed(budget.to) };
  return findingAbout(subject, 'over-budget', {
    about,
    facts: { budget: name, limitMs: budget.limitMs, observedMs: stretch.lowMs },
  });
}

interface Reading {
  readonly process: string;
  readonly time: number;
}

function measureBetween(
  { occurrences, facts }: ProvenOrder,
  { from, to }: Extract<Budget, { kind: 'between' }>,
): Stretch | undefined {
  const ends = (step: string): readonly Reading[] =>
    occurrences.flatMap((each) =>
      each.step === step && each.end !== undefined ? (facts.graph.points[each.end] ?? []) : [],
    );
  const start = ends(from).reduce<Reading | undefined>(
    (first, each) => (first && first.time <= each.time ? first : each),
    undefined,
  );
  return start && measure([start], { ends: ends(to), facts });
}

function measureTotal({ facts }: ProvenOrder): Stretch | undefined {
  const points = facts.graph.points.filter((point) => point !== undefined);
  const starts = new Map<string, Reading>();
  const ends = new Map<string, Reading>();
  for (const point of points) {
    const first = starts.get(point.process);
    const last = ends.get(point.process);
    if (!first || point.time < first.time) starts.set(point.process, point);
    if (!last || point.time > last.time) ends.set(point.process, point);
  }
  return measure([...starts.values()], { ends: [...ends.values()], facts });
}

/** The longest way from any of the starts to any of the ends. Undefined if there is none. */
function measure(
  starts: readonly Reading[],
  { ends, facts }: { readonly ends: readonly Reading[]; readonly facts: ProvenOrder['facts'] },
): Stretch | undefined {
  let stretch: Stretch | undefined;
  for (const start of starts) {
    for (const end of ends) {
      const read = end.time - start.time;
      const lowMs = Math.max(stretch?.lowMs ?? 0, toMs(read - facts.clocks.bound(start.process, end.process)));
      const highMs = Math.max(stretch?.highMs ?? 0, toMs(read + facts.clocks.bound(end.process, start.process)));
      stretch = { lowMs, highMs, readMs: Math.max(stretch?.readMs ?? 0, toMs(read)) };
    }
  }
  return stretch;
}

/** To a thousandth: more digits than a clock has say nothing. */
function toMs(nanos: number): number {
  return Math.round(nanos / 1_000) / 1_000;
}
