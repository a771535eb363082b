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
    this.#xorHigh ^= halfOf(hex, 0);
    this.#xorLow ^= halfOf(hex, 8);
  }
}

/** Eight lower-case hex digits as 32 bits. Digit by digit: a text of each half for the engine to parse costs several times as much. */
function halfOf(hex: string, start: number): number {
  let bits = 0;
  for (let i = start; i < start + 8; i++) {
    const code = hex.charCodeAt(i);
    bits = (bits << 4) | (code < 0x3a ? code - 0x30 : code - 0x57);
  }
  return bits;
}
