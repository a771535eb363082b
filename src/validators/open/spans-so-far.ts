import { type Span, STAMP_NAMES } from '../../model/index.js';
import { textOf } from '../flow/span-index.js';
import { CauseGraph, reach } from './cause-graph.js';

/** Which spans of an open request can be relied on, by their places in the graph. */
export interface Reliance {
  /** The span will stay the request's, whatever else comes. */
  stays(place: number): boolean;
  /** It stays, and every cause is held, up to the roots: what is no ancestor of it now never will be. */
  isSettled(place: number): boolean;
}

export interface AddedSpan {
  /** In the graph of causes. */
  readonly place: number;
  /** It is the first that makes its trace the request's. */
  readonly claimsTrace: boolean;
  /** One of the same id had come before. */
  readonly isRepeated: boolean;
}

/** Whose a span says it is. */
type Label = 'own' | 'none' | 'other';

/**
 * The spans of an open request, as they come.
 *
 * ```
 *   root ─▶ a ─▶ b          settled, all three
 *   (…) ─▶ c ─▶ d           not: another span of c's step may be above it, or what the flow puts before it
 *   e links (…)             not: what it links may be below a
 * ```
 *
 * A span without the request's id may turn out to be another's, unless it shares a trace with one that has it, or is caused by one that stays.
 */
export class SpansSoFar {
  readonly causes = new CauseGraph();
  readonly #requestId: string;
  readonly #labels: Label[] = [];
  /** Those of spans that carry the request's id. A request without an id is called by its trace. */
  readonly #traces: Set<string>;

  constructor(requestId: string) {
    this.#requestId = requestId;
    this.#traces = new Set([requestId]);
  }

  add(span: Span): AddedSpan {
    const isRepeated = this.causes.spanAt(this.causes.placeOf(span.spanId) ?? -1) !== undefined;
    const place = this.causes.add(span);
    const label = textOf(span.attributes.get(STAMP_NAMES.request));
    this.#labels[place] = label === undefined ? 'none' : label === this.#requestId ? 'own' : 'other';
    const claimsTrace = label === this.#requestId && !this.#traces.has(span.traceId);
    if (claimsTrace) this.#traces.add(span.traceId);
    return { place, claimsTrace, isRepeated };
  }

  /** What can be relied on of what has come. At a cost that grows with it: a number or two a span. */
  reliance(): Reliance {
    const { causes } = this;
    const { size } = causes;
    const effects = (place: number): readonly number[] => causes.effectsOf(place);
    const unsettled = reach(
      this.#where((span) => span === undefined),
      { size, next: effects },
    );
    const staying = reach(
      this.#where((span, place) => span !== undefined && this.#isLabelled(span, place)),
      { size, next: effects, may: (place) => unsettled[place] === 0 },
    );
    return {
      stays: (place) => staying[place] === 1,
      isSettled: (place) => staying[place] === 1 && unsettled[place] === 0,
    };
  }

  #isLabelled({ traceId }: Span, place: number): boolean {
    const label = this.#labels[place];
    return label === 'own' || (label === 'none' && this.#traces.has(traceId));
  }

  *#where(holds: (span: Span | undefined, place: number) => boolean): Iterable<number> {
    for (let place = 0; place < this.causes.size; place++) if (holds(this.causes.spanAt(place), place)) yield place;
  }
}
