import type { AssembledRequest, Attributes, Span, StepReader } from '../../model/index.js';
import { namedProcess } from '../flow/span-index.js';

/** Larger requests are judged by the full judge: what is looked at here grows with the square of some of them. */
export const MAX_SPANS = 512;
const MAX_HANDOFFS = 512;
export const MAX_PROCESSES = 24;
const HALF = 2 ** 32;
export const MAX_POINTS = 2 * MAX_SPANS + MAX_HANDOFFS;

/**
 * A request in columns: what the sweep needs of its spans, each looked at once. There is one such memory, and the next request uses it again.
 *
 * Spans go by their places in the list. Points go by numbers: 2i is the start of span i, 2i + 1 its end, and the hand-offs come after all of these.
 */
export class Columns {
  spans: readonly Span[] = [];
  count = 0;
  points = 0;
  processCount = 0;
  /** By span: the number of its step; -1 for scenery. */
  readonly step = new Int32Array(MAX_SPANS);
  /** By span: its parent, or -1. */
  readonly parent = new Int32Array(MAX_SPANS);
  /** By span: its first hand-off among the points; the entry after the last span is the number of points. */
  readonly handoffs = new Int32Array(MAX_SPANS + 1);
  /** By point: its process, its stamp, and when it was read (not a number for a hand-off). */
  readonly process = new Int32Array(MAX_POINTS);
  readonly stamp = new Float64Array(MAX_POINTS);
  readonly time = new Float64Array(MAX_POINTS);
  readonly #moments = new BigUint64Array(2 * MAX_SPANS);
  /** The same eight bytes each, low half first. */
  readonly #halves = new Uint32Array(this.#moments.buffer);
  readonly #resources: Attributes[] = [];
  readonly #processOf: number[] = [];
  readonly #names: string[] = [];

  /** False for a request of which something is not plain: then nothing may be read here. */
  read({ spans }: AssembledRequest, reader: StepReader): boolean {
    if (spans.length === 0 || spans.length > MAX_SPANS) return false;
    this.spans = spans;
    this.count = spans.length;
    this.points = 2 * spans.length;
    this.processCount = 0;
    this.#resources.length = this.#processOf.length = this.#names.length = 0;
    return this.#readSpans(reader) && this.#readParents();
  }

  /** A column at a time: then several spans are fetched from memory at once. */
  #readSpans(reader: StepReader): boolean {
    this.#readTimes();
    return this.#arePlain() && this.#readProcesses() && this.#readLedgers(reader) && this.#readSteps(reader);
  }

  /** One trace, nothing that failed, no cause beside the parent, and in the order that readers of a request expect: by start, then id. */
  #arePlain(): boolean {
    const { spans, count, time } = this;
    const { traceId } = spans[0] as Span;
    for (let i = 0; i < count; i++) {
      const span = spans[i] as Span;
      if (span.status.code === 'error' || span.links.length > 0 || span.traceId !== traceId) return false;
      const start = time[2 * i] as number;
      if ((time[2 * i + 1] as number) < start) return false;
      if (i === 0 || start > (time[2 * i - 2] as number)) continue;
      if (start !== time[2 * i - 2] || span.spanId <= (spans[i - 1] as Span).spanId) return false;
    }
    return true;
  }

  #readLedgers(reader: StepReader): boolean {
    const { spans, count, handoffs, stamp } = this;
    for (let i = 0; i < count; i++) {
      const ledger = reader.ledgerOf(spans[i] as Span);
      if (!ledger) return false;
      const { sequenceStart: start, sequenceEnd: end, sequenceSent: sent } = ledger;
      if (typeof start !== 'number' || typeof end !== 'number' || !(start < end)) return false;
      stamp[2 * i] = start;
      stamp[2 * i + 1] = end;
      handoffs[i] = this.points;
      if (Array.isArray(sent) && !this.#readHandoffs(i, sent)) return false;
    }
    handoffs[count] = this.points;
    return true;
  }

  #readSteps(reader: StepReader): boolean {
    const { spans, count, step } = this;
    for (let i = 0; i < count; i++) {
      const own = reader.stepOf(spans[i] as Span);
      if (own < -1) return false;
      step[i] = own;
    }
    return true;
  }

  #readProcesses(): boolean {
    for (let i = 0; i < this.count; i++) if (!this.#readProcess(i, (this.spans[i] as Span).resource)) return false;
    return true;
  }

  /** Nanoseconds since the first start, as `nanosecondsSince` tells them. */
  #readTimes(): void {
    const { spans, count, time } = this;
    const moments = this.#moments;
    for (let i = 0; i < count; i++) {
      const { startUnixNano, endUnixNano } = spans[i] as Span;
      moments[2 * i] = startUnixNano;
      moments[2 * i + 1] = endUnixNano;
    }
    const halves = this.#halves;
    const low = halves[0] as number;
    const high = halves[1] as number;
    for (let i = 0; i < 2 * count; i++) {
      time[i] = ((halves[2 * i + 1] as number) - high) * HALF + ((halves[2 * i] as number) - low);
    }
  }

  #readHandoffs(i: number, sent: readonly unknown[]): boolean {
    if (this.points + sent.length > MAX_POINTS) return false;
    for (const stamp of sent) {
      if (typeof stamp !== 'number' || Number.isNaN(stamp)) return false;
      const point = this.points++;
      this.stamp[point] = stamp;
      this.time[point] = Number.NaN;
      this.process[point] = this.process[2 * i] as number;
    }
    return true;
  }

  /** Processes are few: looking through them costs less than a map. */
  #readProcess(i: number, resource: Attributes): boolean {
    const resources = this.#resources;
    let known = 0;
    while (known < resources.length && resources[known] !== resource) known++;
    if (known === resources.length && !this.#addResource(resource)) return false;
    const process = this.#processOf[known] as number;
    this.process[2 * i] = process;
    this.process[2 * i + 1] = process;
    return true;
  }

  #addResource(resource: Attributes): boolean {
    const name = namedProcess(resource);
    if (name === undefined) return false;
    let process = this.#names.indexOf(name);
    if (process < 0) process = this.#names.push(name) - 1;
    this.#resources.push(resource);
    this.#processOf.push(process);
    this.processCount = this.#names.length;
    return this.processCount <= MAX_PROCESSES && this.#resources.length <= MAX_SPANS;
  }

  /** False if two spans share an id. */
  #readParents(): boolean {
    const { spans, count, parent } = this;
    const places = new Map<string, number>();
    for (let i = 0; i < count; i++) places.set((spans[i] as Span).spanId, i);
    for (let i = 0; i < count; i++) {
      const { parentSpanId } = spans[i] as Span;
      const above = parentSpanId === undefined ? -1 : (places.get(parentSpanId) ?? -1);
      parent[i] = above === i ? -1 : above;
    }
    return places.size === count;
  }
}
