import {
  type AssembledRequest,
  columnsOf,
  MAX_POINTS,
  MAX_PROCESSES,
  MAX_SPANS,
  type PlainColumns,
  ROW,
  ROW_LENGTH,
  type Span,
  type StepReader,
} from '../../model/index.js';
import { type ShapeSteps, SPAN_IS } from './shape-steps.js';

/**
 * What the sweep needs of the spans of a request: what their columns say, and what the flow makes of them. There is one such memory, and the next request uses it again.
 *
 * Spans go by their places in the list. Points go by numbers: 2i is the start of span i, 2i + 1 its end, and the hand-offs come after all of these.
 */
export class Columns {
  spans: readonly Span[] = [];
  count = 0;
  points = 0;
  processCount = 0;
  /** By span: the number of its step; below 0 for one that is none, see {@link SPAN_IS}. */
  readonly step = new Int32Array(MAX_SPANS);
  /** By span: its parent, or -1. */
  readonly parent = new Int32Array(MAX_SPANS);
  /** By span: the hand-off of its parent that it received, among the points; or -1. */
  readonly received = new Int32Array(MAX_SPANS);
  /** By span: its kind, by its place in `SPAN_KINDS`; and 1 if its parent is the call that it answered. */
  readonly kind = new Int32Array(MAX_SPANS);
  readonly answers = new Int32Array(MAX_SPANS);
  /** The points, one process after the other, in the order of their stamps; and by process, where its points begin there. */
  readonly line = new Int32Array(MAX_POINTS);
  readonly begins = new Int32Array(MAX_PROCESSES + 1);
  /** By point: its process, and when it was read (not a number for a hand-off). */
  readonly process = new Int32Array(MAX_POINTS);
  readonly time = new Float64Array(MAX_POINTS);

  /** False for a request of which something is not plain: then nothing may be read here. */
  read({ spans, columns }: AssembledRequest, reader: StepReader, steps: ShapeSteps): boolean {
    const { plain } = columns?.of === spans ? columns : columnsOf(spans, reader.ledgerOf);
    if (!plain) return false;
    this.spans = spans;
    this.count = plain.count;
    this.points = plain.points;
    this.processCount = plain.processCount;
    steps.readWith(plain.shapes, reader);
    this.#readPoints(plain);
    return this.#readRows(plain, steps);
  }

  #readPoints({ count, points, processCount, numbers, times }: PlainColumns): void {
    const { begins, line, time } = this;
    const handoffs = 2 * count;
    for (let point = 0; point < handoffs; point++) time[point] = times[point] as number;
    for (let point = handoffs; point < points; point++) time[point] = Number.NaN;
    let next = count * ROW_LENGTH;
    for (let process = 0; process <= processCount; process++) begins[process] = numbers[next++] as number;
    for (let point = 0; point < points; point++) line[point] = numbers[next++] as number;
  }

  #readRows({ count, points, numbers: rows }: PlainColumns, steps: ShapeSteps): boolean {
    const { spans, step, parent, process, received, kind, answers } = this;
    for (let i = 0, row = 0; i < count; i++, row += ROW_LENGTH) {
      const own = steps.of(rows[row + ROW.shape] as number, spans, i);
      if (own === SPAN_IS.several) return false;
      step[i] = own;
      parent[i] = rows[row + ROW.parent] as number;
      received[i] = rows[row + ROW.received] as number;
      kind[i] = rows[row + ROW.kind] as number;
      answers[i] = rows[row + ROW.answers] as number;
      process[2 * i] = process[2 * i + 1] = rows[row + ROW.process] as number;
      const after = i + 1 < count ? (rows[row + ROW_LENGTH + ROW.handoffs] as number) : points;
      for (let point = rows[row + ROW.handoffs] as number; point < after; point++)
        process[point] = process[2 * i] as number;
    }
    return true;
  }
}
