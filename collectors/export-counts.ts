import type { SourceCounts } from './counts.js';

/** The counts of one source. Spans MUST be counted in the same turn in which they are delivered, so that all counts add up at any moment. */
export class ExportCounts {
  readonly #source: string;
  #bytes = 0;
  #spans = 0;
  readonly #refused = { invalid: 0, busy: 0 };
  readonly #answers = new Map<number, number>();

  constructor(source: string) {
    this.#source = source;
  }

  body(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Spans of an export: those that can be taken, and those that never can. */
  spans(valid: number, invalid: number): void {
    this.#spans += valid + invalid;
    this.#refused.invalid += invalid;
  }

  /** So many of the valid ones were not taken. */
  busy(spans: number): void {
    this.#refused.busy += spans;
  }

  answered(status: number): void {
    this.#answers.set(status, (this.#answers.get(status) ?? 0) + 1);
  }

  all(): SourceCounts {
    return {
      source: this.#source,
      bytesReceived: this.#bytes,
      spansReceived: this.#spans,
      spansRefused: { ...this.#refused },
      answers: new Map(this.#answers),
    };
  }
}
