import { inBlocks, isWhole, presenceOf, togetherOnly } from './blocks.js';
import { components } from './components.js';
import { type LearntNode, tidy } from './learnt-node.js';
import { type Relations, relationsOf, TELLING_ABSENCE } from './relations.js';
import { findRounds, type Rounds } from './rounds.js';
import { countsOf, isBefore, type Log, labelOf, labelsOf, type Part, restrict, withoutEmpty } from './seen-request.js';
import { sequenceCut } from './sequence-cut.js';

/**
 * The smallest order that explains a log: every part of it is a run of the tree.
 *
 * After the inductive miner (Leemans, Fahland, van der Aalst 2013), over what is certain of points instead of words: the log is cut where all parts agree, into what excludes
 * each other, what comes one after the other, what goes round and what goes on side by side, and each piece is learnt by itself. A sequence is asked only where
 * every part certainly shows it. What no cut explains goes on side by side, each step as often as it was seen.
 */
export function learnOrder(log: Log): LearntNode | undefined {
  const node = learn(log, 'request');
  return node && tidy(node);
}

/** What one part of the log is called in a note. */
type Unit = 'request' | 'round' | 'occurrence';

function learn(log: Log, unit: Unit): LearntNode | undefined {
  const seen = withoutEmpty(log);
  if (seen.length === 0) return undefined;
  const node = learnPresent(seen, { total: log.length, unit });
  if (seen.length === log.length) return node;
  return { kind: 'optional', child: node, note: inSome(seen.length, { total: log.length, unit }) };
}

interface Context {
  /** Parts there are, those without any of the steps among them. */
  readonly total: number;
  readonly unit: Unit;
}

function inSome(count: number, { total, unit }: Context): string {
  return `in ${count} of ${total} ${unit}s`;
}

/** Of parts of which none is empty. */
function learnPresent(log: Log, context: Context): LearntNode {
  const labels = labelsOf(log);
  const [only] = labels;
  if (only !== undefined && labels.length === 1) return learnStep(log, only, context);
  const relation = relationsOf(log, context.total);
  return (
    learnChoice(log, labels, context) ??
    learnSequence(log, labels, { relation, context }) ??
    learnRounds(log, context) ??
    learnParallel(log, labels, { relation, context }) ??
    learnAroundOne(log, labels, context) ??
    flat(log, labels, context)
  );
}

/** Counts this different are taken for as many as there is work. */
const OPEN_COUNTS = 4;

function learnStep(log: Log, step: string, { unit }: Context): LearntNode {
  const counts = countsOf(log, step);
  return repeated({ kind: 'step', step }, counts, { parallel: !log.every(isSerial), unit });
}

function repeated(
  child: LearntNode,
  counts: readonly number[],
  {
    parallel,
    between,
    unit,
  }: { readonly parallel: boolean; readonly between?: LearntNode | undefined; readonly unit: Unit },
): LearntNode {
  const [min, max] = [Math.min(...counts), Math.max(...counts)];
  if (min === 1 && max === 1) return child;
  const isOpen = new Set(counts).size >= OPEN_COUNTS;
  const note = min === max ? undefined : `${min} to ${max} times in a ${unit}${isOpen ? ': left open' : ''}`;
  return {
    kind: 'repeat',
    child,
    ...(between ? { between } : {}),
    min: isOpen ? Math.min(min, 1) : min,
    max: isOpen ? null : max,
    parallel,
    ...(note === undefined ? {} : { note }),
  };
}

/** True where each happening certainly comes before or after each other one. */
function isSerial(part: Part): boolean {
  return part.members.every((a, i) =>
    part.members.slice(i + 1).every((b) => isBefore(part, a, b) || isBefore(part, b, a)),
  );
}

/** Steps that no part has together; where parts without any are about, only if chance would have brought them together. */
function learnChoice(log: Log, labels: readonly string[], context: Context): LearntNode | undefined {
  const together = new Set(
    log.flatMap((part) => {
      const here = [...new Set(part.members.map((member) => labelOf(part, member)))].sort();
      return here.flatMap((a, i) => here.slice(i + 1).map((b) => `${a} ${b}`));
    }),
  );
  const groups = components(labels, (a, b) => together.has(a < b ? `${a} ${b}` : `${b} ${a}`));
  if (groups.length < 2) return undefined;
  const branches = groups
    .map((group) => withoutEmpty(restrict(log, new Set(group))))
    .sort((a, b) => b.length - a.length);
  const isTelling = branches.every((a, i) =>
    branches.slice(i + 1).every((b) => (a.length * b.length) / context.total >= TELLING_ABSENCE),
  );
  if (log.length < context.total && !isTelling) return undefined;
  const children = branches.map((branch) => ({
    ...learnPresent(branch, { ...context, total: branch.length }),
    note: inSome(branch.length, { ...context, total: log.length }),
  }));
  return { kind: 'choice', children };
}

