import type { ArrowType } from './arrow-types.js';
import { BoltStructure, type BoltValue, VALUE_TAGS } from './bolt-value.js';
import { typeError, unsupported } from './failure.js';
import { readDate, readDateTime, readDuration, readTime } from './temporal-text.js';

/**
 * A value of the engine's answer as a value of the wire. `type` is what the engine says of its column.
 *
 * Throws {@link BoltFailure} for what cannot be told for certain: a whole number among values of other types could be an
 * integer or a float.
 */
export function toBoltValue(value: unknown, type: ArrowType | undefined): BoltValue {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'boolean':
    case 'bigint':
      return value;
    case 'number':
      return toBoltNumber(value, type);
    case 'string':
      return toBoltText(value, type);
    default:
      return toBoltCompound(value, type);
  }
}

function toBoltNumber(value: number, type: ArrowType | undefined): BoltValue {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return value;
  if (type?.kind === 'float') return value;
  if (type?.kind === 'int') return BigInt(value);
  throw unsupported('A whole number in a column (or list, or property) that also holds values of other types');
}

function toBoltText(value: string, type: ArrowType | undefined): BoltValue {
  switch (type?.kind) {
    case 'date':
      return readDate(value);
    case 'time':
      return readTime(value);
    case 'timestamp':
      return readDateTime(value);
    case 'struct':
      return readDuration(value);
    default:
      return value;
  }
}

function toBoltCompound(value: unknown, type: ArrowType | undefined): BoltValue {
  if (Array.isArray(value))
    return value.map((item) => toBoltValue(item, type?.kind === 'list' ? type.children[0] : undefined));
  if (Buffer.isBuffer(value)) return Uint8Array.from(value);
  if (value instanceof Date) throw unsupported('A local date and time');
  if (ArrayBuffer.isView(value)) throw unsupported('A vector');
  return toBoltObject(value as EngineObject, type);
}

/** A map, a node, a relationship or a path, as the engine gives them. */
export type EngineObject = Readonly<Record<string, unknown>>;

function toBoltObject(value: EngineObject, type: ArrowType | undefined): BoltValue {
  if ('_labels' in value) return toNode(value, type);
  if ('_type' in value) return toRelationship(value, type);
  if (isPath(value)) return toPath(value, type);
  const map = new Map<string, BoltValue>();
  for (const [key, member] of Object.entries(value)) {
    if (key.startsWith('$')) throw unsupported(`A value of the engine's own type ${key}`);
    map.set(key, toBoltValue(member, memberType(type, key)));
  }
  return map;
}

function memberType(type: ArrowType | undefined, name: string): ArrowType | undefined {
  return type?.kind === 'struct' ? type.children.find((child) => child.name === name) : undefined;
}

function idOf(value: unknown): bigint {
  return BigInt(value as number | bigint);
}

function nodeElementId(id: bigint): string {
  return `n:${id}`;
}

function toNode(value: EngineObject, type: ArrowType | undefined): BoltStructure {
  const id = idOf(value['_id']);
  const labels = value['_labels'] as readonly string[];
  return new BoltStructure(VALUE_TAGS.node, [id, labels, properties(value, type), nodeElementId(id)]);
}

function toRelationship(value: EngineObject, type: ArrowType | undefined): BoltStructure {
  const [id, from, to] = [idOf(value['_id']), idOf(value['_source']), idOf(value['_target'])];
  const elementIds = [`e:${id}`, nodeElementId(from), nodeElementId(to)];
  const fields = [id, from, to, String(value['_type']), properties(value, type), ...elementIds];
  return new BoltStructure(VALUE_TAGS.relationship, fields);
}

const OWN_MEMBERS = new Set(['_id', '_labels', '_type', '_source', '_target']);

function properties(value: EngineObject, type: ArrowType | undefined): BoltValue {
  const map = new Map<string, BoltValue>();
  for (const [key, member] of Object.entries(value)) {
    if (OWN_MEMBERS.has(key)) continue;
    const property = toBoltValue(member, memberType(type, key));
    if (property instanceof Map)
      throw typeError(`Property values can only be of primitive types or arrays thereof: ${key}`);
    map.set(key, property);
  }
  return map;
}

/** No map of ours looks like it: see readStatement. */
export interface EnginePath extends EngineObject {
  readonly nodes: readonly EngineObject[];
  readonly edges: readonly EngineObject[];
}

/** Anything else with just these two members was refused before it ran. */
export function isPath(value: unknown): value is EnginePath {
  if (typeof value !== 'object' || value === null || !('nodes' in value) || !('edges' in value)) return false;
  const { nodes, edges } = value;
  return Object.keys(value).length === 2 && Array.isArray(nodes) && Array.isArray(edges);
}

/** Nodes once each, relationships without their ends, and the way through both: `±relationship, node` for each hop. */
function toPath({ nodes, edges }: EnginePath, type: ArrowType | undefined): BoltStructure {
  const nodeType = memberType(type, 'nodes')?.children[0];
  const edgeType = memberType(type, 'edges')?.children[0];
  const uniqueNodes = uniqueById(nodes);
  const uniqueEdges = uniqueById(edges);
  const way = edges.flatMap((edge, i) => {
    const forward = idOf(edge['_source']) === idOf(nodes[i]?.['_id']);
    const place = BigInt(indexById(uniqueEdges, edge) + 1);
    return [forward ? place : -place, BigInt(indexById(uniqueNodes, nodes[i + 1]))];
  });
  return new BoltStructure(VALUE_TAGS.path, [
    uniqueNodes.map((node) => toNode(node, nodeType)),
    uniqueEdges.map((edge) => unbound(toRelationship(edge, edgeType))),
    way,
  ]);
}

function unbound({ fields }: BoltStructure): BoltStructure {
  const [id = null, , , type = null, members = null, elementId = null] = fields;
  return new BoltStructure(VALUE_TAGS.unboundRelationship, [id, type, members, elementId]);
}

function uniqueById(entities: readonly EngineObject[]): readonly EngineObject[] {
  return [...new Map(entities.map((entity) => [entity['_id'], entity])).values()];
}

function indexById(entities: readonly EngineObject[], sought: EngineObject | undefined): number {
  return entities.findIndex((entity) => entity['_id'] === sought?.['_id']);
}
