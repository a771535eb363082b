import type { Facts, Occurrence } from './facts.js';
import { addArrow, BECAUSE, copyGraph, type OrderGraph } from './order-graph.js';
import { pairsOf, reachability } from './reach.js';

/** Orders tried before giving up: only several serial repeats side by side can need more than a handful. */
const MAX_TRIES = 2_000;

type Pair = readonly [Occurrence, Occurrence];

export interface SerialRounds {
  /** Undefined: too many orders to try them all. */
  readonly possible: boolean | undefined;
  readonly graph: OrderGraph;
}

/**
 * Lets the rounds of serial repeats follow one another. Of two rounds one must end before the other starts, unless it is its ancestor.
 *
 * ```
 *   s_i reaches e_j   ⇒   e_j before s_i cannot be   ⇒   e_i before s_j
 * ```
 *
 * is applied until nothing new follows. What is left open is tried both ways. The graph returned holds the arrows that follow; where no order
 * is possible it has a cycle.
 */
export function placeRounds(
  graph: OrderGraph,
  { groups, facts }: { readonly groups: readonly (readonly Occurrence[])[]; readonly facts: Facts },
): SerialRounds {
  const pairs = groups.flatMap((group) => pairsIn(group, facts));
  if (pairs.length === 0) return { possible: reachability(pairsOf(graph), []) !== undefined, graph };
  const search: Search = { left: MAX_TRIES, failed: undefined };
  const forced = propagate(copyGraph(graph), pairs);
  if (!forced.acyclic) return { possible: false, graph: forced.graph };
  const possible = tryOrders(forced, search);
  return { possible, graph: possible === false ? (search.failed ?? forced.graph) : forced.graph };
}

interface Search {
  left: number;
  /** The last graph with a cycle that was met: the witness if every order fails. */
  failed: OrderGraph | undefined;
}

interface Forced {
  readonly graph: OrderGraph;
  readonly acyclic: boolean;
  readonly open: readonly Pair[];
}

function propagate(graph: OrderGraph, pairs: readonly Pair[]): Forced {
  let open = pairs;
  for (;;) {
    const ends = open.flatMap((pair) => pair.flatMap(({ start, end }) => (end === undefined ? [start] : [start, end])));
    const reaches = reachability(pairsOf(graph), ends);
    if (!reaches) return { graph, acyclic: false, open };
    const decided = open.filter((pair) => decide(graph, { pair, reaches }));
    if (decided.length === 0) return { graph, acyclic: true, open };
    const done = new Set(decided);
    open = open.filter((pair) => !done.has(pair));
  }
}

function decide(
  graph: OrderGraph,
  { pair: [i, j], reaches }: { readonly pair: Pair; readonly reaches: (from: number, target: number) => boolean },
): boolean {
  const forward = reaches(i.start, latestBefore(i, j));
  const backward = reaches(j.start, latestBefore(j, i));
  if (forward) follow(graph, i, j);
  if (backward) follow(graph, j, i);
  return forward || backward;
}

/** The point of `second` that must come before `first` starts, were `second` the earlier round. */
function latestBefore(first: Occurrence, second: Occurrence): number {
  return first.tied ? (second.end ?? second.start) : second.start;
}

function follow(graph: OrderGraph, first: Occurrence, second: Occurrence): void {
  addArrow(graph, second.tied ? (first.end ?? first.start) : first.start, second.start, BECAUSE.flow);
}

/** Undefined when the tries ran out before an order was found. */
function tryOrders({ graph, open }: Forced, search: Search): boolean | undefined {
  const [pair] = open;
  if (!pair) return true;
  let unsure = false;
  for (const [first, second] of [pair, [pair[1], pair[0]] as const]) {
    if (search.left-- <= 0) return undefined;
    const next = copyGraph(graph);
    follow(next, first, second);
    const forced = propagate(next, open.slice(1));
    if (!forced.acyclic) search.failed = forced.graph;
    const found = forced.acyclic ? tryOrders(forced, search) : false;
    if (found) return true;
    unsure ||= found === undefined;
  }
  return unsure ? undefined : false;
}

function pairsIn(group: readonly Occurrence[], facts: Facts): readonly Pair[] {
  return group.flatMap((a, i) =>
    group.slice(i + 1).flatMap((b): readonly Pair[] => (facts.causes(a, b) || facts.causes(b, a) ? [] : [[a, b]])),
  );
}
