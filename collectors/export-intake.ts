import type { Clock } from '../src/lib/clock.js';
import { ExportCounts } from './export-counts.js';
import { decodeTraces, type Refused } from './otlp-decode/index.js';
import type { Arrival, Deliver } from './span-source.js';

export interface IntakeOptions {
  /** What the exports come by, for a label: `otlp-http`. */
  readonly source: string;
  readonly clock: Clock;
  readonly deliver: Deliver;
}

/** The spans of an export could not be taken at the moment; none of them was. */
export class SpansNotTaken extends Error {
  override readonly name = 'SpansNotTaken';
}

/** Decodes exports, hands their spans over and counts both, whatever way they come. */
export class ExportIntake {
  readonly counts: ExportCounts;
  readonly #clock: Clock;
  readonly #deliver: Deliver;

  constructor({ source, clock, deliver }: IntakeOptions) {
    this.counts = new ExportCounts(source);
    this.#clock = clock;
    this.#deliver = deliver;
  }

  /** Gives what of it can never be taken. Throws TracecourtError `undecodable-spans` for a body that is no export, and SpansNotTaken. */
  take(body: Uint8Array, contentType: Arrival['contentType']): Refused {
    this.counts.body(body.length);
    const { batch, refused } = decodeTraces(body, contentType);
    this.counts.spans(batch.length, refused.count);
    try {
      this.#deliver({ receivedAtUnixNano: this.#clock.now(), body, contentType, batch });
    } catch (cause) {
      this.counts.busy(batch.length);
      throw new SpansNotTaken('The collector cannot take more spans at the moment.', { cause });
    }
    return refused;
  }
}
