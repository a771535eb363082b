import type { Attributes, Span, SpanBatch } from '../../src/model/index.js';
import { isFuller, spanKey, withCurrentNames } from '../adjust/index.js';
import { type AccountBook, createAccountBook } from './accounting.js';
import type { AssemblerSettings } from './options.js';
import { type Change, createRequestGroups, noChange, type RequestGroups } from './request-groups.js';
import { factsOf, type SpanFacts } from './span-facts.js';

interface Held {
  span: Span;
  facts: SpanFacts;
  /** The span's share of the bytes of its export request. */
  readonly bytes: number;
  isStripped: boolean;
}

/** What one export request brought. */
export interface Arrival {
  /** Spans that are new, or say something new, by the key of their unit. A unit that lost a span to another MAY have none. */
  readonly spans: ReadonlyMap<string, readonly SpanFacts[]>;
  /** Those of them that were held before, in another form. */
  readonly replaced: ReadonlySet<string>;
  readonly change: Change;
}

/** Every span that is held, once, with the books that are kept about them. */
export class HeldSpans {
  readonly book: AccountBook;
  readonly groups: RequestGroups;
  readonly #correlation: readonly string[];
  readonly #held = new Map<string, Held>();
  readonly #bytesOf = new Map<string, number>();
  #bytes = 0;
  /** By id: how many other spans came under it. */
  readonly #clashes = new Map<string, number>();
  #repeated = 0;
  #letGo = 0;

  constructor(settings: AssemblerSettings) {
    this.book = createAccountBook(settings.handoffs);
    this.groups = createRequestGroups((spanId) => this.book.span(spanId)?.key);
    this.#correlation = settings.correlation;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Bytes received for all that is held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many spans came again while they were held. */
  get repeated(): number {
    return this.#repeated;
  }

  /** How many spans were dropped. */
  get letGo(): number {
    return this.#letGo;
  }

  /** Takes what is new in the batch. Of two forms of one span the fuller one counts, whichever came first. */
  add(batch: SpanBatch, bytes: number): Arrival {
    const spans = new Map<string, SpanFacts[]>();
    const replaced = new Set<string>();
    const change = noChange();
    for (let i = 0; i < batch.length; i++) {
      const span = withCurrentNames(batch.span(i));
      const id = spanKey(span.traceId, span.spanId);
      const held = this.#held.get(id);
      if (held) this.#repeated += 1;
      if (held && isAnother(span, held.span)) this.#clashes.set(id, (this.#clashes.get(id) ?? 0) + 1);
      if (held && (held.isStripped || !isFuller(span, held.span))) continue;
      const facts = factsOf(span, this.#correlation, id);
      if (held && held.facts.key !== facts.key && !spans.has(held.facts.key)) spans.set(held.facts.key, []);
      if (held) this.#replace(held, { span, facts }, change);
      else this.#take(id, { span, facts, bytes, isStripped: false }, change);
      if (held) replaced.add(id);
      const arrived = spans.get(facts.key);
      if (arrived) arrived.push(facts);
      else spans.set(facts.key, [facts]);
    }
    return { spans, replaced, change };
  }

  get(id: string): Held | undefined {
    return this.#held.get(id);
  }

  /** How many other spans came under these ids. */
  clashesOf(ids: ReadonlySet<string>): number {
    let count = 0;
    for (const [id, clashes] of this.#clashes) if (ids.has(id)) count += clashes;
    return count;
  }

  /** Bytes received for the spans of a unit. */
  bytesOf(unitKey: string): number {
    return this.#bytesOf.get(unitKey) ?? 0;
  }

  ofTrace(traceId: string): readonly Span[] {
    const spans: Span[] = [];
    for (const key of this.groups.unitsInTrace(traceId)) {
      for (const facts of this.book.unit(key)?.spans ?? []) {
        const held = facts.traceId === traceId ? this.#held.get(facts.id) : undefined;
        if (held) spans.push(held.span);
      }
    }
    return spans;
  }

  /** Keeps the span's place in the request, but not what it says. */
  strip(id: string): void {
    const held = this.#held.get(id);
    if (!held || held.isStripped) return;
    held.span = { ...held.span, attributes: NOTHING, events: [], links: [] };
    held.isStripped = true;
  }

  drop(unitKey: string): void {
    for (const { id } of this.book.unit(unitKey)?.spans ?? []) {
      if (this.#held.delete(id)) this.#letGo += 1;
      this.#clashes.delete(id);
    }
    this.#dropBooks(unitKey);
  }

  #take(id: string, held: Held, change: Change): void {
    this.#held.set(id, held);
    this.#enter(held.facts, held.bytes, change);
  }

  /** Rare enough to write the unit's books anew. */
  #replace(held: Held, { span, facts }: { readonly span: Span; readonly facts: SpanFacts }, change: Change): void {
    const { key } = held.facts;
    change.units.add(key);
    for (const requestId of this.groups.requestsOf(key)) change.requests.add(requestId);
    const kept = (this.book.unit(key)?.spans ?? []).map((other) => (other === held.facts ? facts : other));
    this.#dropBooks(key);
    held.span = span;
    held.facts = facts;
    for (const other of kept) this.#enter(other, this.#held.get(other.id)?.bytes ?? 0, change);
  }

  #enter(facts: SpanFacts, bytes: number, change: Change): void {
    this.book.add(facts, change.units);
    this.groups.add(facts, change);
    this.#bytesOf.set(facts.key, this.bytesOf(facts.key) + bytes);
    this.#bytes += bytes;
  }

  #dropBooks(unitKey: string): void {
    this.book.drop(unitKey);
    this.groups.drop(unitKey);
    this.#bytes -= this.bytesOf(unitKey);
    this.#bytesOf.delete(unitKey);
  }
}

/** True of two spans that cannot be forms of one: where it began, of what kind it is and who caused it never changes. */
function isAnother(span: Span, held: Span): boolean {
  return (
    span.startUnixNano !== held.startUnixNano || span.kind !== held.kind || span.parentSpanId !== held.parentSpanId
  );
}

const NOTHING: Attributes = { get: () => undefined, entries: () => [] };
