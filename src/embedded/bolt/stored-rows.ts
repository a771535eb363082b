import { type BoltValue, isBoltList, isBoltMap } from './bolt-value.js';
import { type CypherToken, isKeyword, isSymbol } from './cypher-tokens.js';
import { isMergedBy, placeOf, type ValuePlace } from './parameter-place.js';
import { mergeOnNull, storedValue } from './property-value.js';

/**
 * Refuses a statement that would store, from the rows of `UNWIND $rows AS row`, what Neo4j does not store: throws
 * BoltFailure. What comes to a property by other ways than `row` and `row.key` is not seen here.
 */
export function refuseBadRows(tokens: readonly CypherToken[], given: ReadonlyMap<string, BoltValue>): void {
  const rows = rowVariables(tokens, given);
  if (rows.size === 0) return;
  tokens.forEach((token, i) => {
    const values = token.kind === 'word' && !isSymbol(tokens[i - 1], '.') ? rows.get(token.text) : undefined;
    if (values) checkUse(tokens, i, values);
  });
}

/** Variables that are bound once, by UNWIND of a parameter, with the values they take. */
function rowVariables(
  tokens: readonly CypherToken[],
  given: ReadonlyMap<string, BoltValue>,
): ReadonlyMap<string, readonly BoltValue[]> {
  const rows = new Map<string, readonly BoltValue[]>();
  tokens.forEach((token, i) => {
    const [list, as, name] = tokens.slice(i + 1, i + 4);
    if (!isKeyword(token, 'UNWIND') || list?.kind !== 'parameter' || !isKeyword(as, 'AS') || !name) return;
    const values = given.get(list.text);
    if (isBoltList(values) && timesBound(tokens, name.text) === 1) rows.set(name.text, values);
  });
  return rows;
}

function timesBound(tokens: readonly CypherToken[], name: string): number {
  return tokens.filter(({ kind, text }, i) => kind === 'word' && text === name && isKeyword(tokens[i - 1], 'AS'))
    .length;
}

function checkUse(tokens: readonly CypherToken[], from: number, rows: readonly BoltValue[]): void {
  const { values, to } = followMembers(tokens, from, rows);
  const place = placeOf(tokens, from, to);
  if (place === 'property' && isMergedBy(tokens, from) && values.includes(null))
    throw mergeOnNull(tokens[from - 2]?.text ?? '');
  for (const value of values) checkStored(value, place);
}

function checkStored(value: BoltValue, place: ValuePlace): void {
  if (place === 'property') storedValue(value);
  if (place === 'properties' && isBoltMap(value)) for (const member of value.values()) storedValue(member);
}

interface Members {
  readonly values: readonly BoltValue[];
  /** The last token of the expression. */
  readonly to: number;
}

function followMembers(tokens: readonly CypherToken[], from: number, rows: readonly BoltValue[]): Members {
  let values = rows;
  let to = from;
  while (isSymbol(tokens[to + 1], '.') && tokens[to + 2]?.kind === 'word') {
    const key = tokens[to + 2]?.text ?? '';
    values = values.map((value) => (isBoltMap(value) ? (value.get(key) ?? null) : null));
    to += 2;
  }
  return { values, to };
}
