import type { Span, SpanBatch } from '../../src/model/index.js';
import { withCurrentNames } from '../adjust/index.js';

/** An export whose spans can be made again. */
export class SpanSource {
  readonly #anew: () => SpanBatch;
  #latest: WeakRef<SpanBatch> | undefined;

  constructor(anew: () => SpanBatch) {
    this.#anew = anew;
  }

  /** The span at that place: another object than before, that says the same. Several that are asked for in one turn are made together. */
  span(index: number): Span {
    return withCurrentNames((this.#latest?.deref() ?? this.#makeAgain()).span(index));
  }

  #makeAgain(): SpanBatch {
    const batch = this.#anew();
    this.#latest = new WeakRef(batch);
    return batch;
  }
}
