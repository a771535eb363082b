import type { HandoffDeclarations } from '../../src/model/index.js';
import type { LinkFacts, SpanFacts } from './span-facts.js';
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
  /** Takes one span; O(1). A span that is held already MUST NOT be given again. */
  add(facts: SpanFacts): void;
  unit(key: string): Unit | undefined;
  /** The span of that id, wherever it belongs. */
  span(spanId: string): SpanFacts | undefined;
  /** Spans whose parent or link says that they received this hand-off; one entry for each message received. */
  receipts(spanId: string, n: number): readonly SpanFacts[];
  isSettled(sender: SpanFacts, n: number): boolean;
  /** True when the request whose root is in unit `rootKey` is complete, for certain. */
  isAccounted(rootKey: string, origins: readonly Origin[]): boolean;
  /** Forgets the unit and its spans. */
  drop(key: string): void;
}

/** A sender outside of all ledgers (curl, a load tool) that said what it would send. */
export interface Origin {
  readonly parentSpanId: string;
  readonly sends: number;
}

export const NO_DECLARATIONS: HandoffDeclarations = { consumers: {}, uninstrumented: [] };

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

/** A span that began the work: it has no parent, and no message that it works on. */
export function isRoot(facts: SpanFacts): boolean {
  return facts.parentSpanId === undefined && !(facts.kind === 'consumer' && facts.links.length > 0);
}

/**
 * The hand-offs that a span received, one entry for each message: by links if it works on messages, and by its remote parent.
 * A parent that is linked as well is the same message.
 */
export function receivedBy(facts: SpanFacts): readonly string[] {
  const received = receivesMessages(facts) ? facts.links.filter(namesItself).map(handoffOf) : [];
  const { handoff } = facts;
  if (handoff && facts.parentIsRemote !== false && handoff.spanId === facts.parentSpanId) {
    const byParent = handoffKey(handoff.spanId, handoff.n);
    if (!received.includes(byParent)) received.push(byParent);
  }
  return received;
}

/** A link whose state names another span came through a process without a ledger. */
function namesItself({ spanId, handoff }: LinkFacts): boolean {
  return handoff?.spanId === spanId;
}

function handoffOf({ spanId, handoff }: LinkFacts): string {
  return handoffKey(spanId, handoff?.n ?? 0);
}

/** True for a span that works on the messages it links; one that only fetches them has not begun. */
export function receivesMessages(facts: SpanFacts): boolean {
  return facts.kind === 'consumer' && !facts.onlyReceives;
}

function handoffKey(spanId: string, n: number): string {
  return `${spanId}.${n}`;
}

const NONE: readonly SpanFacts[] = [];

/** A span that claims more hand-offs is never settled: nobody hands on so often under one span, and each one costs a look. */
export const MAX_SENT = 10_000;

class Book implements AccountBook {
  readonly #declarations: HandoffDeclarations;
  readonly #uninstrumented: ReadonlySet<string>;
  readonly #units = new Map<string, GrowingUnit>();
  readonly #spans = new Map<string, SpanFacts>();
  readonly #receipts = new Map<string, SpanFacts[]>();
  /** Spans by the id of their remote parent, for origins that are no span of anybody. */
  readonly #children = new Map<string, SpanFacts[]>();

  constructor(declarations: HandoffDeclarations) {
    this.#declarations = declarations;
    this.#uninstrumented = new Set(declarations.uninstrumented);
  }

