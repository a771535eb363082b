import type { AccountBook } from './accounting.js';
import type { RequestGroup } from './request-groups.js';
import type { SpanFacts } from './span-facts.js';
import type { Unit } from './unit.js';

/** What makes one request, by reference: it grows as its units do. */
export interface RequestContent {
  /** Keys of the units that are this request's in full: what accounts can be compared with. */
  readonly units: ReadonlySet<string>;
  /** Spans of other requests' units that work on its messages, and what hangs below them. */
  readonly shared: ReadonlySet<SpanFacts>;
}

export const NO_CONTENT: RequestContent = { units: new Set(), shared: new Set() };

export function contentOf({ units, sharedFrom }: RequestGroup, book: AccountBook): RequestContent {
  return { units, shared: sharedFrom.length === 0 ? NO_CONTENT.shared : withDescendants(sharedFrom, book) };
}

export function unitsIn({ units }: RequestContent, book: AccountBook): readonly Unit[] {
  const held: Unit[] = [];
  for (const key of units) {
    const unit = book.unit(key);
    if (unit) held.push(unit);
  }
  return held;
}

/** The spans that the request does not share with another's unit. */
export function ownSpans(content: RequestContent, book: AccountBook): readonly SpanFacts[] {
  const own: SpanFacts[] = [];
  for (const { spans } of unitsIn(content, book)) for (const facts of spans) own.push(facts);
  return own;
}

export function allSpans(content: RequestContent, book: AccountBook): readonly SpanFacts[] {
  const own = ownSpans(content, book);
  return content.shared.size === 0 ? own : [...own, ...content.shared];
}

export function countSpans({ units, shared }: RequestContent, book: AccountBook): number {
  let count = shared.size;
  for (const key of units) count += book.unit(key)?.spans.length ?? 0;
  return count;
}

function withDescendants(roots: readonly SpanFacts[], book: AccountBook): ReadonlySet<SpanFacts> {
  const keys = new Set(roots.map(({ key }) => key));
  const found = new Set(roots);
  for (const { spanId } of found) {
    for (const child of book.children(spanId)) if (keys.has(child.key)) found.add(child);
  }
  return found;
}
