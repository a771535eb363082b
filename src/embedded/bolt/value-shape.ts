/**
 * The form that the values of a place have, all of them together: which of them are single values, which hold others, and
 * of what form those are. It says where to look when the types of values are to be asked for.
 */
export interface ValueShape {
  /** Some value here is a number, a text or a time: something whose type may have to be asked for. */
  isLeaf: boolean;
  items: ValueShape | undefined;
  /** Of maps, nodes and relationships, by name. */
  readonly members: Map<string, ValueShape>;
  path: PathShape | undefined;
}

export interface PathShape {
  readonly nodes: ValueShape;
  readonly edges: ValueShape;
}

/** The form of a place, from the engine's values in it. */
export function shapeOf(values: readonly unknown[]): ValueShape {
  const shape = emptyShape();
  for (const value of values) extend(shape, value);
  return shape;
}

/** No map of ours looks like it: see readStatement. */
export interface EnginePath extends EngineObject {
  readonly nodes: readonly EngineObject[];
  readonly edges: readonly EngineObject[];
}

/** A map, a node, a relationship or a path, as the engine gives them. */
export type EngineObject = Readonly<Record<string, unknown>>;

/** Anything else with just these two members was refused before it ran. */
export function isPath(value: unknown): value is EnginePath {
  if (typeof value !== 'object' || value === null || !('nodes' in value) || !('edges' in value)) return false;
  const { nodes, edges } = value;
  return Object.keys(value).length === 2 && Array.isArray(nodes) && Array.isArray(edges);
}

const OWN_MEMBERS = new Set(['_id', '_labels', '_type', '_source', '_target']);

/** The members of a map, or the properties of a node or relationship. */
export function membersOf(value: EngineObject): readonly (readonly [string, unknown])[] {
  return Object.entries(value).filter(([key]) => !OWN_MEMBERS.has(key));
}

function emptyShape(): ValueShape {
  return { isLeaf: false, items: undefined, members: new Map(), path: undefined };
}

function extend(shape: ValueShape, value: unknown): void {
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'bigint') return;
  if (typeof value !== 'object' || value instanceof Date) shape.isLeaf = true;
  else if (Array.isArray(value)) extendItems(shape, value);
  else if (isPath(value)) extendPath(shape, value);
  else if (!ArrayBuffer.isView(value)) extendMembers(shape, value as EngineObject);
}

function extendItems(shape: ValueShape, list: readonly unknown[]): void {
  shape.items ??= emptyShape();
  for (const item of list) extend(shape.items, item);
}

function extendPath(shape: ValueShape, { nodes, edges }: EnginePath): void {
  shape.path ??= { nodes: emptyShape(), edges: emptyShape() };
  for (const node of nodes) extend(shape.path.nodes, node);
  for (const edge of edges) extend(shape.path.edges, edge);
}

function extendMembers(shape: ValueShape, value: EngineObject): void {
  for (const [key, member] of membersOf(value)) {
    const known = shape.members.get(key) ?? emptyShape();
    shape.members.set(key, known);
    extend(known, member);
  }
}
