import { oncePer } from '../../lib/once-per.js';
import { type BoltMap, type BoltValue, isBoltList, isBoltMap } from './bolt-value.js';
import { type CypherToken, isAnySymbol, isKeyword, isSymbol } from './cypher-tokens.js';
import { KnownValues } from './known-values.js';
import { clauseOf, patternOf, placeOf } from './parameter-place.js';

/** A property of a statement, with values that are known before it runs. */
export interface PropertyUse {
  readonly as: 'stored' | 'merged' | 'compared';
  /** Of the node or relationship; empty when the statement does not tell. */
  readonly labels: readonly string[];
  readonly key: string;
  readonly values: readonly BoltValue[];
}

/** Two known values that are compared with each other. */
export type Comparison = readonly [readonly BoltValue[], readonly BoltValue[]];

export interface StatementUses {
  readonly properties: readonly PropertyUse[];
  readonly comparisons: readonly Comparison[];
}

/** What a statement does with known values, as far as its tokens tell it: `{key: $p}`, `n.key = $p`, `SET n += $map`. */
export function readUses(tokens: readonly CypherToken[], given: ReadonlyMap<string, BoltValue>): StatementUses {
  const known = new KnownValues(tokens, given);
  const labels = variableLabels(tokens);
  const properties: PropertyUse[] = [];
  const comparisons: Comparison[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const expression = known.at(i);
    if (!expression || isOperator(tokens[i - 1]) || isOperator(tokens[expression.to + 1])) continue;
    const { values, to } = expression;
    properties.push(...usesAt({ tokens, labels }, { from: i, to, values }));
    const other = isComparison(tokens, to + 1) ? known.at(afterComparison(tokens, to + 1)) : undefined;
    if (other) comparisons.push([flat(values), flat(other.values)]);
  }
  return { properties, comparisons };
}

/** Then the expression is part of a larger one, of which nothing is known. */
function isOperator(token: CypherToken | undefined): boolean {
  return isAnySymbol(token, '+-*/%^[.');
}

interface Statement {
  readonly tokens: readonly CypherToken[];
  /** By variable. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
}

interface Found {
  readonly from: number;
  readonly to: number;
  readonly values: readonly BoltValue[];
}

function usesAt({ tokens, labels }: Statement, { from, to, values }: Found): readonly PropertyUse[] {
  const pattern = patternOf(tokens, from);
  if (pattern) {
    const as = pattern.clause === 'CREATE' ? 'stored' : pattern.clause === 'MERGE' ? 'merged' : 'compared';
    return [{ as, labels: labelsBefore(tokens, pattern.open), key: textAt(tokens, from - 2), values }];
  }
  const place = placeOf(tokens, from, to);
  if (place === 'pattern') return membersOf(values, labelsBefore(tokens, from));
  if (place === 'properties') return membersOf(values, labels.get(variableSet(tokens, from)) ?? []);
  return memberUses({ tokens, labels }, { from, to, values });
}

/** `n.key = HERE`, `HERE = n.key`, and with other signs. */
function memberUses({ tokens, labels }: Statement, { from, to, values }: Found): readonly PropertyUse[] {
  const before = beforeComparison(tokens, from - 1);
  const at = before !== undefined && isMember(tokens, before) ? before : memberAfter(tokens, to);
  if (at === undefined) return [];
  const as = at < from && clauseOf(tokens, at) === 'SET' ? 'stored' : 'compared';
  return [{ as, labels: labels.get(textAt(tokens, at - 2)) ?? [], key: textAt(tokens, at), values: flat(values) }];
}

function memberAfter(tokens: readonly CypherToken[], to: number): number | undefined {
  if (!isComparison(tokens, to + 1)) return undefined;
  const key = afterComparison(tokens, to + 1) + 2;
  return isMember(tokens, key) ? key : undefined;
}

/** `n.key`, the key being at `i`. */
function isMember(tokens: readonly CypherToken[], i: number): boolean {
  return tokens[i]?.kind === 'word' && isSymbol(tokens[i - 1], '.') && tokens[i - 2]?.kind === 'word';
}

function isComparison(tokens: readonly CypherToken[], i: number): boolean {
  return isAnySymbol(tokens[i], '=<>') || isKeyword(tokens[i], 'IN');
}

/** The token behind `=`, `<>`, `<=`, `IN`. */
function afterComparison(tokens: readonly CypherToken[], i: number): number {
  return isComparison(tokens, i + 1) ? i + 2 : i + 1;
}

/** The token before the sign that ends at `i`; undefined when none does. */
function beforeComparison(tokens: readonly CypherToken[], i: number): number | undefined {
  if (!isComparison(tokens, i)) return undefined;
  return isComparison(tokens, i - 1) ? i - 2 : i - 1;
}

/** `SET n = HERE`, `SET n += HERE`. */
function variableSet(tokens: readonly CypherToken[], i: number): string {
  return textAt(tokens, isSymbol(tokens[i - 2], '+') ? i - 3 : i - 2);
}

function membersOf(values: readonly BoltValue[], labels: readonly string[]): readonly PropertyUse[] {
  const maps = values.filter((value): value is BoltMap => isBoltMap(value));
  return maps.flatMap((map) =>
    [...map].map(([key, value]) => ({ as: 'stored', labels, key, values: [value] }) as const),
  );
}

/** `(n:Label HERE`, `[:TYPE HERE`. */
function labelsBefore(tokens: readonly CypherToken[], at: number): readonly string[] {
  const labels: string[] = [];
  for (let i = at - 1; i > 0 && tokens[i]?.kind === 'word' && isLabelSign(tokens[i - 1]); i -= 2) {
    labels.push(textAt(tokens, i));
  }
  return labels;
}

function isLabelSign(token: CypherToken | undefined): boolean {
  return isAnySymbol(token, ':|&');
}

/** Of variables with labels where they are bound: `(n:Label`, `[r:TYPE`. The same in each run of the statement. */
const variableLabels = oncePer((tokens: readonly CypherToken[]): ReadonlyMap<string, readonly string[]> => {
  const labels = new Map<string, readonly string[]>();
  tokens.forEach((token, i) => {
    const opens = isSymbol(tokens[i - 1], '(') || isSymbol(tokens[i - 1], '[');
    if (token.kind !== 'word' || !opens || !isSymbol(tokens[i + 1], ':')) return;
    let to = i;
    while (isLabelSign(tokens[to + 1]) && tokens[to + 2]?.kind === 'word') to += 2;
    labels.set(token.text, labelsBefore(tokens, to + 1));
  });
  return labels;
});

function textAt(tokens: readonly CypherToken[], i: number): string {
  return tokens[i]?.text ?? '';
}

/** A list is compared item by item: `n.key IN $list`. */
function flat(values: readonly BoltValue[]): readonly BoltValue[] {
  return values.flatMap((value) => (isBoltList(value) ? value : [value]));
}
