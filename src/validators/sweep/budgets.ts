import { nanosToMs } from '../../lib/clock.js';
import type { ClockReading } from '../flow/facts.js';
import { broken, brokenAsRead } from '../flow/over-budget.js';
import { earliest, measure, metAsRead, type Stretch, stretchName } from '../flow/stretch.js';
import type { SweepPlan } from './plan.js';
import type { Gathered } from './walk.js';

type StretchBudget = SweepPlan['stretches'][number];

/** Holds the budgets of flows against requests whose clocks were solved. */
export class Budgets {
  readonly #gathered: Gathered;
  /** By number of processes: room for the first and the last reading of each. */
  readonly #extents: (readonly [readonly Reading[], readonly Reading[]])[] = [];

  constructor(gathered: Gathered) {
    this.#gathered = gathered;
  }

  /** The remarks on the budgets of a flow, which are all met; undefined if one of them is not, or nobody can tell. */
  remarks(plan: SweepPlan): readonly string[] | undefined {
    for (const each of plan.durations) if (!this.#isMet(each)) return undefined;
    const notes: string[] = [];
    for (const budget of plan.stretches) {
      const stretch = this.#measure(budget, plan);
      const bound = stretch && broken(budget, stretch);
      if (!stretch || bound === undefined) continue;
      if (bound !== 'unsure' || brokenAsRead(budget, stretch) !== undefined || plan.flow.prove) return undefined;
      notes.push(metAsRead(stretchName(budget)));
    }
    return notes;
  }

  #isMet({ step, budget }: SweepPlan['durations'][number]): boolean {
    const { columns } = this.#gathered;
    for (let i = 0; i < columns.count; i++) {
      if (columns.step[i] !== step) continue;
      const ms = nanosToMs((columns.time[2 * i + 1] as number) - (columns.time[2 * i] as number));
      if (broken(budget, { readMs: ms, lowMs: ms, highMs: ms }) !== undefined) return false;
    }
    return true;
  }

  #measure(budget: StretchBudget, { numbers }: SweepPlan): Stretch | undefined {
    const { clocks } = this.#gathered;
    if (budget.kind === 'total') {
      const [starts, ends] = this.#readExtents();
      return measure(starts, { ends, clocks });
    }
    const start = earliest(this.#endsOf(numbers.get(budget.from) ?? -1));
    return start && measure([start], { ends: this.#endsOf(numbers.get(budget.to) ?? -1), clocks });
  }

  #endsOf(step: number): readonly ClockReading[] {
    const { columns } = this.#gathered;
    const ends: ClockReading[] = [];
    for (let i = 0; i < columns.count; i++) {
      if (columns.step[i] !== step) continue;
      ends.push({ process: columns.process[2 * i] as number, time: columns.time[2 * i + 1] as number });
    }
    return ends;
  }

  /** By process: the first and the last time that its clock was read. */
  #readExtents(): readonly [readonly Reading[], readonly Reading[]] {
    const { columns } = this.#gathered;
    const extents = this.#room(columns.processCount);
    const [firsts, lasts] = extents;
    for (const first of firsts) first.time = Infinity;
    for (const last of lasts) last.time = -Infinity;
    for (let point = 0; point < 2 * columns.count; point += 2) {
      const process = columns.process[point] as number;
      const first = firsts[process] as Reading;
      const last = lasts[process] as Reading;
      first.time = Math.min(first.time, columns.time[point] as number);
      last.time = Math.max(last.time, columns.time[point + 1] as number);
    }
    return extents;
  }

  #room(processes: number): readonly [readonly Reading[], readonly Reading[]] {
    const known = this.#extents[processes];
    if (known) return known;
    const make = (): Reading[] => Array.from({ length: processes }, (_, process) => ({ process, time: 0 }));
    const room = [make(), make()] as const;
    this.#extents[processes] = room;
    return room;
  }
}

interface Reading {
  readonly process: number;
  time: number;
}
