import type { OrderedOccurrence, RequestOrder } from './request-order.js';

/** The certain order as a graph of nodes: for each, a list of those that come directly after it. */
export interface ArrowLists {
  readonly nodes: number;
  /** By node: its first arrow, or -1. */
  readonly first: Int32Array;
  /** By arrow: the next one from the same node, or -1. */
  readonly next: Int32Array;
  readonly to: Int32Array;
  /** By node: how many arrows lead to it. */
  readonly incoming: Int32Array;
}

/** The arrows given, from each start to its end, and from the start of each cause to that of what it caused. */
export function listArrows({ occurrences, nodes, certain, causes }: RequestOrder): ArrowLists {
  const size = (certain.length + causes.length) / 2 + occurrences.length;
  const lists = emptyLists(nodes, size);
  let arrows = 0;
  const startOf = (i: number): number => (occurrences[i] as OrderedOccurrence).start;
  for (let i = 0; i < certain.length; i += 2) addArrow(lists, arrows++, certain[i] as number, certain[i + 1] as number);
  for (const { start, end } of occurrences) if (end !== undefined) addArrow(lists, arrows++, start, end);
  for (let i = 0; i < causes.length; i += 2) {
    addArrow(lists, arrows++, startOf(causes[i] as number), startOf(causes[i + 1] as number));
  }
  return lists;
}

/** The arrows from ancestors to descendants, between occurrences instead of points. */
export function listCauses({ occurrences, causes }: Pick<RequestOrder, 'occurrences' | 'causes'>): ArrowLists {
  const lists = emptyLists(occurrences.length, causes.length / 2);
  for (let i = 0; i < causes.length; i += 2) addArrow(lists, i / 2, causes[i] as number, causes[i + 1] as number);
  return lists;
}

function emptyLists(nodes: number, arrows: number): ArrowLists {
  const first = new Int32Array(nodes).fill(-1);
  return { nodes, first, next: new Int32Array(arrows), to: new Int32Array(arrows), incoming: new Int32Array(nodes) };
}

function addArrow({ first, next, to, incoming }: ArrowLists, arrow: number, from: number, target: number): void {
  to[arrow] = target;
  next[arrow] = first[from] as number;
  first[from] = arrow;
  incoming[target] = (incoming[target] as number) + 1;
}

/** Visits each arrow after all arrows that lead to where it comes from. */
export function visitInOrder(lists: ArrowLists, visit: (from: number, to: number) => void): void {
  const { nodes, first, next, to } = lists;
  const waiting = lists.incoming.slice();
  const queue: number[] = [];
  for (let node = 0; node < nodes; node++) if (waiting[node] === 0) queue.push(node);
  for (let i = 0; i < queue.length; i++) {
    const node = queue[i] as number;
    for (let arrow = first[node] as number; arrow >= 0; arrow = next[arrow] as number) {
      const target = to[arrow] as number;
      visit(node, target);
      const left = (waiting[target] as number) - 1;
      waiting[target] = left;
      if (left === 0) queue.push(target);
    }
  }
}

/** The same arrows, each the other way. */
export function turnedRound({ nodes, first, next, to }: ArrowLists): ArrowLists {
  const turned = emptyLists(nodes, to.length);
  for (let node = 0; node < nodes; node++) {
    for (let arrow = first[node] as number; arrow >= 0; arrow = next[arrow] as number) {
      addArrow(turned, arrow, to[arrow] as number, node);
    }
  }
  return turned;
}
