import type { SampleLeaf, SampleRun } from './sample-runs.js';

/** A run as it may have happened, point by point: 2i is the start of leaf i, 2i + 1 its end. */
export interface PlayedRun {
  readonly leaves: readonly SampleLeaf[];
  readonly points: readonly number[];
}

/** Pairs of free leaves that are turned round in one run. */
const MOST_PAIRS = 40;

/**
 * A run in several of the ways in which it may have happened: one thing after the other, forwards and backwards; all at once that may; and for each two that
 * are free, either before the other. Two orders that require different pairs are told apart by these.
 */
export function playings(run: SampleRun): readonly PlayedRun[] {
  const { leaves } = run;
  const rank = leaves.map((_, i) => i);
  const played = [play(run, (i) => i), play(run, (i) => -i), playTogether(run)];
  const free = rank.flatMap((i) => rank.slice(i + 1).flatMap((j) => (isFree(run, i, j) ? [[i, j] as const] : [])));
  for (const [i, j] of free.slice(0, MOST_PAIRS)) {
    for (const first of [i, j]) {
      const needed = neededFor(run, first);
      played.push(play(run, (k) => (needed.has(k) ? k : leaves.length + k)));
    }
  }
  return distinct(played);
}

function waitsOf({ leaves, before }: SampleRun): readonly (readonly number[])[] {
  const waits: number[][] = leaves.map(() => []);
  for (const { earlier, later } of before) waits[later]?.push(earlier);
  return waits;
}

/** One after the other, of those that may come next the one of the least rank. */
function play(run: SampleRun, rank: (leaf: number) => number): PlayedRun {
  const waits = waitsOf(run);
  const done = new Set<number>();
  const left = new Set(run.leaves.keys());
  while (left.size > 0) {
    const ready = [...left].filter((leaf) => waits[leaf]?.every((earlier) => done.has(earlier)));
    const next = ready.reduce((best, leaf) => (rank(leaf) < rank(best) ? leaf : best), ready[0] ?? -1);
    if (!left.delete(next)) break;
    done.add(next);
  }
  return { leaves: run.leaves, points: [...done].flatMap((leaf) => [2 * leaf, 2 * leaf + 1]) };
}

/** Everything starts as soon as it may, and ends no sooner than something waits for it. */
function playTogether({ leaves, before }: SampleRun): PlayedRun {
  const points: number[] = [];
  const started = new Set<number>();
  const ended = new Set<number>();
  const mayStart = (leaf: number): boolean =>
    before.every(({ earlier, later, by }) => later !== leaf || (by === 'end' ? ended : started).has(earlier));
  while (started.size < leaves.length) {
    const ready = leaves.flatMap((_, leaf) => (!started.has(leaf) && mayStart(leaf) ? [leaf] : []));
    for (const leaf of ready) {
      started.add(leaf);
      points.push(2 * leaf);
    }
    if (ready.length > 0) continue;
    const awaited = before.filter(
      ({ earlier, later, by }) => by === 'end' && started.has(earlier) && !ended.has(earlier) && !started.has(later),
    );
    const [next] = awaited;
    if (!next) break;
    ended.add(next.earlier);
    points.push(2 * next.earlier + 1);
  }
  return { leaves, points: [...points, ...leaves.flatMap((_, leaf) => (ended.has(leaf) ? [] : [2 * leaf + 1]))] };
}

function neededFor({ before }: SampleRun, leaf: number): ReadonlySet<number> {
  const needed = new Set([leaf]);
  for (const each of needed) for (const { earlier, later } of before) if (later === each) needed.add(earlier);
  return needed;
}

function isFree(run: SampleRun, i: number, j: number): boolean {
  return !neededFor(run, i).has(j) && !neededFor(run, j).has(i);
}

function distinct(runs: readonly PlayedRun[]): readonly PlayedRun[] {
  return [...new Map(runs.map((run) => [run.points.join(), run])).values()];
}

/** A run as a word spells it: `a (b | c)` where b and c overlap. */
export function wordOf({ leaves, points }: PlayedRun): string {
  const groups: string[][] = [];
  const open = new Set<number>();
  for (const point of points) {
    const leaf = point >> 1;
    const name = leaves[leaf]?.step ?? '';
    if (point & 1) open.delete(leaf);
    else if (open.size > 0) groups.at(-1)?.push(name);
    else groups.push([name]);
    if ((point & 1) === 0) open.add(leaf);
  }
  return groups.map((group) => (group.length > 1 ? `(${group.join(' | ')})` : (group[0] ?? ''))).join(' ');
}
