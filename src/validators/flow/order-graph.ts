/**
 * Points in time and the arrows between them. An arrow p → q says that p comes before q; its reason says why that is certain, or has to
 * be. Nodes without a point are boundaries: they stand for "everything before" and "everything after", so that n × m arrows become n + m.
 */
export interface OrderGraph {
  readonly points: (Point | undefined)[];
  readonly arrows: Arrow[][];
}

/** The start or the end of a span. */
export interface Point {
  readonly spanId: string;
  readonly at: 'start' | 'end';
  /** The number of its process. */
  readonly process: number;
  readonly service: string;
  /** Nanoseconds since the start of the request, as its process read them. */
  readonly time: number;
  /** Name of the step that the span is; undefined for scenery. */
  readonly step: string | undefined;
}

export interface Arrow {
  readonly to: number;
  readonly because: ArrowReason;
}

export type ArrowReason =
  | { readonly kind: 'flow' | 'span' | 'cause' | 'sequence' | 'clock' }
  | { readonly kind: 'offset'; readonly topic: string; readonly partition: number };

export const BECAUSE = {
  flow: { kind: 'flow' },
  span: { kind: 'span' },
  cause: { kind: 'cause' },
  sequence: { kind: 'sequence' },
  clock: { kind: 'clock' },
} as const satisfies Record<string, ArrowReason>;

export function emptyGraph(): OrderGraph {
  return { points: [], arrows: [] };
}

/** Adds a node, a boundary when no point is given, and returns its number. */
export function addNode(graph: OrderGraph, point?: Point): number {
  graph.points.push(point);
  graph.arrows.push([]);
  return graph.points.length - 1;
}

export function addArrow(graph: OrderGraph, from: number, to: number, because: ArrowReason): void {
  graph.arrows[from]?.push({ to, because });
}

/**
 * Orders the members of a list in one line: each comes before all that follow it. Adds one boundary a member, so the direct way from any
 * member to any later one passes no other member.
 */
export function addChain(graph: OrderGraph, members: readonly number[], because: ArrowReason): void {
  let before: number | undefined;
  for (const member of members) {
    if (before !== undefined) addArrow(graph, before, member, because);
    const after = addNode(graph);
    if (before !== undefined) addArrow(graph, before, after, because);
    addArrow(graph, member, after, because);
    before = after;
  }
}

/** The nodes that lie on some cycle. Tarjan's components, without recursion: traces nest deeper than a stack. */
export function nodesOnCycles(graph: OrderGraph): ReadonlySet<number> {
  const count = graph.arrows.length;
  const search: Search = {
    graph,
    index: new Int32Array(count).fill(-1),
    low: new Int32Array(count),
    onStack: new Uint8Array(count),
    stack: [],
    cyclic: new Set(),
    next: 0,
  };
  for (let root = 0; root < count; root++) if (search.index[root] === -1) searchFrom(root, search);
  return search.cyclic;
}

interface Search {
  readonly graph: OrderGraph;
  readonly index: Int32Array;
  readonly low: Int32Array;
  readonly onStack: Uint8Array;
  readonly stack: number[];
  readonly cyclic: Set<number>;
  next: number;
}

function searchFrom(root: number, search: Search): void {
  const { graph, index, low, onStack } = search;
  const path = [enter(root, search)];
  for (let frame = path.at(-1); frame; frame = path.at(-1)) {
    const { node } = frame;
    const arrow = graph.arrows[node]?.[frame.arrow++];
    if (!arrow) {
      path.pop();
      const above = path.at(-1);
      if (above) low[above.node] = Math.min(low[above.node] ?? 0, low[node] ?? 0);
      if (low[node] === index[node]) closeComponent(node, search);
    } else if (index[arrow.to] === -1) path.push(enter(arrow.to, search));
    else if (onStack[arrow.to]) low[node] = Math.min(low[node] ?? 0, index[arrow.to] ?? 0);
  }
}

function enter(node: number, search: Search): { readonly node: number; arrow: number } {
  search.index[node] = search.low[node] = search.next++;
  search.stack.push(node);
  search.onStack[node] = 1;
  return { node, arrow: 0 };
}

function closeComponent(root: number, { stack, onStack, cyclic, graph }: Search): void {
  const component = stack.splice(stack.lastIndexOf(root));
  for (const node of component) onStack[node] = 0;
  const loops = component.length > 1 || (graph.arrows[root] ?? []).some(({ to }) => to === root);
  if (loops) for (const node of component) cyclic.add(node);
}
