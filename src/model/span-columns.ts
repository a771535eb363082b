import { answered } from './answered.js';
import { handoffIn } from './handoff-in.js';
import { namedProcess } from './process-name.js';
import { type Attributes, type AttributeValue, SPAN_KINDS, type Span } from './span.js';
import { ShapeTable } from './span-shape.js';
import { spanTree } from './span-tree.js';
import { StampLines } from './stamp-lines.js';
import type { LedgerValues } from './step.js';

/** Of larger requests no columns are made: what they are good for grows with the square of some of these. */
export const MAX_SPANS = 512;
const MAX_HANDOFFS = 512;
export const MAX_PROCESSES = 24;
export const MAX_POINTS = 2 * MAX_SPANS + MAX_HANDOFFS;

/** What stands in the row of a span. A place is that of a span in the list, or -1. */
export const ROW = {
  /** Place of its parent. */
  parent: 0,
  process: 1,
  /** The first of its hand-offs among the points. */
  handoffs: 2,
  /** The hand-off of its parent that it received, among the points; or -1. */
  received: 3,
  /** Its kind, by its place in `SPAN_KINDS`. */
  kind: 4,
  /** 1 if its parent is the call that it answered. */
  answers: 5,
  /** The number of its shape, or -1. */
  shape: 6,
} as const;
export const ROW_LENGTH = 7;

/**
 * What no flow decides of the spans of a request, in numbers: a view that is worked out from them, by whoever has them at hand.
 *
 * Points go by numbers: 2i is the start of span i, 2i + 1 its end, and the hand-offs come after all of these.
 */
export interface SpanColumns {
  /** Whose columns they are. Of another list, however alike, they MUST NOT be used. */
  readonly of: readonly Span[];
  /** Undefined if something about the spans is not plain: a failure, a link, a second trace, a span without stamps, two of one id, a process without a name. */
  readonly plain: PlainColumns | undefined;
  /** Leaves them out of JSON: who has the spans has them. */
  toJSON(): undefined;
}

export interface PlainColumns {
  readonly count: number;
  readonly points: number;
  readonly processCount: number;
  /** The table that gave the shapes their numbers. */
  readonly shapes: ShapeTable;
  /**
   * By span: a {@link ROW}. Then by process: where its points begin among those that follow, and one entry more. Then the points, one process after the other, in the
   * order of their stamps.
   */
  readonly numbers: readonly number[];
  /** By point, without the hand-offs: when it was read, nanoseconds since the first start. */
  readonly times: readonly number[];
}

/** What the ledger says of a span; undefined for one whose attributes do not answer to their current names. */
export type LedgerOf = (span: Span) => LedgerValues | undefined;

class ColumnsOfSpans implements SpanColumns {
  readonly of: readonly Span[];
  readonly plain: PlainColumns | undefined;

  constructor(of: readonly Span[], plain: PlainColumns | undefined) {
    this.of = of;
    this.plain = plain;
  }

  toJSON(): undefined {
    return undefined;
  }
}

/** The columns of the spans, looked at once. Pure, but for the numbers of shapes. */
export function columnsOf(spans: readonly Span[], ledgerOf: LedgerOf): SpanColumns {
  return new ColumnsOfSpans(spans, reading.read(spans, ledgerOf));
}

let shapes = new ShapeTable();

const HALF = 2 ** 32;

/** Room for one request at a time. */
class Reading {
  #points = 0;
  #rowsEnd = 0;
  readonly #rows = new Int16Array(MAX_SPANS * ROW_LENGTH);
  readonly #lines = new StampLines(MAX_POINTS, MAX_PROCESSES);
  readonly #times = new Float64Array(2 * MAX_SPANS);
  readonly #moments = new BigUint64Array(2 * MAX_SPANS);
  /** The same eight bytes each, low half first. */
  readonly #halves = new Uint32Array(this.#moments.buffer);
  readonly #resources: Attributes[] = [];
  readonly #processOf: number[] = [];
  readonly #serviceOf: (AttributeValue | undefined)[] = [];
  readonly #names: string[] = [];

