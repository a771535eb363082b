import type { Span } from './span.js';

/** Where the spans of a list stand, by id, and whose parent is where. */
export interface SpanTree {
  /** Of spans that share an id, the last. */
  readonly indexOf: ReadonlyMap<string, number>;
  /** By span: the index of its parent, or -1 where that is not in the list, not given, or the span itself. */
  readonly parents: readonly number[];
}

const trees = new WeakMap<readonly Span[], SpanTree>();

/** The tree of a list of spans, worked out once. The list MUST NOT change afterwards. */
export function spanTree(spans: readonly Span[]): SpanTree {
  const known = trees.get(spans);
  if (known) return known;
  const indexOf = new Map<string, number>();
  for (let i = 0; i < spans.length; i++) indexOf.set((spans[i] as Span).spanId, i);
  const tree = { indexOf, parents: spans.map((span) => parentOf(span, indexOf)) };
  trees.set(spans, tree);
  return tree;
}

function parentOf({ spanId, parentSpanId }: Span, indexOf: ReadonlyMap<string, number>): number {
  return parentSpanId === undefined || parentSpanId === spanId ? -1 : (indexOf.get(parentSpanId) ?? -1);
}
