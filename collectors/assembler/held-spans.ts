import type { Attributes, Span, SpanBatch } from '../../src/model/index.js';
import { spanKey, withCurrentNames } from '../adjust/index.js';
import { type AccountBook, createAccountBook } from './accounting.js';
import type { AssemblerSettings } from './options.js';
import { createRequestGroups, type RequestGroups } from './request-groups.js';
import { factsOf, type SpanFacts } from './span-facts.js';

interface Held {
  span: Span;
  readonly facts: SpanFacts;
  /** The span's share of the bytes of its export request. */
  readonly bytes: number;
}

/** Every span that is held, once, with the books that are kept about them. */
export class HeldSpans {
  readonly book: AccountBook;
  readonly groups: RequestGroups;
  readonly #correlation: readonly string[];
  readonly #held = new Map<string, Held>();
  readonly #byTrace = new Map<string, Set<string>>();

  constructor(settings: AssemblerSettings) {
    this.book = createAccountBook(settings.handoffs);
    this.groups = createRequestGroups((spanId) => this.book.span(spanId)?.key);
    this.#correlation = settings.correlation;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Takes what is new in the batch; gives the keys of the units that grew. */
  add(batch: SpanBatch, bytesPerSpan: number): ReadonlySet<string> {
    const grown = new Set<string>();
    for (let i = 0; i < batch.length; i++) {
      const span = withCurrentNames(batch.span(i));
      const id = spanKey(span.traceId, span.spanId);
      if (this.#held.has(id)) continue;
      const facts = factsOf(span, this.#correlation);
      this.#held.set(id, { span, facts, bytes: bytesPerSpan });
      this.#index(id, facts);
      grown.add(facts.key);
    }
    return grown;
  }

  get(id: string): Held | undefined {
    return this.#held.get(id);
  }

  ofTrace(traceId: string): readonly Span[] {
    return [...(this.#byTrace.get(traceId) ?? [])].flatMap((id) => this.#held.get(id)?.span ?? []);
  }

  /** Keeps the span's place in the request, but not what it says. */
  strip(id: string): void {
    const held = this.#held.get(id);
    if (held) held.span = { ...held.span, attributes: NOTHING, events: [], links: [] };
  }

  drop(unitKey: string): void {
    for (const { traceId, spanId } of this.book.unit(unitKey)?.spans ?? []) {
      const id = spanKey(traceId, spanId);
      this.#held.delete(id);
      const ofTrace = this.#byTrace.get(traceId);
      ofTrace?.delete(id);
      if (ofTrace?.size === 0) this.#byTrace.delete(traceId);
    }
    this.book.drop(unitKey);
    this.groups.drop(unitKey);
  }

  #index(id: string, facts: SpanFacts): void {
    this.book.add(facts);
    this.groups.add(facts);
    const ofTrace = this.#byTrace.get(facts.traceId);
    if (ofTrace) ofTrace.add(id);
    else this.#byTrace.set(facts.traceId, new Set([id]));
  }
}

const NOTHING: Attributes = { get: () => undefined, entries: () => [] };
