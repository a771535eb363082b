import type { SpanFacts } from './span-facts.js';

/** Running sums that tell whether spans held are exactly those that accounts held have counted. */
export class LedgerSums {
  /** Spans held less spans counted. */
  #spansAhead = 0;
  #sentAhead = 0;
  #xorHigh = 0;
  #xorLow = 0;

  add({ spanId, sent, account }: SpanFacts): void {
    this.#spansAhead++;
    this.#sentAhead += sent;
    this.#mix(spanId);
    if (!account) return;
    this.#spansAhead -= account.spans;
    this.#sentAhead -= account.sent;
    this.#mix(account.xor);
  }

  get areEven(): boolean {
    return this.#spansAhead === 0 && this.#sentAhead === 0 && this.#xorHigh === 0 && this.#xorLow === 0;
  }

  #mix(hex: string): void {
    this.#xorHigh ^= Number.parseInt(hex.slice(0, 8), 16);
    this.#xorLow ^= Number.parseInt(hex.slice(8), 16);
  }
}
