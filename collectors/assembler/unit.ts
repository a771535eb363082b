import type { SpanFacts } from './span-facts.js';

/**
 * All spans with one key, and the running sums that tell whether they are whole: the spans held are then exactly a union of
 * complete busy periods.
 */
export interface Unit {
  readonly key: string;
  readonly labelled: boolean;
  readonly spans: readonly SpanFacts[];
  readonly isWhole: boolean;
}

export class GrowingUnit implements Unit {
  readonly key: string;
  readonly labelled: boolean;
  readonly spans: SpanFacts[] = [];
  /** Spans held less spans counted. */
  #spansAhead = 0;
  #sentAhead = 0;
  #xorHigh = 0;
  #xorLow = 0;

  constructor(key: string, labelled: boolean) {
    this.key = key;
    this.labelled = labelled;
  }

  add(facts: SpanFacts): void {
    this.spans.push(facts);
    this.#spansAhead++;
    this.#sentAhead += facts.sent;
    this.#mix(facts.spanId);
    const { account } = facts;
    if (!account) return;
    this.#spansAhead -= account.spans;
    this.#sentAhead -= account.sent;
    this.#mix(account.xor);
  }

  get isWhole(): boolean {
    return this.#spansAhead === 0 && this.#sentAhead === 0 && this.#xorHigh === 0 && this.#xorLow === 0;
  }

  #mix(hex: string): void {
    this.#xorHigh ^= Number.parseInt(hex.slice(0, 8), 16);
    this.#xorLow ^= Number.parseInt(hex.slice(8), 16);
  }
}