interface Known {
  readonly relation: Relations;
  readonly context: Context;
}

function learnSequence(log: Log, labels: readonly string[], { relation, context }: Known): LearntNode | undefined {
  const groups = sequenceCut(labels, relation);
  return groups && { kind: 'sequence', children: learnEach(inBlocks(groups, log), log, context) };
}

function learnEach(groups: readonly (readonly string[])[], log: Log, { unit }: Context): readonly LearntNode[] {
  return groups.flatMap((group) => learn(restrict(log, new Set(group)), unit) ?? []);
}

function learnRounds(log: Log, context: Context): LearntNode | undefined {
  const rounds = findRounds(log);
  const body = rounds && learn(rounds.body, 'round');
  return (
    body && repeated(body, rounds.times, { parallel: rounds.parallel, between: betweenOf(rounds), unit: context.unit })
  );
}

function betweenOf({ between }: Rounds): LearntNode | undefined {
  return between && learn(between, 'round');
}

/** Steps that an order ties, or that exclude each other, stand in one group; the groups go on side by side. */
function learnParallel(log: Log, labels: readonly string[], { relation, context }: Known): LearntNode | undefined {
  const groups = components(labels, (a, b) => relation(a, b) !== 'beside');
  if (groups.length < 2) return undefined;
  const blocks = togetherOnly(groups, log);
  const sometimes = blocks.filter((block) => !isWhole(presenceOf(block, log)));
  if (!isOneOrMore(sometimes, log)) {
    const kind = isOneAtATime(blocks, log) ? 'any-order' : 'parallel';
    return { kind, children: learnEach(blocks, log, context) };
  }
  const always = blocks.filter((block) => !sometimes.includes(block));
  const children = sometimes.map((block) => {
    const branch = withoutEmpty(restrict(log, new Set(block)));
    return {
      ...learnPresent(branch, { ...context, total: branch.length }),
      note: inSome(branch.length, { ...context, total: log.length }),
    };
  });
  return { kind: 'parallel', children: [...learnEach(always, log, context), { kind: 'any-of', children }] };
}

/** True where every part has at least one of these, and not by chance. */
function isOneOrMore(blocks: readonly (readonly string[])[], log: Log): boolean {
  if (blocks.length < 2) return false;
  const presences = blocks.map((block) => presenceOf(block, log));
  if (!log.every((_, part) => presences.some((presence) => presence[part]))) return false;
  const absent = presences.map((presence) => presence.filter((there) => !there).length / log.length);
  return log.length * absent.reduce((product, share) => product * share, 1) >= TELLING_ABSENCE;
}

/** So often at least two steps must have come in either order, and never at once, to be taken for things done one at a time. */
const TELLING_TURNS = 3;

/** True for single steps of which any two came in both orders, each several times, and certainly never at once. */
function isOneAtATime(blocks: readonly (readonly string[])[], log: Log): boolean {
  if (!blocks.every(({ length }) => length === 1)) return false;
  const labels = blocks.flat();
  return labels.every((a, i) =>
    labels.slice(i + 1).every((b) => {
      const orders = log.flatMap((part) => orderIn(part, a, b) ?? []);
      const turns = (order: 'before' | 'after'): number => orders.filter((each) => each === order).length;
      return !orders.includes('beside') && turns('before') >= TELLING_TURNS && turns('after') >= TELLING_TURNS;
    }),
  );
}

/** How all of one step stand to all of another in one part; undefined where one of them is not there. */
function orderIn(part: Part, a: string, b: string): 'before' | 'after' | 'beside' | undefined {
  const [of, to] = [a, b].map((label) => part.members.filter((member) => labelOf(part, member) === label));
  if (!of?.length || !to?.length) return undefined;
  if (of.every((first) => to.every((second) => isBefore(part, first, second)))) return 'before';
  return of.every((second) => to.every((first) => isBefore(part, first, second))) ? 'after' : 'beside';
}

/** One step that stands beside everything else, where the rest can be cut without it. */
function learnAroundOne(log: Log, labels: readonly string[], context: Context): LearntNode | undefined {
  if (labels.length < 3) return undefined;
  for (const label of labels) {
    const others = labels.filter((other) => other !== label);
    const rest = restrict(log, new Set(others));
    const relation = relationsOf(withoutEmpty(rest), rest.length);
    if (!sequenceCut(others, relation)) continue;
    return { kind: 'parallel', children: learnEach([[label], others], log, context) };
  }
  return undefined;
}

function flat(log: Log, labels: readonly string[], context: Context): LearntNode {
  const children = learnEach(
    labels.map((label) => [label]),
    log,
    context,
  );
  return { kind: 'parallel', children };
}
