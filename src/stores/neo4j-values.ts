import type { StoredValue } from '../model/index.js';

/**
 * A value of neo4j-driver (opened with `useBigInt`) in the terms of the model.
 *
 * - integers are numbers where that is exact, else bigint;
 * - temporal values are their ISO 8601 text, bytes their text or `{ base64 }`;
 * - a node is its properties and `_labels`, a relationship its properties and `_type`;
 * - a path is `{ nodes, relationships }`; a point is its coordinates and `srid`.
 */
export function fromNeo4j(value: unknown): StoredValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return narrow(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(fromNeo4j);
  if (ArrayBuffer.isView(value)) return fromBytes(value);
  return fromObject(value as object);
}

/** A value of the model as a parameter: whole numbers are integers to Neo4j, as they are to whoever wrote the flow. */
export function toNeo4j(value: StoredValue): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (isList(value)) return value.map(toNeo4j);
  if (typeof value === 'object' && value !== null) return mapMembers(value, toNeo4j);
  return value;
}

/** Unlike Array.isArray, it knows readonly arrays. */
function isList(value: StoredValue): value is readonly StoredValue[] {
  return Array.isArray(value);
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function fromBytes(view: ArrayBufferView): StoredValue {
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : { base64: bytes.toString('base64') };
}

interface Entity {
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The driver marks its classes with a member each, so that they are known across copies of the package. */
function fromObject(value: object): StoredValue {
  if ('__isNode__' in value) return fromNode(value as unknown as Entity & { readonly labels: readonly string[] });
  if ('__isRelationship__' in value || '__isUnboundRelationship__' in value) {
    return fromRelationship(value as unknown as Entity & { readonly type: string });
  }
  if ('__isPath__' in value) return fromPath(value as unknown as DriverPath);
  if ('__isPoint__' in value) return fromPoint(value as unknown as Readonly<Record<string, unknown>>);
  return isTemporal(value) ? String(value) : mapMembers(value as Record<string, unknown>, fromNeo4j);
}

const TEMPORAL_MARKS = [
  '__isDate__',
  '__isTime__',
  '__isLocalTime__',
  '__isDateTime__',
  '__isLocalDateTime__',
  '__isDuration__',
];

function isTemporal(value: object): boolean {
  return TEMPORAL_MARKS.some((mark) => mark in value);
}

function fromNode({ properties, labels }: Entity & { readonly labels: readonly string[] }): StoredValue {
  return { ...mapMembers(properties, fromNeo4j), _labels: labels };
}

function fromRelationship({ properties, type }: Entity & { readonly type: string }): StoredValue {
  return { ...mapMembers(properties, fromNeo4j), _type: type };
}

interface DriverPath {
  readonly start: object;
  readonly segments: readonly { readonly relationship: object; readonly end: object }[];
}

function fromPath({ start, segments }: DriverPath): StoredValue {
  return {
    nodes: [start, ...segments.map(({ end }) => end)].map(fromNeo4j),
    relationships: segments.map(({ relationship }) => fromNeo4j(relationship)),
  };
}

function fromPoint({ srid, x, y, z }: Readonly<Record<string, unknown>>): StoredValue {
  const flat = { srid: fromNeo4j(srid), x: fromNeo4j(x), y: fromNeo4j(y) };
  return z === undefined ? flat : { ...flat, z: fromNeo4j(z) };
}

function mapMembers<From, To>(members: Readonly<Record<string, From>>, map: (member: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(members).map(([key, member]) => [key, map(member)]));
}