  read(spans: readonly Span[], ledgerOf: LedgerOf): PlainColumns | undefined {
    const count = spans.length;
    if (count === 0 || count > MAX_SPANS || !arePlain(spans)) return undefined;
    this.#points = 2 * count;
    this.#rowsEnd = count * ROW_LENGTH;
    this.#resources.length = this.#processOf.length = this.#serviceOf.length = this.#names.length = 0;
    if (shapes.isFull) shapes = new ShapeTable();
    for (let i = 0; i < count; i++) if (!this.#readSpan(i, spans[i] as Span, ledgerOf)) return undefined;
    this.#readTimes(count);
    if (!this.#areInOrder(spans) || !this.#readParents(spans)) return undefined;
    if (!this.#lines.sort(this.#points, this.#names.length)) return undefined;
    return this.#copy(count);
  }

  #copy(count: number): PlainColumns {
    const processCount = this.#names.length;
    const points = this.#points;
    const { line, begins } = this.#lines;
    const numbers: number[] = [];
    for (let i = 0; i < this.#rowsEnd; i++) numbers.push(this.#rows[i] as number);
    for (let i = 0; i <= processCount; i++) numbers.push(begins[i] as number);
    for (let i = 0; i < points; i++) numbers.push(line[i] as number);
    const times: number[] = [];
    for (let i = 0; i < 2 * count; i++) times.push(this.#times[i] as number);
    return { count, points, processCount, shapes, numbers, times };
  }

  #readSpan(i: number, span: Span, ledgerOf: LedgerOf): boolean {
    const rows = this.#rows;
    const row = i * ROW_LENGTH;
    const ledger = ledgerOf(span);
    const resource = this.#placeOfResource(span.resource);
    const process = this.#processOf[resource] ?? -1;
    if (!ledger || process < 0 || !this.#readLedger(i, process, ledger)) return false;
    this.#moments[2 * i] = span.startUnixNano;
    this.#moments[2 * i + 1] = span.endUnixNano;
    rows[row + ROW.process] = process;
    rows[row + ROW.kind] = SPAN_KINDS.indexOf(span.kind);
    rows[row + ROW.shape] = shapes.numberOf(span, { step: ledger.step, service: this.#serviceOf[resource] });
    return true;
  }

  #readLedger(i: number, process: number, { sequenceStart, sequenceEnd, sequenceSent }: LedgerValues): boolean {
    if (typeof sequenceStart !== 'number' || typeof sequenceEnd !== 'number' || !(sequenceStart < sequenceEnd)) {
      return false;
    }
    this.#putPoint(2 * i, process, sequenceStart);
    this.#putPoint(2 * i + 1, process, sequenceEnd);
    this.#rows[i * ROW_LENGTH + ROW.handoffs] = this.#points;
    return !Array.isArray(sequenceSent) || this.#readHandoffs(process, sequenceSent);
  }

  #putPoint(point: number, process: number, stamp: number): void {
    this.#lines.process[point] = process;
    this.#lines.stamp[point] = stamp;
  }

  #readHandoffs(process: number, sent: readonly unknown[]): boolean {
    if (this.#points + sent.length > MAX_POINTS) return false;
    for (const stamp of sent) {
      if (typeof stamp !== 'number' || Number.isNaN(stamp)) return false;
      this.#putPoint(this.#points++, process, stamp);
    }
    return true;
  }

  /** Resources are few: looking through them costs less than a map. -1 for one without a name, or of one process too many. */
  #placeOfResource(resource: Attributes): number {
    const known = this.#resources.indexOf(resource);
    if (known >= 0) return known;
    const name = namedProcess(resource);
    if (name === undefined || this.#resources.length === MAX_SPANS) return -1;
    let process = this.#names.indexOf(name);
    if (process < 0) process = this.#names.push(name) - 1;
    if (process >= MAX_PROCESSES) return -1;
    this.#processOf.push(process);
    this.#serviceOf.push(resource.get('service.name'));
    return this.#resources.push(resource) - 1;
  }

  /** Nanoseconds since the first start, as the nearest numbers. */
  #readTimes(count: number): void {
    const halves = this.#halves;
    const low = halves[0] as number;
    const high = halves[1] as number;
    for (let i = 0; i < 2 * count; i++) {
      this.#times[i] = ((halves[2 * i + 1] as number) - high) * HALF + ((halves[2 * i] as number) - low);
    }
  }

  /** As readers of a request expect it: by start, then id; and no span ends before it starts. */
  #areInOrder(spans: readonly Span[]): boolean {
    const times = this.#times;
    for (let i = 0; i < spans.length; i++) {
      const start = times[2 * i] as number;
      if ((times[2 * i + 1] as number) < start) return false;
      if (i === 0 || start > (times[2 * i - 2] as number)) continue;
      if (start !== times[2 * i - 2] || (spans[i] as Span).spanId <= (spans[i - 1] as Span).spanId) return false;
    }
    return true;
  }

  /** False if two spans share an id. */
  #readParents(spans: readonly Span[]): boolean {
    const { indexOf, parents } = spanTree(spans);
    if (indexOf.size !== spans.length) return false;
    for (let i = 0; i < spans.length; i++) this.#readParent(spans[i] as Span, i * ROW_LENGTH, { parents, spans, i });
    return true;
  }

  #readParent(
    span: Span,
    row: number,
    { parents, spans, i }: { readonly parents: readonly number[]; readonly spans: readonly Span[]; readonly i: number },
  ): void {
    const rows = this.#rows;
    const parent = parents[i] as number;
    const cause = spans[parent];
    rows[row + ROW.parent] = parent;
    rows[row + ROW.received] = cause && span.traceState !== '' ? this.#handoffOf(parent, span, cause) : -1;
    rows[row + ROW.answers] = cause && answered(cause, span) ? 1 : 0;
  }

  #handoffOf(parent: number, { traceState }: Span, { spanId }: Span): number {
    const rows = this.#rows;
    const next = (parent + 1) * ROW_LENGTH;
    const first = rows[parent * ROW_LENGTH + ROW.handoffs] as number;
    const after = next < this.#rowsEnd ? (rows[next + ROW.handoffs] as number) : this.#points;
    const n = first === after ? undefined : handoffIn(traceState, spanId);
    return n !== undefined && Number.isInteger(n) && n >= 1 && n <= after - first ? first + n - 1 : -1;
  }
}

const reading = new Reading();

/** One trace, nothing that failed, no cause beside the parent. */
function arePlain(spans: readonly Span[]): boolean {
  const traceId = spans[0]?.traceId;
  for (const span of spans) {
    if (span.status.code === 'error' || span.links.length > 0 || span.traceId !== traceId) return false;
  }
  return true;
}
