import { type Chunk, chunksOf, strandsOf } from './chunks.js';
import { type Log, labelOf, labelsOf, type Part } from './seen-request.js';

/** A log seen as rounds: what each round is, what stands between two, and how many rounds each part has. */
export interface Rounds {
  readonly body: Log;
  /** Undefined where nothing stands between. */
  readonly between: Log | undefined;
  readonly times: readonly number[];
  readonly parallel: boolean;
}

/** Rounds one after the other, or side by side; undefined where there are none, or where they would say no more than the steps by themselves. */
export function findRounds(log: Log): Rounds | undefined {
  if (!log.some(repeats)) return undefined;
  return serialRounds(log) ?? parallelRounds(log);
}

function repeats(part: Part): boolean {
  const labels = part.members.map((member) => labelOf(part, member));
  return new Set(labels).size < labels.length;
}

/**
 * A round ends where a step that ends some part is followed by one that begins some part.
 *
 * ```
 *   fetch parse fetch parse fetch parse        rounds of: fetch parse
 *   try wait try wait try                      rounds of: try, between them: wait
 * ```
 */
function serialRounds(log: Log): Rounds | undefined {
  const words = log.map((part) => chunksOf(part).map((chunk) => ({ chunk, labels: labelsAt(part, chunk) })));
  const starts = new Set(words.flatMap((word) => [...(word[0]?.labels ?? [])]));
  const ends = new Set(words.flatMap((word) => [...(word.at(-1)?.labels ?? [])]));
  const links = linksBetween(words, { starts, ends });
  const cut = words.map((word) => cutWord(word, { starts, ends, links }));
  const rounds: Rounds = {
    body: log.flatMap((part, i) => (cut[i]?.rounds ?? []).map((members) => ({ ...part, members }))),
    between:
      links.size === 0
        ? undefined
        : log.flatMap((part, i) => (cut[i]?.between ?? []).map((members) => ({ ...part, members }))),
    times: cut.map(({ rounds: each }) => each.length),
    parallel: false,
  };
  return saysMore(rounds) && shareStep(rounds.body) ? rounds : undefined;
}

type Word = readonly { readonly chunk: Chunk; readonly labels: ReadonlySet<string> }[];

interface Borders {
  readonly starts: ReadonlySet<string>;
  readonly ends: ReadonlySet<string>;
}

/** Steps that only ever stand between an end and a start, alone or with their like. */
function linksBetween(words: readonly Word[], { starts, ends }: Borders): ReadonlySet<string> {
  const links = new Set(words.flatMap((word) => word.flatMap(({ labels }) => [...labels])));
  for (const label of [...starts, ...ends]) links.delete(label);
  for (let size = -1; size !== links.size; ) {
    size = links.size;
    for (const word of words) {
      word.forEach(({ labels }, i) => {
        const isLink = all(labels, (label) => links.has(label));
        const from = word[i - 1]?.labels ?? new Set();
        const to = word[i + 1]?.labels ?? new Set();
        const fits = (beside: ReadonlySet<string>, border: ReadonlySet<string>): boolean =>
          any(beside, (label) => border.has(label)) || (beside.size > 0 && all(beside, (label) => links.has(label)));
        if (!isLink || !fits(from, ends) || !fits(to, starts)) for (const label of labels) links.delete(label);
      });
    }
  }
  return links;
}

function cutWord(
  word: Word,
  { starts, ends, links }: Borders & { readonly links: ReadonlySet<string> },
): { readonly rounds: readonly Chunk[]; readonly between: readonly Chunk[] } {
  const rounds: number[][] = [];
  const between: number[][] = [];
  let previous: 'round' | 'link' | undefined;
  word.forEach(({ chunk, labels }, i) => {
    if (links.size > 0 && all(labels, (label) => links.has(label))) {
      if (previous === 'link') between.at(-1)?.push(...chunk);
      else between.push([...chunk]);
      previous = 'link';
      return;
    }
    const before = word[i - 1]?.labels ?? new Set();
    const isBorder = any(before, (label) => ends.has(label)) && any(labels, (label) => starts.has(label));
    if (previous === 'round' && isBorder && links.size > 0) between.push([]);
    if (previous !== 'round' || isBorder) rounds.push([...chunk]);
    else rounds.at(-1)?.push(...chunk);
    previous = 'round';
  });
  return { rounds, between };
}

/** Each strand of things that hang together is a round of its own. */
function parallelRounds(log: Log): Rounds | undefined {
  const strands = log.map(strandsOf);
  const rounds: Rounds = {
    body: log.flatMap((part, i) => (strands[i] ?? []).map((members) => ({ ...part, members }))),
    between: undefined,
    times: strands.map(({ length }) => length),
    parallel: true,
  };
  return saysMore(rounds) && shareStep(rounds.body) ? rounds : undefined;
}

/** True where some part goes round, and rounds hold more than one step, or something stands between them. */
function saysMore({ body, between, times }: Rounds): boolean {
  if (times.every((rounds) => rounds <= 1)) return false;
  const longest = Math.max(...body.map((part) => new Set(part.members.map((member) => labelOf(part, member))).size));
  return longest > 1 || between !== undefined;
}

/** True where one step is in every round: rounds of one thing, not a log that happens to fall into pieces. */
function shareStep(body: Log): boolean {
  return labelsOf(body).some((label) =>
    body.every((part) => part.members.some((member) => labelOf(part, member) === label)),
  );
}

function labelsAt(part: Part, chunk: Chunk): ReadonlySet<string> {
  return new Set(chunk.map((member) => labelOf(part, member)));
}

function any(labels: Iterable<string>, is: (label: string) => boolean): boolean {
  return [...labels].some(is);
}

function all(labels: Iterable<string>, is: (label: string) => boolean): boolean {
  return [...labels].every(is);
}
