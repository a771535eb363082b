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
  return [...units].flatMap((key) => book.unit(key) ?? []);
}

/** The spans that the request does not share with another's unit. */
export function ownSpans(content: RequestContent, book: AccountBook): readonly SpanFacts[] {
  return unitsIn(content, book).flatMap(({ spans }) => spans);
}

export function allSpans(content: RequestContent, book: AccountBook): readonly SpanFacts[] {
  return [...ownSpans(content, book), ...content.shared];
}

export function countSpans(content: RequestContent, book: AccountBook): number {
  return unitsIn(content, book).reduce((sum, { spans }) => sum + spans.length, content.shared.size);
}

function withDescendants(roots: readonly SpanFacts[], book: AccountBook): ReadonlySet<SpanFacts> {
  const keys = new Set(roots.map(({ key }) => key));
  const found = new Set(roots);
  for (const { spanId } of found) {
    for (const child of book.children(spanId)) if (keys.has(child.key)) found.add(child);
  }
  return found;
}
