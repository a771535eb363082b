import { BoltStructure, type BoltValue, isBoltList, isBoltMap } from './bolt-value.js';
import { BoltFailure, typeError } from './failure.js';

/**
 * The value as Neo4j stores it: in a list of integers and floats all become floats. Throws BoltFailure for what it does not
 * store, and the engine would: maps, lists of lists, lists with null or of several types.
 */
export function storedValue(value: BoltValue): BoltValue {
  if (isBoltMap(value)) throw typeError('Property values can only be of primitive types or arrays thereof.');
  return isBoltList(value) ? storedList(value) : value;
}

function storedList(list: readonly BoltValue[]): readonly BoltValue[] {
  if (list.includes(null)) throw typeError('Collections containing null values can not be stored in properties.');
  if (list.some(isBoltList)) throw typeError('Collections containing collections can not be stored in properties.');
  const kinds = new Set(list.map(kindOf));
  if (kinds.has('map')) throw typeError('Property values can only be of primitive types or arrays thereof.');
  if (kinds.size <= 1) return list;
  if ([...kinds].every((kind) => kind === 'bigint' || kind === 'number')) return list.map(Number);
  throw typeError('Neo4j only supports a subset of Cypher types for storage as singleton or array properties.');
}

function kindOf(value: BoltValue): string {
  if (value instanceof BoltStructure) return `structure ${value.tag}`;
  if (value instanceof Uint8Array) return 'bytes';
  return isBoltMap(value) ? 'map' : typeof value;
}

/** Neo4j merges on no null; the engine would make a new node each time. */
export function mergeOnNull(key: string): BoltFailure {
  return new BoltFailure(
    'Neo.ClientError.Statement.SemanticError',
    `Cannot merge the following pattern because of null property value for '${key}'.`,
  );
}
