import { spanKey } from '../adjust/index.js';
import type { AccountBook } from './accounting.js';
import type { RequestGroup } from './request-groups.js';
import type { SpanFacts } from './span-facts.js';

/** The spans of one request. */
export interface RequestContent {
  readonly all: readonly SpanFacts[];
  /** Those of units that are this request's in full: what accounts can be compared with. */
  readonly own: readonly SpanFacts[];
  readonly ids: ReadonlySet<string>;
}

export const NO_CONTENT: RequestContent = { all: [], own: [], ids: new Set() };

/** Everything in the request's units, and what it shares with others: spans that work on its messages, and what hangs below. */
export function contentOf(group: RequestGroup, book: AccountBook): RequestContent {
  const own = [...group.units].flatMap((key) => book.unit(key)?.spans ?? []);
  const shared = group.sharedFrom.length === 0 ? [] : withDescendants(group.sharedFrom, book);
  const all = [...own, ...shared];
  return { all, own, ids: new Set(all.map(({ traceId, spanId }) => spanKey(traceId, spanId))) };
}

function withDescendants(roots: readonly SpanFacts[], book: AccountBook): readonly SpanFacts[] {
  const found = new Set(roots);
  for (const key of new Set(roots.map((root) => root.key))) {
    const children = childrenIn(book.unit(key)?.spans ?? []);
    for (const facts of found) for (const child of children.get(facts.spanId) ?? []) found.add(child);
  }
  return [...found];
}

function childrenIn(spans: readonly SpanFacts[]): ReadonlyMap<string, readonly SpanFacts[]> {
  const children = new Map<string, SpanFacts[]>();
  for (const facts of spans) {
    if (facts.parentSpanId === undefined) continue;
    const siblings = children.get(facts.parentSpanId);
    if (siblings) siblings.push(facts);
    else children.set(facts.parentSpanId, [facts]);
  }
  return children;
}
