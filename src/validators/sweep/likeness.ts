import type { Occurrences } from './occurrences.js';
import type { SweepPlan } from './plan.js';

interface Shown {
  readonly occurrences: Occurrences;
  readonly step: ArrayLike<number>;
  /** What happened inside of steps. */
  readonly words: string | undefined;
}

/** What requests that were runs of one flow have in common if they went the same way through it: as often at each place. Undefined where that does not say all of the way. */
export function likenessOf(plan: SweepPlan, { occurrences, step, words }: Shown): string | undefined {
  if (!plan.isCounted || words === undefined) return undefined;
  const { count, place, owner, span, offsets } = occurrences;
  const elsewhere: number[] = [];
  for (let i = 0; i < count; i++) {
    if ((place[i] as number) < 0 && (owner[i] as number) < 0) elsewhere.push(step[span[i] as number] as number);
  }
  return `${plan.number}|${offsets.join(' ')}|${elsewhere.join(' ')}|${words}`;
}
