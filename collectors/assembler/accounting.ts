import type { HandoffDeclarations } from '../../src/model/index.js';
import { handoffKey, mayBeRemote, NO_DECLARATIONS, type Origin, receivedBy, sendersTo } from './accounting-rules.js';
import { Receipts } from './receipts.js';
import { addTo, removeFrom } from './sets-by-key.js';
import type { SpanFacts } from './span-facts.js';
import { GrowingUnit, type Unit } from './unit.js';

/**
 * Proves that a request is complete, from what its processes counted.
 *
 * Each process counts, per busy period, the spans it started and the hand-offs it made, and puts the sums on the period's last
 * span. The book adds those up per key (the request id, else the trace id) and ties hand-offs to their receipts. A request is
 * accounted when, from its root's unit and along the receipts, every unit is whole, every hand-off is settled and every remote
 * parent is held.
 *
 * Why that is enough: suppose a busy period were missing. Take one of least causal depth; it is not the root's, so it began
 * with a receipt whose sender's period is held. The sender's unit is whole, so the hand-off is counted, and it is settled, so the
 * receipt is held and its unit was reached and is whole: the period is held after all. No clock, order or snapshot is used.
 */
export interface AccountBook {
  /**
   * Takes one span, at a cost that does not depend on how many are held. A span that is held already MUST NOT be given again.
   * Adds to `touched` the keys of all units of which something else is true from here on.
   */
  add(facts: SpanFacts, touched?: Set<string>): void;
  unit(key: string): Unit | undefined;
  /** The span of that id, wherever it belongs. */
  span(spanId: string): SpanFacts | undefined;
  /** The spans whose parent has that id. */
  children(spanId: string): ReadonlySet<SpanFacts>;
  /** Spans whose parent or link says that they received this hand-off; one entry for each message received. */
  receipts(spanId: string, n: number): readonly SpanFacts[];
  isSettled(sender: SpanFacts, n: number): boolean;
  /** True when the request whose root is in unit `rootKey` is complete, for certain. */
  isAccounted(rootKey: string, origins: readonly Origin[]): boolean;
  /** The same, with what it rests on. */
  proofOf(rootKey: string, origins: readonly Origin[]): Proof;
  /** Forgets the unit and its spans. */
  drop(key: string): void;
}

export interface Proof {
  readonly isComplete: boolean;
  /**
   * Keys of units: all that were reached, or the one that is in the way. As long as none of them is touched and nothing comes
   * from a declared origin, the answer stays.
   */
  readonly restsOn: readonly string[];
}

export function createAccountBook(declarations: HandoffDeclarations = NO_DECLARATIONS): AccountBook {
  return new Book(declarations);
}

/** The whole judgement on a plain list of spans. */
export function isAccounted(
  spans: Iterable<SpanFacts>,
  question: {
    readonly rootKey: string;
    readonly origins?: readonly Origin[];
    readonly declarations?: HandoffDeclarations;
  },
): boolean {
  const book = createAccountBook(question.declarations);
  const seen = new Set<string>();
  for (const facts of spans) {
    if (!seen.has(facts.spanId)) book.add(facts);
    seen.add(facts.spanId);
  }
  return book.isAccounted(question.rootKey, question.origins ?? []);
}

const NOBODY: ReadonlySet<SpanFacts> = new Set();

/** A span that claims more hand-offs is never settled: nobody hands on so often under one span, and each one costs a look. */
export const MAX_SENT = 10_000;

class Book implements AccountBook {
  readonly #receipts: Receipts;
  readonly #units = new Map<string, GrowingUnit>();
  readonly #spans = new Map<string, SpanFacts>();
  readonly #children = new Map<string, Set<SpanFacts>>();
  /** Spans that work on messages, by the span that sent one. */
  readonly #workers = new Map<string, Set<SpanFacts>>();

  constructor(declarations: HandoffDeclarations) {
    this.#receipts = new Receipts(declarations);
  }

