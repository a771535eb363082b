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
  readonly process: string;
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

/** A copy that can be added to without changing the original. */
export function copyGraph(graph: OrderGraph): OrderGraph {
  return { points: [...graph.points], arrows: graph.arrows.map((list) => [...list]) };
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

/** The nodes in an order that every arrow respects, or undefined if the graph has a cycle. */
export function sortNodes(graph: OrderGraph): readonly number[] | undefined {
  const incoming = new Int32Array(graph.arrows.length);
  for (const list of graph.arrows) for (const { to } of list) incoming[to] = (incoming[to] ?? 0) + 1;
  const sorted: number[] = [];
  for (let node = 0; node < incoming.length; node++) if (incoming[node] === 0) sorted.push(node);
  for (let i = 0; i < sorted.length; i++) {
    for (const { to } of graph.arrows[sorted[i] ?? 0] ?? []) {
      const left = (incoming[to] ?? 0) - 1;
      incoming[to] = left;
      if (left === 0) sorted.push(to);
    }
  }
  return sorted.length === graph.arrows.length ? sorted : undefined;
}

/** The nodes that lie on some cycle. Tarjan's components, without recursion: traces nest deeper than a stack. */
export function nodesOnCycles(graph: OrderGraph): ReadonlySet<number> {
  const count = graph.arrows.length;
  const index = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const onStack = new Uint8Array(count);
  const stack: number[] = [];
  const cyclic = new Set<number>();
  let next = 0;
  for (let root = 0; root < count; root++) {
    if (index[root] !== -1) continue;
    const work: { node: number; arrow: number }[] = [{ node: root, arrow: 0 }];
    while (work.length > 0) {
      const frame = work[work.length - 1] as { node: number; arrow: number };
      const { node } = frame;
      if (frame.arrow === 0) {
        index[node] = low[node] = next++;
        stack.push(node);
        onStack[node] = 1;
      }
      const arrow = graph.arrows[node]?.[frame.arrow++];
      if (arrow) {
        if (index[arrow.to] === -1) work.push({ node: arrow.to, arrow: 0 });
        else if (onStack[arrow.to]) low[node] = Math.min(low[node] ?? 0, index[arrow.to] ?? 0);
        continue;
      }
      work.pop();
      const parent = work[work.length - 1];
      if (parent) low[parent.node] = Math.min(low[parent.node] ?? 0, low[node] ?? 0);
      if (low[node] === index[node]) closeComponent(node, { stack, onStack, cyclic, graph });
    }
  }
  return cyclic;
}

function closeComponent(
  root: number,
  state: { stack: number[]; onStack: Uint8Array; cyclic: Set<number>; graph: OrderGraph },
): void {
  const component: number[] = [];
  for (;;) {
    const node = state.stack.pop();
    if (node === undefined) break;
    state.onStack[node] = 0;
    component.push(node);
    if (node === root) break;
  }
  const loops = component.length > 1 || (state.graph.arrows[root] ?? []).some(({ to }) => to === root);
  if (loops) for (const node of component) state.cyclic.add(node);
}
