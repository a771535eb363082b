import { REQUEST_ID } from '@tracecourt/instrumentation/wire-names';
import type { SpanBatch } from '../../src/model/index.js';
import type { HeldSpan } from './held-span.js';
import type { SpanSource } from './span-source.js';

/**
 * A unit whose spans are held in the bytes that they came in alone. A request that was spoken of is seldom looked at again, and its objects are what every collection
 * of garbage has to walk through (docs/adr/0240).
 */
export interface SleepingUnit {
  readonly key: string;
  readonly traceIds: readonly string[];
  /** How many. */
  readonly spans: number;
  /** Received for them. */
  readonly bytes: number;
  readonly parts: readonly SleepingPart[];
}

/** Spans of one export. */
export interface SleepingPart {
  readonly source: SpanSource;
  /** Received for each. */
  readonly bytes: number;
  /** Where in the export they are. */
  readonly places: readonly number[];
}

/** The spans by the exports that they came in; undefined if one of them cannot be made again. */
export function partsOf(spans: readonly HeldSpan[]): readonly SleepingPart[] | undefined {
  const parts = new Map<
    SpanSource,
    { readonly source: SpanSource; readonly bytes: number; readonly places: number[] }
  >();
  for (const { came, bytes } of spans) {
    const { source, index } = came;
    if (!source) return undefined;
    const part = parts.get(source);
    if (part) part.places.push(index);
    else parts.set(source, { source, bytes, places: [index] });
  }
  return [...parts.values()];
}

/** The units that are asleep. No two of them have spans in one trace. */
export class SleepingUnits {
  readonly #units = new Map<string, SleepingUnit>();
  readonly #inTrace = new Map<string, string>();
  #spans = 0;
  #bytes = 0;

  get spans(): number {
    return this.#spans;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): SleepingUnit | undefined {
    return this.#units.get(key);
  }

  /** The key of the unit that has spans in that trace. */
  inTrace(traceId: string): string | undefined {
    return this.#inTrace.get(traceId);
  }

  /** Those that a batch has to do with: what is tied to one is in a trace of it, links one, or has its request id. */
  stirredBy(batch: SpanBatch): ReadonlySet<string> {
    const stirred = new Set<string>();
    if (this.#units.size === 0) return stirred;
    const stir = (key: string | undefined): void => {
      if (key !== undefined) stirred.add(key);
    };
    for (let i = 0; i < batch.length; i++) {
      const { traceId, links, attributes } = batch.span(i);
      stir(this.inTrace(traceId));
      for (const link of links) stir(this.inTrace(link.traceId));
      const requestId = attributes.get(REQUEST_ID);
      if (typeof requestId === 'string') stir(this.get(requestId)?.key);
    }
    return stirred;
  }

  add(unit: SleepingUnit): void {
    this.#units.set(unit.key, unit);
    for (const traceId of unit.traceIds) this.#inTrace.set(traceId, unit.key);
    this.#spans += unit.spans;
    this.#bytes += unit.bytes;
  }

  /** Takes it out. */
  take(key: string): SleepingUnit | undefined {
    const unit = this.#units.get(key);
    if (!unit) return undefined;
    this.#units.delete(key);
    for (const traceId of unit.traceIds) this.#inTrace.delete(traceId);
    this.#spans -= unit.spans;
    this.#bytes -= unit.bytes;
    return unit;
  }
}