  add(facts: SpanFacts): void {
    this.#spans.set(facts.spanId, facts);
    this.#unitFor(facts).add(facts);
    for (const handoff of receivedBy(facts)) append(this.#receipts, handoff, facts);
    if (facts.parentSpanId !== undefined && facts.parentIsRemote !== false) {
      append(this.#children, facts.parentSpanId, facts);
    }
  }

  unit(key: string): Unit | undefined {
    return this.#units.get(key);
  }

  span(spanId: string): SpanFacts | undefined {
    return this.#spans.get(spanId);
  }

  receipts(spanId: string, n: number): readonly SpanFacts[] {
    return this.#receipts.get(handoffKey(spanId, n)) ?? NONE;
  }

  isSettled(sender: SpanFacts, n: number): boolean {
    if (sender.sent === 1 && sender.neverLeft) return true;
    if (sender.peerNames.some((name) => this.#uninstrumented.has(name))) return true;
    const good = this.receipts(sender.spanId, n).filter(isGoodReceipt);
    const groups = sender.topic === undefined ? undefined : consumersOf(this.#declarations, sender.topic);
    return groups === undefined ? good.length >= sender.batchSize : groupsServed(good, sender.batchSize) >= groups;
  }

  isAccounted(rootKey: string, origins: readonly Origin[]): boolean {
    const start = this.#startingUnits(rootKey, origins);
    if (!start) return false;
    const originIds = new Set(origins.map(({ parentSpanId }) => parentSpanId));
    const reached = new Set(start);
    for (const key of reached) {
      const unit = this.#units.get(key);
      if (!unit?.isWhole) return false;
      for (const facts of unit.spans) {
        if (!this.#isParentHeld(facts, originIds) || !this.#areHandoffsSettled(facts, reached)) return false;
      }
    }
    return true;
  }

  drop(key: string): void {
    const unit = this.#units.get(key);
    if (!unit) return;
    this.#units.delete(key);
    for (const facts of unit.spans) {
      if (this.#spans.get(facts.spanId) === facts) this.#spans.delete(facts.spanId);
      for (const handoff of receivedBy(facts)) remove(this.#receipts, handoff, facts);
      if (facts.parentSpanId !== undefined) remove(this.#children, facts.parentSpanId, facts);
    }
  }

  /** Keys of the units that hold the root, or what the declared origins sent; undefined while that is not held. */
  #startingUnits(rootKey: string, origins: readonly Origin[]): readonly string[] | undefined {
    if (origins.length === 0) return this.#isBeginning(this.#units.get(rootKey)) ? [rootKey] : undefined;
    const received = origins.map(({ parentSpanId }) => this.#children.get(parentSpanId) ?? NONE);
    const isAllThere = origins.every(({ sends }, i) => (received[i] ?? NONE).length >= sends);
    return isAllThere ? received.flat().map(({ key }) => key) : undefined;
  }

  /**
   * It has a root, and every sender of its messages is held. Links alone do not make a batch wait for all that it serves, but what
   * looks like a root may be the fetch of a batch, or a span that was told to be one: then the work began at the sender.
   */
  #isBeginning(unit: Unit | undefined): boolean {
    if (!unit?.spans.some(isRoot)) return false;
    return unit.spans.every(
      (facts) => !receivesMessages(facts) || facts.links.every(({ spanId }) => this.#spans.has(spanId)),
    );
  }

  /** Held, and so is the hand-off: a receipt of more than was counted shows that the count is not final. */
  #isParentHeld(facts: SpanFacts, originIds: ReadonlySet<string>): boolean {
    const { parentSpanId, handoff } = facts;
    if (parentSpanId === undefined || originIds.has(parentSpanId) || facts.parentIsRemote === false) return true;
    const parent = this.#spans.get(parentSpanId);
    if (!parent) return false;
    return handoff?.spanId !== parentSpanId || handoff.n <= parent.sent;
  }

  #areHandoffsSettled(sender: SpanFacts, reached: Set<string>): boolean {
    if (sender.sent > MAX_SENT) return false;
    for (let n = 1; n <= sender.sent; n++) {
      if (!this.isSettled(sender, n)) return false;
      for (const receipt of this.receipts(sender.spanId, n)) reached.add(receipt.key);
    }
    return true;
  }

  #unitFor(facts: SpanFacts): GrowingUnit {
    const held = this.#units.get(facts.key);
    if (held) return held;
    const unit = new GrowingUnit(facts.key, facts.labelled);
    this.#units.set(facts.key, unit);
    return unit;
  }
}

/** A message whose handling failed may come again; a server that failed has answered. */
function isGoodReceipt(facts: SpanFacts): boolean {
  return !facts.failed || facts.kind === 'server';
}

/** Groups that received the whole batch. */
function groupsServed(receipts: readonly SpanFacts[], batchSize: number): number {
  const perGroup = new Map<string, number>();
  for (const { consumerGroup } of receipts) perGroup.set(consumerGroup, (perGroup.get(consumerGroup) ?? 0) + 1);
  return [...perGroup.values()].filter((count) => count >= batchSize).length;
}

function consumersOf({ consumers }: HandoffDeclarations, topic: string): number | undefined {
  return Object.hasOwn(consumers, topic) ? consumers[topic] : undefined;
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function remove<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const rest = map.get(key)?.filter((item) => item !== value);
  if (rest?.length) map.set(key, rest);
  else map.delete(key);
}
