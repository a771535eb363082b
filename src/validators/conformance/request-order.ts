/** One occurrence of a step, as the check of the order sees it. */
export interface OrderedOccurrence {
  /** The labels of the places where it may stand (`labelOf`); usually one. With none of the tree's it can stand nowhere. */
  readonly labels: readonly string[];
  /** Its start, a node of the certain order. No two occurrences share a node. */
  readonly start: number;
  /** Its end; undefined while nothing is known of it. */
  readonly end: number | undefined;
  /** True when all its ancestors are held. While one may be missing, an earlier occurrence is only asked to start before it. */
  readonly tied: boolean;
}

/**
 * What is certain of a request's order, in numbers. Nodes that are no occurrence's point (scenery, boundaries) are passed through.
 *
 * - MUST be acyclic. That a start comes before its end, and a cause's start before what it caused, goes without saying.
 * - Occurrences SHOULD come in order of their starts, as far as that is known: where the flow leaves a choice, the first is tried first.
 */
export interface RequestOrder {
  readonly occurrences: readonly OrderedOccurrence[];
  readonly nodes: number;
  /** Pairs of nodes, one after the other in one list: the first of a pair certainly comes before the second. */
  readonly certain: ArrayLike<number>;
  /** Pairs of indexes of occurrences: the first is an ancestor of the second. What follows by transitivity need not be listed. */
  readonly causes: ArrayLike<number>;
  /** Labels of which more may still come: their places are optional. Default none: the final check. */
  readonly mayStillCome?: ReadonlySet<string>;
}
