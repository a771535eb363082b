import type { Span } from '../../model/index.js';

/**
 * Which span caused which, as far as spans have come: a span is caused by its parent, and by what it links to. Spans go by places, as they are first heard of:
 * a cause that is not held has its place too, and is awaited there. Only grows.
 */
export class CauseGraph {
  readonly #places = new Map<string, number>();
  readonly #spans: (Span | undefined)[] = [];
  readonly #causes: number[][] = [];
  readonly #effects: number[][] = [];

  /** Held or awaited. */
  get size(): number {
    return this.#spans.length;
  }

  /** Returns the span's place. Of spans that share an id, the last is held, and all of their causes are its. */
  add(span: Span): number {
    const place = this.#placeFor(span.spanId);
    this.#spans[place] = span;
    if (span.parentSpanId !== undefined) this.#tie(this.#placeFor(span.parentSpanId), place);
    for (const { spanId } of span.links) if (spanId !== span.spanId) this.#tie(this.#placeFor(spanId), place);
    return place;
  }

  placeOf(spanId: string): number | undefined {
    return this.#places.get(spanId);
  }

  /** Undefined of one that is awaited. */
  spanAt(place: number): Span | undefined {
    return this.#spans[place];
  }

  causesOf(place: number): readonly number[] {
    return this.#causes[place] ?? NONE;
  }

  effectsOf(place: number): readonly number[] {
    return this.#effects[place] ?? NONE;
  }

  #placeFor(spanId: string): number {
    const known = this.#places.get(spanId);
    if (known !== undefined) return known;
    const place = this.#spans.length;
    this.#places.set(spanId, place);
    this.#spans.push(undefined);
    return place;
  }

  #tie(cause: number, effect: number): void {
    listAt(this.#causes, effect).push(cause);
    listAt(this.#effects, cause).push(effect);
  }
}

const NONE: readonly number[] = [];

function listAt(lists: number[][], place: number): number[] {
  const list = lists[place] ?? [];
  lists[place] = list;
  return list;
}

/** Everything that these lead to, and they themselves, as far as it may. One for a place that is reached. */
export function reach(
  from: Iterable<number>,
  {
    size,
    next,
    may,
  }: {
    readonly size: number;
    readonly next: (place: number) => readonly number[];
    readonly may?: (place: number) => boolean;
  },
): Uint8Array {
  const reached = new Uint8Array(size);
  const open: number[] = [];
  const visit = (place: number): void => {
    if (reached[place] === 1) return;
    reached[place] = 1;
    open.push(place);
  };
  for (const place of from) visit(place);
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    for (const each of next(place)) if (!may || may(each)) visit(each);
  }
  return reached;
}
