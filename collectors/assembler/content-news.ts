import type { Arrival, HeldSpans } from './held-spans.js';
import type { RequestContent } from './request-content.js';

/** What an arrival made of the content of one request. */
export interface ContentChange {
  readonly before: RequestContent;
  readonly content: RequestContent;
  readonly arrival: Arrival;
}

/** True when a span is the request's that was not, or not in this form; or was, is held, and turned out to be another's. */
export function hasNews(change: ContentChange, held: HeldSpans): boolean {
  return hasGained(change) || hasLostUnit(change, held) || hasLostShared(change, held);
}

function hasGained({ before, content, arrival }: ContentChange): boolean {
  for (const key of content.units) if (arrival.spans.has(key) || !before.units.has(key)) return true;
  for (const facts of content.shared) if (!before.shared.has(facts)) return true;
  return false;
}

/** A unit that left may still be shared in part; what has only arrived was not the request's before. */
function hasLostUnit({ before, content, arrival }: ContentChange, { book }: HeldSpans): boolean {
  for (const key of before.units) {
    if (content.units.has(key)) continue;
    const arrived = new Set(arrival.spans.get(key));
    for (const facts of book.unit(key)?.spans ?? []) {
      const isNew = arrived.has(facts) && !arrival.replaced.has(facts.id);
      if (!isNew && !content.shared.has(facts)) return true;
    }
  }
  return false;
}

/** A span that has taken another form is looked up in the form that is held. */
function hasLostShared({ before, content }: ContentChange, held: HeldSpans): boolean {
  for (const shared of before.shared) {
    if (content.shared.has(shared)) continue;
    const facts = held.get(shared.id)?.facts;
    if (facts && !content.units.has(facts.key) && !content.shared.has(facts)) return true;
  }
  return false;
}
