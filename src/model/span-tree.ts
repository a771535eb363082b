import type { Span } from './span.js';

/** Where the spans of a list stand, by id, and whose parent is where. */
export interface SpanTree {
  /** Of spans that share an id, the last. */
  readonly indexOf: ReadonlyMap<string, number>;
  /** By span: the index of its parent, or -1 where that is not in the list, not given, or the span itself. */
  readonly parents: readonly number[];
}

let latest: { readonly spans: readonly Span[]; readonly tree: SpanTree } | undefined;

/** The tree of a list of spans, which MUST NOT change afterwards. That of the list asked about last is kept: one request is asked about many times, then the next. */
export function spanTree(spans: readonly Span[]): SpanTree {
  if (latest?.spans === spans) return latest.tree;
  const tree = treeOf(spans);
  latest = { spans, tree };
  return tree;
}

function treeOf(spans: readonly Span[]): SpanTree {
  const indexOf = new Map<string, number>();
  for (let i = 0; i < spans.length; i++) indexOf.set((spans[i] as Span).spanId, i);
  return { indexOf, parents: spans.map((span) => parentOf(span, indexOf)) };
}

function parentOf({ spanId, parentSpanId }: Span, indexOf: ReadonlyMap<string, number>): number {
  return parentSpanId === undefined || parentSpanId === spanId ? -1 : (indexOf.get(parentSpanId) ?? -1);
}
