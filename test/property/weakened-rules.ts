/**
 * The rule of accounting a second time: as slow and plain as it can be said, a question to a list of spans. It shares nothing with
 * the account book but the facts of a span, so that the two can be held against each other; and each of its parts can be left
 * out, so that it can be shown what that part is good for.
 */
import type { Origin, SpanFacts } from '../../collectors/index.js';
import type { HandoffDeclarations } from '../../src/model/index.js';
import type { Judge, NewJudge } from './judging.js';

export const WEAKNESSES = [
  'count-only',
  'no-sent-sums',
  'no-handoffs',
  'any-receipt',
  'receipt-by-span-id',
  'receipt-by-any-state',
  'receipt-twice',
  'fetch-is-receipt',
  'one-receipt-a-batch',
  'one-group',
  'no-reach',
  'no-root',
  'any-root',
  'no-remote-parents',
] as const;
export type Weakness = (typeof WEAKNESSES)[number];

export function plainRule(weakness?: Weakness): NewJudge {
  return (declarations) => new PlainRule(declarations, weakness);
}

class PlainRule implements Judge {
  readonly #declarations: HandoffDeclarations;
  readonly #weakness: Weakness | undefined;
  readonly #spans: SpanFacts[] = [];

  constructor(declarations: HandoffDeclarations, weakness: Weakness | undefined) {
    this.#declarations = declarations;
    this.#weakness = weakness;
  }

  add(facts: SpanFacts): void {
    this.#spans.push(facts);
  }

  isAccounted(rootKey: string, origins: readonly Origin[]): boolean {
    const originIds = origins.map(({ parentSpanId }) => parentSpanId);
    const reached = this.#beginnings(rootKey, origins);
    if (reached.length === 0) return false;
    for (const key of reached) {
      const unit = this.#unit(key);
      if (!this.#isWhole(unit)) return false;
      if (!this.#is('no-remote-parents') && !unit.every((facts) => this.#isParentHeld(facts, originIds))) return false;
      for (const { sender, n } of unit.flatMap(handoffsOf)) {
        if (!this.#is('no-handoffs') && !this.#isSettled(sender, n)) return false;
        const receivers = this.#is('no-reach') ? [] : this.#receipts(sender.spanId, n).map((receipt) => receipt.key);
        reached.push(...new Set(receivers.filter((receiver) => !reached.includes(receiver))));
      }
    }
    return true;
  }

  #is(weakness: Weakness): boolean {
    return this.#weakness === weakness;
  }

  #unit(key: string): readonly SpanFacts[] {
    return this.#spans.filter((facts) => facts.key === key);
  }

  #beginnings(rootKey: string, origins: readonly Origin[]): string[] {
    if (origins.length > 0) {
      const received = origins.map((origin) => this.#spans.filter((facts) => isChild(facts, origin.parentSpanId)));
      const isComplete = origins.every(({ sends }, i) => (received[i] ?? []).length >= sends);
      return isComplete ? [...new Set(received.flat().map(({ key }) => key))] : [];
    }
    const unit = this.#unit(rootKey);
    const isBeginning =
      this.#is('no-root') || (unit.some(isParentless) && (this.#is('any-root') || this.#hasSenders(unit)));
    return unit.length > 0 && isBeginning ? [rootKey] : [];
  }

  #hasSenders(unit: readonly SpanFacts[]): boolean {
    const links = unit.filter(isAtWork).flatMap((facts) => facts.links);
    return links.every((link) => this.#spans.some(({ spanId }) => spanId === link.spanId));
  }

  #isWhole(unit: readonly SpanFacts[]): boolean {
    const accounts = unit.flatMap(({ account }) => account ?? []);
    const isCounted = sum(accounts.map(({ spans }) => spans)) === unit.length;
    const isSameSet = xor(accounts.map((account) => account.xor)) === xor(unit.map(({ spanId }) => spanId));
    const isAllSent = sum(accounts.map(({ sent }) => sent)) === sum(unit.map(({ sent }) => sent));
    return isCounted && (this.#is('count-only') || isSameSet) && (this.#is('no-sent-sums') || isAllSent);
  }

  #isParentHeld(facts: SpanFacts, originIds: readonly string[]): boolean {
    const { parentSpanId, handoff } = facts;
    if (parentSpanId === undefined || facts.parentIsRemote === false || originIds.includes(parentSpanId)) return true;
    const parent = this.#spans.find(({ spanId }) => spanId === parentSpanId);
    return parent !== undefined && (handoff?.spanId !== parentSpanId || handoff.n <= parent.sent);
  }

  #isSettled(sender: SpanFacts, n: number): boolean {
    if (sender.neverLeft && sender.sent === 1) return true;
    if (sender.peerNames.some((name) => this.#declarations.uninstrumented.includes(name))) return true;
    const good = this.#receipts(sender.spanId, n).filter(
      ({ failed, kind }) => this.#is('any-receipt') || !failed || kind === 'server',
    );
    const size = this.#is('one-receipt-a-batch') ? 1 : sender.batchSize;
    const groups = this.#is('one-group') ? undefined : this.#declarations.consumers[sender.topic ?? ''];
    if (groups === undefined) return good.length >= size;
    const served = [...new Set(good.map(({ consumerGroup }) => consumerGroup))].filter(
      (group) => good.filter(({ consumerGroup }) => consumerGroup === group).length >= size,
    );
    return served.length >= groups;
  }

  /** Spans that received the hand-off, as often as they did. */
  #receipts(spanId: string, n: number): readonly SpanFacts[] {
    return this.#spans.flatMap((facts) => Array.from({ length: this.#timesReceived(facts, spanId, n) }, () => facts));
  }

  #timesReceived(facts: SpanFacts, spanId: string, n: number): number {
    const names = (handoff: SpanFacts['handoff'], sender: string): boolean =>
      handoff?.spanId === spanId &&
      (this.#is('receipt-by-any-state') || sender === spanId) &&
      (this.#is('receipt-by-span-id') || handoff.n === n);
    const byParent = facts.parentIsRemote !== false && names(facts.handoff, facts.parentSpanId ?? '') ? 1 : 0;
    const isReceiver = isAtWork(facts) || (this.#is('fetch-is-receipt') && facts.kind === 'consumer');
    const byLink = isReceiver ? facts.links.filter((link) => names(link.handoff, link.spanId)).length : 0;
    return this.#is('receipt-twice') ? byParent + byLink : Math.max(byParent, byLink);
  }
}

function handoffsOf(sender: SpanFacts): readonly { readonly sender: SpanFacts; readonly n: number }[] {
  return Array.from({ length: sender.sent }, (_, i) => ({ sender, n: i + 1 }));
}

function isParentless(facts: SpanFacts): boolean {
  return facts.parentSpanId === undefined && !(facts.kind === 'consumer' && facts.links.length > 0);
}

function isChild(facts: SpanFacts, parentSpanId: string): boolean {
  return facts.parentSpanId === parentSpanId && facts.parentIsRemote !== false;
}

function isAtWork({ kind, onlyReceives }: SpanFacts): boolean {
  return kind === 'consumer' && !onlyReceives;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function xor(hexes: readonly string[]): bigint {
  return hexes.reduce((mixed, hex) => mixed ^ BigInt(`0x${hex}`), 0n);
}
