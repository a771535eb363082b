import { type BoltValue, isBoltMap } from './bolt-value.js';
import { type CypherToken, isSymbol } from './cypher-tokens.js';
import { KnownValues } from './known-values.js';
import { isMergedBy, placeOf, type ValuePlace } from './parameter-place.js';
import { mergeOnNull, storedValue } from './property-value.js';

/**
 * Refuses a statement that would store, from the rows of `UNWIND $rows AS row`, what Neo4j does not store: throws
 * BoltFailure. What comes to a property by other ways than `row` and `row.key` is not seen here.
 */
export function refuseBadRows(tokens: readonly CypherToken[], given: ReadonlyMap<string, BoltValue>): void {
  const known = new KnownValues(tokens, given);
  if (!known.hasRows) return;
  tokens.forEach((token, i) => {
    const rows = token.kind === 'word' && !isSymbol(tokens[i - 1], '.') ? known.at(i) : undefined;
    if (!rows) return;
    const place = placeOf(tokens, i, rows.to);
    if (place === 'property' && rows.values.includes(null) && isMergedBy(tokens, i))
      throw mergeOnNull(tokens[i - 2]?.text ?? '');
    for (const value of rows.values) checkStored(value, place);
  });
}

function checkStored(value: BoltValue, place: ValuePlace): void {
  if (place === 'property') storedValue(value);
  if (place === 'properties' && isBoltMap(value)) for (const member of value.values()) storedValue(member);
}