  add(facts: SpanFacts, touched: Set<string> = new Set()): void {
    const unit = this.#unitFor(facts.key);
    unit.add(facts);
    touched.add(facts.key);
    this.#hold(facts, touched);
    this.#noteParent(facts, unit);
    this.#noteSenders(facts, unit);
    this.#noteReceived(facts, touched);
    this.#noteSent(facts, unit);
  }

  unit(key: string): Unit | undefined {
    return this.#units.get(key);
  }

  span(spanId: string): SpanFacts | undefined {
    return this.#spans.get(spanId);
  }

  children(spanId: string): ReadonlySet<SpanFacts> {
    return this.#children.get(spanId) ?? NOBODY;
  }

  receipts(spanId: string, n: number): readonly SpanFacts[] {
    return this.#receipts.of({ spanId, n });
  }

  isSettled(sender: SpanFacts, n: number): boolean {
    return this.#receipts.isSettled(sender, n);
  }

  isAccounted(rootKey: string, origins: readonly Origin[]): boolean {
    return this.proofOf(rootKey, origins).isComplete;
  }

  proofOf(rootKey: string, origins: readonly Origin[]): Proof {
    const start = this.#startingUnits(rootKey, origins);
    if (!start) return { isComplete: false, restsOn: [rootKey] };
    const reached = new Set(start);
    for (const key of reached) {
      const unit = this.#units.get(key);
      if (!unit || !isClosed(unit, origins)) return { isComplete: false, restsOn: [key] };
      for (const receiver of unit.receivers.keys()) reached.add(receiver);
    }
    return { isComplete: true, restsOn: [...reached] };
  }

