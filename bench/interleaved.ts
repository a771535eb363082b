/** Measures what several ways of doing the same cost in CPU time of this process, turn by turn, so that a busy machine burdens all alike. */

export interface Way {
  readonly name: string;
  /** Does it so many times, and is over when all is done. */
  readonly run: (times: number) => Promise<void>;
  /** Around each turn, and not measured. */
  readonly before?: () => void;
  readonly after?: () => void;
}

export interface Turns {
  /** Each way has one turn in each round, in another order each time. */
  readonly rounds: number;
  /** How often it is done in one turn. */
  readonly times: number;
}

/** Turns that do not count: code is compiled, connections are made. */
const WARM_UP = 5;

/** Microseconds of CPU time for doing it once: one figure for each round, by the name of the way. */
export async function measureInterleaved(
  ways: readonly Way[],
  { rounds, times }: Turns,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const costs = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
  for (let i = 0; i < WARM_UP; i++) for (const way of ways) await costOf(way, times);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < ways.length; turn++) {
      const way = ways[(round + turn) % ways.length];
      if (way) costs.get(way.name)?.push(await costOf(way, times));
    }
  }
  return costs;
}

async function costOf({ run, before, after }: Way, times: number): Promise<number> {
  before?.();
  const began = process.cpuUsage();
  await run(times);
  const { user, system } = process.cpuUsage(began);
  after?.();
  return (user + system) / times;
}

/** The value in the middle of the sorted list, or at another fraction of it. */
export function quantile(values: readonly number[], fraction = 0.5): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))] ?? Number.NaN;
}

/** A Markdown table; numbers are aligned to the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const rule = (rows[0] ?? head).map((cell) => (typeof cell === 'number' ? '--:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
