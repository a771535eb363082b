import type { CompletionStatus, Span } from '../../src/model/index.js';
import type { HeldSpans } from './held-spans.js';
import { type RequestContent, unitsIn } from './request-content.js';
import type { SpanFacts } from './span-facts.js';
import type { Unit } from './unit.js';

/** How far a request was read: to be given when it is read on. */
export interface ReadMark {
  /** Units are only added to, and are made anew when one of their spans takes another form. */
  readonly units: ReadonlyMap<Unit, number>;
  readonly shared: ReadonlySet<SpanFacts>;
}

/** What came to a request since it was read last. */
export interface Growth {
  readonly requestId: string;
  readonly revision: number;
  readonly completionStatus: CompletionStatus;
  /** True if what was read before does not hold any more, or nothing was. */
  readonly isAnew: boolean;
  /** In no order: what came since, or all that is held if it is read anew. */
  readonly spans: readonly Span[];
  readonly mark: ReadMark;
}

/** What is in a content that was not when the mark was set. At a cost that does not depend on how much was read before. */
export function readOn(
  content: RequestContent,
  { mark, held }: { readonly mark: ReadMark | undefined; readonly held: HeldSpans },
): Pick<Growth, 'isAnew' | 'spans' | 'mark'> {
  const units = new Map(unitsIn(content, held.book).map((unit) => [unit, unit.spans.length]));
  const isAnew = mark === undefined || hasLost(mark, { units, shared: content.shared });
  const before: ReadMark = isAnew ? NOTHING_READ : mark;
  const facts = [...units.keys()].flatMap((unit) => unit.spans.slice(before.units.get(unit) ?? 0));
  for (const shared of content.shared) if (!before.shared.has(shared)) facts.push(shared);
  return {
    isAnew,
    spans: facts.flatMap((each) => held.get(each.id)?.span ?? []),
    mark: { units, shared: content.shared },
  };
}

const NOTHING_READ: ReadMark = { units: new Map(), shared: new Set() };

function hasLost(before: ReadMark, { units, shared }: ReadMark): boolean {
  for (const unit of before.units.keys()) if (!units.has(unit)) return true;
  for (const facts of before.shared) if (!shared.has(facts)) return true;
  return false;
}