  drop(key: string): void {
    const unit = this.#units.get(key);
    if (!unit) return;
    this.#units.delete(key);
    for (const facts of unit.spans) {
      this.#forgetReceived(facts);
      if (facts.parentSpanId !== undefined) removeFrom(this.#children, facts.parentSpanId, facts);
      for (const spanId of sendersTo(facts)) removeFrom(this.#workers, spanId, facts);
    }
    for (const facts of unit.spans) this.#letGo(facts);
  }

  /** Keys of the units that hold the root, or what the declared origins sent; undefined while that is not held. */
  #startingUnits(rootKey: string, origins: readonly Origin[]): readonly string[] | undefined {
    if (origins.length === 0) return isBeginning(this.#units.get(rootKey)) ? [rootKey] : undefined;
    const start: string[] = [];
    for (const { parentSpanId, sends } of origins) {
      const received = [...this.children(parentSpanId)].filter(mayBeRemote);
      if (received.length < sends) return undefined;
      start.push(...received.map(({ key }) => key));
    }
    return start;
  }

  #hold(facts: SpanFacts, touched: Set<string>): void {
    if (this.#spans.has(facts.spanId)) return;
    this.#spans.set(facts.spanId, facts);
    for (const child of this.children(facts.spanId)) {
      const unit = this.#unitFor(child.key);
      unit.absentParents.take(facts.spanId);
      if (mayBeRemote(child) && !isOverdrawn(child, facts)) unit.openParents.take(facts.spanId);
      touched.add(child.key);
    }
    for (const worker of this.#workersOn(facts)) {
      this.#unitFor(worker.key).absentSenders.take(facts.spanId);
      touched.add(worker.key);
    }
  }

  #letGo(facts: SpanFacts): void {
    if (this.#spans.get(facts.spanId) !== facts) return;
    this.#spans.delete(facts.spanId);
    for (const child of this.children(facts.spanId)) {
      const unit = this.#unitFor(child.key);
      unit.absentParents.add(facts.spanId);
      if (mayBeRemote(child) && !isOverdrawn(child, facts)) unit.openParents.add(facts.spanId);
    }
    for (const worker of this.#workersOn(facts)) this.#unitFor(worker.key).absentSenders.add(facts.spanId);
  }

  #workersOn({ spanId }: SpanFacts): ReadonlySet<SpanFacts> {
    return this.#workers.get(spanId) ?? NOBODY;
  }

  #noteParent(facts: SpanFacts, unit: GrowingUnit): void {
    const { parentSpanId } = facts;
    if (parentSpanId === undefined) return;
    addTo(this.#children, parentSpanId, facts);
    const parent = this.#spans.get(parentSpanId);
    if (!parent) unit.absentParents.add(parentSpanId);
    if (mayBeRemote(facts) && (!parent || isOverdrawn(facts, parent))) unit.openParents.add(parentSpanId);
  }

  #noteSenders(facts: SpanFacts, unit: GrowingUnit): void {
    for (const spanId of sendersTo(facts)) {
      addTo(this.#workers, spanId, facts);
      if (!this.#spans.has(spanId)) unit.absentSenders.add(spanId);
    }
  }

  #noteReceived(facts: SpanFacts, touched: Set<string>): void {
    for (const handoff of receivedBy(facts)) {
      this.#receipts.add(handoff, facts);
      const sender = this.#spans.get(handoff.spanId);
      if (!sender || handoff.n > sender.sent) continue;
      const unit = this.#unitFor(sender.key);
      unit.receivers.add(facts.key);
      if (sender.sent <= MAX_SENT && this.isSettled(sender, handoff.n)) unit.unsettled.take(handoffKey(handoff));
      touched.add(sender.key);
    }
  }

  #forgetReceived(facts: SpanFacts): void {
    for (const handoff of receivedBy(facts)) {
      this.#receipts.drop(handoff, facts);
      const sender = this.#spans.get(handoff.spanId);
      const unit = sender && this.#units.get(sender.key);
      if (!sender || !unit || handoff.n > sender.sent) continue;
      unit.receivers.take(facts.key);
      const key = handoffKey(handoff);
      if (!unit.unsettled.has(key) && !this.isSettled(sender, handoff.n)) unit.unsettled.add(key);
    }
  }

  #noteSent(sender: SpanFacts, unit: GrowingUnit): void {
    const { spanId } = sender;
    if (sender.sent > MAX_SENT) unit.unsettled.add(spanId);
    for (let n = 1; n <= Math.min(sender.sent, MAX_SENT); n++) {
      const handoff = { spanId, n };
      if (!this.isSettled(sender, n)) unit.unsettled.add(handoffKey(handoff));
      // Its own hand-off, received in the same breath, was noted when the receipt was.
      for (const receipt of this.receipts(spanId, n)) if (receipt !== sender) unit.receivers.add(receipt.key);
    }
  }

  #unitFor(key: string): GrowingUnit {
    const held = this.#units.get(key);
    if (held) return held;
    const unit = new GrowingUnit(key);
    this.#units.set(key, unit);
    return unit;
  }
}

/**
 * It has a root, and every sender of its messages is held. Links alone do not make a batch wait for all that it serves, but what
 * looks like a root may be the fetch of a batch, or a span that was told to be one: then the work began at the sender.
 */
function isBeginning(unit: Unit | undefined): boolean {
  return unit?.hasRoot === true && unit.absentSenders.size === 0;
}

/** Whole, all its hand-offs settled and all its remote parents held; what a declared origin sent has no parent to be held. */
function isClosed(unit: Unit, origins: readonly Origin[]): boolean {
  if (!unit.isWhole || unit.unsettled.size > 0) return false;
  return isCoveredBy(unit.openParents, origins);
}

/** True when all these parents are origins. Looks at no more of them than there are origins. */
export function isCoveredBy(parents: Unit['openParents'], origins: readonly Origin[]): boolean {
  if (parents.size > origins.length) return false;
  return [...parents.keys()].every((id) => origins.some(({ parentSpanId }) => parentSpanId === id));
}

/** A receipt of more hand-offs than its sender counted shows that the count is not final. */
function isOverdrawn({ handoff }: SpanFacts, parent: SpanFacts): boolean {
  return handoff?.spanId === parent.spanId && handoff.n > parent.sent;
}
