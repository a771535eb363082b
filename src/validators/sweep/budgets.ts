import { nanosToMs } from '../../lib/clock.js';
import type { ClockReading } from '../flow/facts.js';
import { broken, brokenAsRead } from '../flow/over-budget.js';
import { earliest, measure, metAsRead, type Stretch, stretchName } from '../flow/stretch.js';
import type { SweepPlan } from './plan.js';
import type { Gathered } from './walk.js';

type StretchBudget = SweepPlan['stretches'][number];

/** The remarks on the budgets of a flow, which are all met; undefined if one of them is not, or nobody can tell. */
export function metBudgets(plan: SweepPlan, gathered: Gathered): readonly string[] | undefined {
  if (!plan.durations.every((each) => isMet(each, gathered))) return undefined;
  const notes: string[] = [];
  for (const budget of plan.stretches) {
    const stretch = stretchOf(budget, plan, gathered);
    if (!stretch || broken(budget, stretch) === undefined) continue;
    if (broken(budget, stretch) !== 'unsure' || brokenAsRead(budget, stretch) !== undefined || plan.flow.prove) {
      return undefined;
    }
    notes.push(metAsRead(stretchName(budget)));
  }
  return notes;
}

function isMet({ step, budget }: SweepPlan['durations'][number], { columns }: Gathered): boolean {
  for (let i = 0; i < columns.count; i++) {
    if (columns.step[i] !== step) continue;
    const ms = nanosToMs((columns.time[2 * i + 1] as number) - (columns.time[2 * i] as number));
    if (broken(budget, { readMs: ms, lowMs: ms, highMs: ms }) !== undefined) return false;
  }
  return true;
}

function stretchOf(budget: StretchBudget, { numbers }: SweepPlan, gathered: Gathered): Stretch | undefined {
  const { clocks } = gathered;
  if (budget.kind === 'total') return measure(extents(gathered, 'first'), { ends: extents(gathered, 'last'), clocks });
  const start = earliest(endsOf(numbers.get(budget.from) ?? -1, gathered));
  return start && measure([start], { ends: endsOf(numbers.get(budget.to) ?? -1, gathered), clocks });
}

function endsOf(step: number, { columns }: Gathered): readonly ClockReading[] {
  const ends: ClockReading[] = [];
  for (let i = 0; i < columns.count; i++) {
    if (columns.step[i] !== step) continue;
    ends.push({ process: columns.process[2 * i] as number, time: columns.time[2 * i + 1] as number });
  }
  return ends;
}

/** By process: the first, or the last, that its clock was read. */
function extents({ columns }: Gathered, which: 'first' | 'last'): readonly ClockReading[] {
  const found: { process: number; time: number }[] = [];
  for (let process = 0; process < columns.processCount; process++) {
    found.push({ process, time: which === 'first' ? Infinity : -Infinity });
  }
  for (let point = which === 'first' ? 0 : 1; point < 2 * columns.count; point += 2) {
    const own = found[columns.process[point] as number];
    const time = columns.time[point] as number;
    if (own && (which === 'first' ? time < own.time : time > own.time)) own.time = time;
  }
  return found;
}
