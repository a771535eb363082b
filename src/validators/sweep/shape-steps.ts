import {
  MAX_SHAPES,
  MAX_SPANS,
  type PlainColumns,
  SHAPE_ATTRIBUTES,
  type Span,
  type StepReader,
} from '../../model/index.js';
import { statedStep, storeSystemOf } from '../flow/span-index.js';

/** What a span is in a flow: the number of its step, or one of these. */
export const SPAN_IS = {
  /** Nothing that the flow speaks of. */
  scenery: -1,
  /** Several steps at once. */
  several: -2,
  /** A step that the flow does not know. */
  stranger: -3,
  /** A call to a store: no step itself, but maybe part of one. */
  storeCall: -4,
} as const;

const UNTOLD = -5;
const UNREAD = -6;

/** What each shape of span is in one flow, found out at its first span. */
export class ShapeSteps {
  readonly #names: ReadonlySet<string>;
  readonly #of = new Int16Array(MAX_SHAPES + MAX_SPANS).fill(UNREAD);
  #shapes: PlainColumns['shapes'] | undefined;
  #reader: StepReader | undefined;

  /** `names`: the steps of the flow. */
  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
  }

  /** By these shapes, and this reader. To be called before any other. */
  readWith(shapes: PlainColumns['shapes'], reader: StepReader): void {
    if (shapes === this.#shapes && reader === this.#reader) return;
    this.#shapes = shapes;
    this.#reader = reader;
    this.#of.fill(UNREAD);
  }

  /** What a span is, by its shape alone if that tells. */
  of(shape: number, spans: readonly Span[], i: number): number {
    const known = shape < 0 ? UNTOLD : (this.#of[shape] as number);
    return known > UNTOLD ? known : this.#read(shape, spans[i] as Span);
  }

  #read(shape: number, span: Span): number {
    const reader = this.#reader;
    if (!reader) return SPAN_IS.several;
    const found = this.#find(span, reader);
    if (shape >= 0) this.#of[shape] = isTold(span) && reader.isToldByShape(span) ? found : UNTOLD;
    return found;
  }

  #find(span: Span, reader: StepReader): number {
    const step = reader.stepOf(span);
    if (step !== SPAN_IS.scenery) return step;
    const stated = statedStep(span);
    if (stated !== undefined) return this.#names.has(stated) ? SPAN_IS.scenery : SPAN_IS.stranger;
    return storeSystemOf(span) === undefined ? SPAN_IS.scenery : SPAN_IS.storeCall;
  }
}

/** False for a span that names its system in a way of its own. */
function isTold({ attributes }: Span): boolean {
  return ['string', 'undefined'].includes(typeof attributes.get(SHAPE_ATTRIBUTES[0]));
}
