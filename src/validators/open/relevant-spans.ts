import type { CompiledFlow, Span } from '../../model/index.js';
import { hasForbidden } from '../flow/forbidden-attribute.js';
import { hasTotal, outermostOf } from './outermost.js';
import { SpansSoFar } from './spans-so-far.js';

export interface RelevanceOptions {
  readonly requestId: string;
  readonly flow: CompiledFlow;
  /** True of a span that the flow makes a step of. */
  readonly isStep: (span: Span) => boolean;
}

/**
 * Of an open request's spans those that its flow can be held to, as spans come. An open request is judged by them alone, and the same is said of it as by all:
 *
 * - what fits a step, or has an attribute that no span may have;
 * - what tells whose the others are: the first span of each trace with the request's id, and what works on messages;
 * - where the flow says how long the whole may take, what began first and what ended last;
 * - whatever caused one of these, up to the roots.
 *
 * The rest is scenery, most of a large request, and costs nothing but to be looked at once.
 */
export class RelevantSpans {
  readonly #options: RelevanceOptions;
  readonly #hasTotal: boolean;
  readonly #soFar: SpansSoFar;
  /** By place: held or awaited. */
  readonly #isRelevant: boolean[] = [];
  readonly #relevant: Span[] = [];
  readonly #traceIds = new Set<string>();
  #size = 0;
  #hasRoot = false;
  #isUnique = true;

  constructor(options: RelevanceOptions) {
    this.#options = options;
    this.#hasTotal = hasTotal(options.flow);
    this.#soFar = new SpansSoFar(options.requestId);
  }

  /** How many have come, relevant or not. */
  get size(): number {
    return this.#size;
  }

  get traceIds(): readonly string[] {
    return [...this.#traceIds].sort();
  }

  /** One of them was caused by no other: before that, nothing is settled. */
  get hasRoot(): boolean {
    return this.#hasRoot;
  }

  /** False where two spans share an id: which of them caused what is not told apart here. */
  get isUnique(): boolean {
    return this.#isUnique;
  }

  add(spans: readonly Span[]): void {
    for (const span of spans) this.#add(span);
  }

  /** In no order. None ever leaves. */
  all(): readonly Span[] {
    if (this.#hasTotal) this.#addOutermost();
    return this.#relevant;
  }

  #add(span: Span): void {
    this.#size += 1;
    this.#traceIds.add(span.traceId);
    this.#hasRoot ||= span.parentSpanId === undefined;
    const { place, claimsTrace, isRepeated } = this.#soFar.add(span);
    if (isRepeated) this.#isUnique = false;
    if (this.#isRelevant[place] === true) {
      this.#relevant.push(span);
      this.#mark(this.#soFar.causes.causesOf(place));
    } else if (claimsTrace || this.#matters(span)) this.#mark([place]);
  }

  #matters(span: Span): boolean {
    const { isStep, flow } = this.#options;
    const worksOnMessages = span.kind === 'consumer' && span.links.length > 0;
    return worksOnMessages || isStep(span) || hasForbidden(span, flow);
  }

  /** These and their causes, of which one that is awaited is relevant when it comes. */
  #mark(places: readonly number[]): void {
    const { causes } = this.#soFar;
    const open = [...places];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (this.#isRelevant[place] === true) continue;
      this.#isRelevant[place] = true;
      const span = causes.spanAt(place);
      if (!span) continue;
      this.#relevant.push(span);
      for (const cause of causes.causesOf(place)) open.push(cause);
    }
  }

  #addOutermost(): void {
    const { causes } = this.#soFar;
    const { stays } = this.#soFar.reliance();
    const own: Span[] = [];
    for (let place = 0; place < causes.size; place++) {
      const span = stays(place) ? causes.spanAt(place) : undefined;
      if (span) own.push(span);
    }
    this.#mark(outermostOf(own).flatMap(({ spanId }) => causes.placeOf(spanId) ?? []));
  }
}
