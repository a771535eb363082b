import { type CypherToken, closingBracket, isKeyword, isSymbol } from './cypher-tokens.js';
import { typeError } from './failure.js';
import { placeOf } from './parameter-place.js';

/** Something to put into the text of a statement. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * What to put into the text where a literal that starts at this token is stored in a property: in a list of integers and
 * floats, Neo4j makes floats of all. Throws BoltFailure for what Neo4j does not store, and the engine would: maps, lists of
 * lists, lists with null or of several types.
 */
export function storedLiteral(tokens: readonly CypherToken[], from: number): readonly Insertion[] {
  if (!isSymbol(tokens[from], '{') && !isSymbol(tokens[from], '[')) return [];
  const to = closingBracket(tokens, from);
  if (to === undefined || placeOf(tokens, from, to) !== 'property') return [];
  if (isSymbol(tokens[from], '{')) throw typeError('Property values can only be of primitive types or arrays thereof.');
  return storedList(tokens.slice(from + 1, to));
}

function storedList(tokens: readonly CypherToken[]): readonly Insertion[] {
  if (startsWithList(tokens)) throw notStored('collections');
  const unsigned = tokens.filter((token) => !isSymbol(token, '-'));
  if (!unsigned.every((token, i) => i % 2 === 0 || isSymbol(token, ','))) return [];
  const items = unsigned.filter((_, i) => i % 2 === 0);
  const kinds = new Set(items.map(kindOf));
  if (kinds.has('null')) throw notStored('null values');
  if (kinds.has('expression') || kinds.size <= 1) return [];
  if ([...kinds].some((kind) => kind !== 'integer' && kind !== 'float'))
    throw typeError('Neo4j only supports a subset of Cypher types for storage as singleton or array properties.');
  return items.filter((item) => kindOf(item) === 'integer').map(({ end }) => ({ at: end, text: '.0' }));
}

/** Unlike `[[1, 2][0], …`, whose first item is an integer. */
function startsWithList(tokens: readonly CypherToken[]): boolean {
  if (!isSymbol(tokens[0], '[')) return false;
  const after = tokens[(closingBracket(tokens, 0) ?? 0) + 1];
  return after === undefined || isSymbol(after, ',');
}

function notStored(what: string): Error {
  return typeError(`Collections containing ${what} can not be stored in properties.`);
}

function kindOf(token: CypherToken): 'integer' | 'float' | 'text' | 'boolean' | 'null' | 'expression' {
  if (token.kind === 'number') return /^0x|^\d+$/i.test(token.text) ? 'integer' : 'float';
  if (token.kind === 'string') return 'text';
  if (isKeyword(token, 'TRUE') || isKeyword(token, 'FALSE')) return 'boolean';
  return isKeyword(token, 'NULL') ? 'null' : 'expression';
}
