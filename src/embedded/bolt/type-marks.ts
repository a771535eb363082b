import { tokenizeCypher } from './cypher-tokens.js';
import { type ReturnClause, type ReturnItem, readReturn } from './return-clause.js';
import type { ValueShape } from './value-shape.js';

/**
 * Asks the engine for the types of values. It gives JavaScript numbers, in which 2 and 2.0 are one, and dates as texts; but
 * its own arithmetic knows: `(x * 0 + 1) / 2` is 0 for an integer and 0.5 for a float, and only a text starts with a text.
 * So a statement is made to return, beside each value, a mark of the same form: for a single value `i`, `f`, `t`, or for
 * what is none of these its text.
 */
export type TypeMark =
  | string
  | null
  /** Of the value itself, its items, its members in the order of the shape, and a path's nodes and relationships. */
  | readonly TypeMark[];

const MAX_DEPTH = 12;
const MAX_MEMBERS = 200;

/** The statement with one more column for each, in order; undefined when its text does not allow it. */
export function withTypeMarks(text: string, shapes: readonly ValueShape[]): string | undefined {
  const tokens = tokenizeCypher(text);
  const clause = readReturn(text, tokens);
  const isUnion = tokens.some(({ kind, text: word }) => kind === 'word' && word.toUpperCase() === 'UNION');
  if (!clause || isUnion || clause.items.length !== shapes.length || !shapes.every((shape) => isSmall(shape, 0)))
    return undefined;
  const names = clause.items.map(nameOf);
  if (names.some((name) => name.includes('`')) || text.includes(OWN)) return undefined;
  return `${text.slice(0, clause.start)}${toWith(clause, names)}\nRETURN ${columns(names, shapes)}`;
}

/** Marks our own names in the statement. */
const OWN = 'tcm_';

function nameOf({ alias, variable }: ReturnItem, i: number): string {
  return alias ?? variable ?? `${OWN}${i}`;
}

function toWith({ isDistinct, items, tail }: ReturnClause, names: readonly string[]): string {
  const renamed = items.map(({ expression }, i) => `${expression} AS \`${names[i]}\``);
  return `WITH ${isDistinct ? 'DISTINCT ' : ''}${renamed.join(', ')}${tail.replace(/[;\s]*$/, '')}`;
}

function columns(names: readonly string[], shapes: readonly ValueShape[]): string {
  const values = names.map((name) => `\`${name}\``);
  const marks = shapes.map((shape, i) => `${markOf(values[i] ?? '', shape, 0)} AS ${OWN}mark${i}`);
  return [...values, ...marks].join(', ');
}

function markOf(value: string, shape: ValueShape, depth: number): string {
  const { isLeaf, items, members, path } = shape;
  const leaf = isLeaf ? leafMark(value) : 'null';
  if (!items && members.size === 0 && !path) return leaf;
  const item = `${OWN}x${depth}`;
  const each = (list: string, part: ValueShape): string => `[${item} IN ${list} | ${markOf(item, part, depth + 1)}]`;
  const marks = [...members].map(([key, part]) => markOf(`${value}.\`${key}\``, part, depth + 1));
  const parts = [
    leaf,
    items ? each(value, items) : 'null',
    `[${marks.join(', ')}]`,
    path ? each(`nodes(${value})`, path.nodes) : 'null',
    path ? each(`relationships(${value})`, path.edges) : 'null',
  ];
  return `[${parts.join(', ')}]`;
}

function leafMark(value: string): string {
  const half = `(${value} * 0 + 1) / 2`;
  return `CASE WHEN ${half} > 0 THEN 'f' WHEN ${half} = 0 THEN 'i' WHEN ${value} STARTS WITH '' THEN 't' ELSE toString(${value}) END`;
}

/** The question grows with the form; a name with a backtick could break out of it. */
function isSmall({ items, members, path }: ValueShape, depth: number): boolean {
  if (depth > MAX_DEPTH || members.size > MAX_MEMBERS) return false;
  if ([...members.keys()].some((key) => key.includes('`'))) return false;
  const parts = [items, path?.nodes, path?.edges, ...members.values()];
  return parts.every((part) => part === undefined || isSmall(part, depth + 1));
}
