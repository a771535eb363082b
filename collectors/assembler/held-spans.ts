import type { Span, SpanBatch } from '../../src/model/index.js';
import { isFuller, spanKey, withCurrentNames } from '../adjust/index.js';
import { type AccountBook, createAccountBook } from './accounting.js';
import { type Came, HeldSpan } from './held-span.js';
import type { AssemblerSettings } from './options.js';
import { type Change, createRequestGroups, noChange, type RequestGroups } from './request-groups.js';
import { partsOf, type SleepingUnit, SleepingUnits } from './sleeping-units.js';
import { factsOf, type SpanFacts } from './span-facts.js';
import { SpanSource } from './span-source.js';

/** What one export request brought. */
export interface Arrival {
  /** Spans that are new, or say something new, by the key of their unit. A unit that lost a span to another MAY have none. */
  readonly spans: ReadonlyMap<string, readonly SpanFacts[]>;
  /** Those of them that were held before, in another form. */
  readonly replaced: ReadonlySet<string>;
  readonly change: Change;
}

/** Every span that is held, once, with the books that are kept about those of units that are awake. */
export class HeldSpans {
  readonly book: AccountBook;
  readonly groups: RequestGroups;
  readonly #correlation: readonly string[];
  readonly #held = new Map<string, HeldSpan>();
  readonly #sleeping = new SleepingUnits();
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
    return this.#held.size + this.#sleeping.spans;
  }

  /** Bytes received for all that is held. */
  get bytes(): number {
    return this.#bytes + this.#sleeping.bytes;
  }

  /** How many spans came again while they were held. */
  get repeated(): number {
    return this.#repeated;
  }

  /** How many spans were dropped. */
  get letGo(): number {
    return this.#letGo;
  }

  /** Takes what is new in the batch. Of two forms of one span the fuller one counts, whichever came first. What it stirs MUST be awake. */
  add(batch: SpanBatch, bytes: number): Arrival {
    const spans = new Map<string, SpanFacts[]>();
    const replaced = new Set<string>();
    const change = noChange();
    const source = batch.anew && new SpanSource(batch.anew);
    for (let i = 0; i < batch.length; i++) {
      const span = withCurrentNames(batch.span(i));
      const id = spanKey(span.traceId, span.spanId);
      const held = this.#held.get(id);
      if (held && !this.#isNews(span, held)) continue;
      const facts = factsOf(span, this.#correlation, id);
      if (held && held.facts.key !== facts.key && !spans.has(held.facts.key)) spans.set(held.facts.key, []);
      const came: Came = { span, facts, source, index: i };
      if (held) this.#replace(held, came, change);
      else this.#take(new HeldSpan(came, bytes), change);
      if (held) replaced.add(id);
      const arrived = spans.get(facts.key);
      if (arrived) arrived.push(facts);
      else spans.set(facts.key, [facts]);
    }
    return { spans, replaced, change };
  }

  get(id: string): HeldSpan | undefined {
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
    const asleep = this.#sleeping.inTrace(traceId);
    return asleep === undefined ? this.#ofTrace(traceId) : this.whileAwake(asleep, () => this.#ofTrace(traceId));
  }

  /** What `look` gives with the unit awake; it sleeps on if it slept before. */
  whileAwake<T>(unitKey: string, look: () => T): T {
    const slept = this.wake(unitKey);
    try {
      return look();
    } finally {
      if (slept) this.sleep(unitKey);
    }
  }

  #ofTrace(traceId: string): readonly Span[] {
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
    this.#held.get(id)?.strip();
  }

  /** Puts a unit to sleep, if it is tied to no other one and all of its spans can be made again. */
  sleep(unitKey: string): boolean {
    const unit = this.book.unit(unitKey);
    if (!unit || !this.groups.isAlone(unitKey) || !unit.spans.every((facts) => this.#isPlain(facts))) return false;
    const spans = unit.spans.flatMap(({ id }) => this.#held.get(id) ?? []);
    const parts = partsOf(spans);
    if (!parts) return false;
    const traceIds = [...new Set(unit.spans.map(({ traceId }) => traceId))].sort();
    this.#sleeping.add({ key: unitKey, traceIds, spans: spans.length, bytes: this.bytesOf(unitKey), parts });
    for (const { id } of unit.spans) this.#held.delete(id);
    this.#dropBooks(unitKey);
    return true;
  }

  /** True of a span without a parent or child in another unit, and without another one of its id. */
  #isPlain({ id, key, spanId, parentSpanId }: SpanFacts): boolean {
    if (this.#clashes.has(id)) return false;
    const parent = parentSpanId === undefined ? undefined : this.book.span(parentSpanId);
    if (parent && parent.key !== key) return false;
    for (const child of this.book.children(spanId)) if (child.key !== key) return false;
    return true;
  }

  /** True if the unit was asleep. */
  wake(unitKey: string): boolean {
    const unit = this.#sleeping.take(unitKey);
    for (const { source, bytes, places } of unit?.parts ?? []) {
      for (const index of places) {
        const span = source.span(index);
        const facts = factsOf(span, this.#correlation);
        this.#take(new HeldSpan({ span, facts, source, index }, bytes), noChange());
      }
    }
    return unit !== undefined;
  }

  asleep(unitKey: string): SleepingUnit | undefined {
    return this.#sleeping.get(unitKey);
  }

  /** Units that sleep and that the batch has to do with. */
  stirredBy(batch: SpanBatch): ReadonlySet<string> {
    return this.#sleeping.stirredBy(batch);
  }

  /** Forgets a unit, awake or not. */
  drop(unitKey: string): void {
    this.#letGo += this.#sleeping.take(unitKey)?.spans ?? 0;
    for (const { id } of this.book.unit(unitKey)?.spans ?? []) {
      if (this.#held.delete(id)) this.#letGo += 1;
      this.#clashes.delete(id);
    }
    this.#dropBooks(unitKey);
  }

  /** Notes a span that came again, and tells whether it says more than the one that is held. */
  #isNews(span: Span, held: HeldSpan): boolean {
    const { id } = held.facts;
    this.#repeated += 1;
    if (isAnother(span, held.span)) this.#clashes.set(id, (this.#clashes.get(id) ?? 0) + 1);
    return !held.isStripped && isFuller(span, held.span);
  }

  #take(held: HeldSpan, change: Change): void {
    this.#held.set(held.facts.id, held);
    this.#enter(held.facts, held.bytes, change);
  }

  /** Rare enough to write the unit's books anew. */
  #replace(held: HeldSpan, came: Came, change: Change): void {
    const { key } = held.facts;
    change.units.add(key);
    for (const requestId of this.groups.requestsOf(key)) change.requests.add(requestId);
    const kept = (this.book.unit(key)?.spans ?? []).map((other) => (other === held.facts ? came.facts : other));
    this.#dropBooks(key);
    held.replace(came);
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
