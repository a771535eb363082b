import { BoltStructure, type BoltValue, VALUE_TAGS } from './bolt-value.js';
import { typeError, unsupported } from './failure.js';
import { type EngineObject, type EnginePath, isPath, membersOf } from './value-shape.js';
import type { ValueTyping } from './value-typing.js';

/**
 * A value of the engine's answer as a value of the wire, its types as `typing` knows them.
 *
 * Throws what `typing` throws, and {@link BoltFailure} for what the wire cannot say.
 */
export function toBoltValue(value: unknown, typing: ValueTyping): BoltValue {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'boolean':
    case 'bigint':
      return value;
    case 'number':
      return !Number.isSafeInteger(value) || Object.is(value, -0) ? value : typing.wholeNumber(value);
    case 'string':
      return typing.text(value);
    default:
      return toBoltCompound(value, typing);
  }
}

function toBoltCompound(value: unknown, typing: ValueTyping): BoltValue {
  if (Array.isArray(value)) return value.map((item, i) => toBoltValue(item, typing.item(i)));
  if (Buffer.isBuffer(value)) return Uint8Array.from(value);
  if (value instanceof Date) return typing.localDateTime();
  if (ArrayBuffer.isView(value)) throw unsupported('A vector');
  return toBoltObject(value as EngineObject, typing);
}

function toBoltObject(value: EngineObject, typing: ValueTyping): BoltValue {
  if ('_labels' in value) return toNode(value, typing);
  if ('_type' in value) return toRelationship(value, typing);
  if (isPath(value)) return toPath(value, typing);
  const map = new Map<string, BoltValue>();
  for (const [key, member] of Object.entries(value)) {
    if (key.startsWith('$')) throw unsupported(`A value of the engine's own type ${key}`);
    map.set(key, toBoltValue(member, typing.member(key)));
  }
  return map;
}

function idOf(value: unknown): bigint {
  return BigInt(value as number | bigint);
}

function nodeElementId(id: bigint): string {
  return `n:${id}`;
}

function toNode(value: EngineObject, typing: ValueTyping): BoltStructure {
  const id = idOf(value['_id']);
  const labels = value['_labels'] as readonly string[];
  return new BoltStructure(VALUE_TAGS.node, [id, labels, properties(value, typing), nodeElementId(id)]);
}

function toRelationship(value: EngineObject, typing: ValueTyping): BoltStructure {
  const [id, from, to] = [idOf(value['_id']), idOf(value['_source']), idOf(value['_target'])];
  const elementIds = [`e:${id}`, nodeElementId(from), nodeElementId(to)];
  const fields = [id, from, to, String(value['_type']), properties(value, typing), ...elementIds];
  return new BoltStructure(VALUE_TAGS.relationship, fields);
}

function properties(value: EngineObject, typing: ValueTyping): BoltValue {
  const map = new Map<string, BoltValue>();
  for (const [key, member] of membersOf(value)) {
    const property = toBoltValue(member, typing.member(key));
    if (property instanceof Map)
      throw typeError(`Property values can only be of primitive types or arrays thereof: ${key}`);
    map.set(key, property);
  }
  return map;
}

/** Nodes once each, relationships without their ends, and the way through both: `±relationship, node` for each hop. */
function toPath({ nodes, edges }: EnginePath, typing: ValueTyping): BoltStructure {
  const uniqueNodes = uniqueById(nodes);
  const uniqueEdges = uniqueById(edges);
  const way = edges.flatMap((edge, i) => {
    const forward = idOf(edge['_source']) === idOf(nodes[i]?.['_id']);
    const place = BigInt(indexById(uniqueEdges, edge) + 1);
    return [forward ? place : -place, BigInt(indexById(uniqueNodes, nodes[i + 1]))];
  });
  return new BoltStructure(VALUE_TAGS.path, [
    uniqueNodes.map((node) => toNode(node, typing.pathNode(nodes.indexOf(node)))),
    uniqueEdges.map((edge) => unbound(toRelationship(edge, typing.pathEdge(edges.indexOf(edge))))),
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
