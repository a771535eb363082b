import type { Attributes, Span } from '../../src/model/index.js';
import type { SpanFacts } from './span-facts.js';
import type { SpanSource } from './span-source.js';

/** A span as it came, and which of an export's it was. */
export interface Came {
  readonly span: Span;
  readonly facts: SpanFacts;
  /** Undefined for one that cannot be made again. */
  readonly source: SpanSource | undefined;
  readonly index: number;
}

/** One span that is held. */
export class HeldSpan {
  /** The span's share of the bytes of its export request. */
  readonly bytes: number;
  #came: Came;
  #isStripped = false;

  constructor(came: Came, bytes: number) {
    this.#came = came;
    this.bytes = bytes;
  }

  get came(): Came {
    return this.#came;
  }

  get facts(): SpanFacts {
    return this.#came.facts;
  }

  get span(): Span {
    return this.#came.span;
  }

  get isStripped(): boolean {
    return this.#isStripped;
  }

  /** The same span, in another form. */
  replace(came: Came): void {
    this.#came = came;
  }

  /** Keeps the span's place in the request, but not what it says. */
  strip(): void {
    if (this.#isStripped) return;
    const span = { ...this.span, attributes: NOTHING, events: [], links: [] };
    this.#came = { ...this.#came, span, source: undefined };
    this.#isStripped = true;
  }
}

const NOTHING: Attributes = { get: () => undefined, entries: () => [] };
