import type { HandoffId } from '@tracecourt/instrumentation/wire-names';
import type { HandoffDeclarations } from '../../src/model/index.js';
import { handoffKey, isGoodReceipt } from './accounting-rules.js';
import type { SpanFacts } from './span-facts.js';

/** The receipts of one hand-off, with what settling it asks for counted as they come. */
class ReceiptsOfOne {
  readonly all: SpanFacts[] = [];
  good = 0;
  readonly #goodPerGroup = new Map<string, number>();

  add(facts: SpanFacts): void {
    this.all.push(facts);
    if (!isGoodReceipt(facts)) return;
    this.good++;
    this.#goodPerGroup.set(facts.consumerGroup, (this.#goodPerGroup.get(facts.consumerGroup) ?? 0) + 1);
  }

  /** Groups that received the whole batch. */
  groupsServed(batchSize: number): number {
    return [...this.#goodPerGroup.values()].filter((count) => count >= batchSize).length;
  }
}

const NONE: readonly SpanFacts[] = [];

/** Which hand-offs were received, by whom, and whether that is all that was to be expected. */
export class Receipts {
  readonly #declarations: HandoffDeclarations;
  readonly #uninstrumented: ReadonlySet<string>;
  readonly #received = new Map<string, ReceiptsOfOne>();

  constructor(declarations: HandoffDeclarations) {
    this.#declarations = declarations;
    this.#uninstrumented = new Set(declarations.uninstrumented);
  }

  add(handoff: HandoffId, facts: SpanFacts): void {
    const key = handoffKey(handoff);
    const received = this.#received.get(key) ?? new ReceiptsOfOne();
    this.#received.set(key, received);
    received.add(facts);
  }

  drop(handoff: HandoffId, facts: SpanFacts): void {
    const rest = this.of(handoff).filter((receipt) => receipt !== facts);
    this.#received.delete(handoffKey(handoff));
    for (const receipt of rest) this.add(handoff, receipt);
  }

  of(handoff: HandoffId): readonly SpanFacts[] {
    return this.#received.get(handoffKey(handoff))?.all ?? NONE;
  }

  isSettled(sender: SpanFacts, n: number): boolean {
    if (sender.sent === 1 && sender.neverLeft) return true;
    if (sender.peerNames.some((name) => this.#uninstrumented.has(name))) return true;
    const received = this.#received.get(handoffKey({ spanId: sender.spanId, n }));
    const groups = sender.topic === undefined ? undefined : consumersOf(this.#declarations, sender.topic);
    if (groups === undefined) return (received?.good ?? 0) >= sender.batchSize;
    return (received?.groupsServed(sender.batchSize) ?? 0) >= groups;
  }
}

function consumersOf({ consumers }: HandoffDeclarations, topic: string): number | undefined {
  return Object.hasOwn(consumers, topic) ? consumers[topic] : undefined;
}
