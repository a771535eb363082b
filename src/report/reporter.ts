import type { RunEvent } from '../model/index.js';

/** Reads a run. Everything it prints, writes or serves is made from the events alone. */
export interface Reporter {
  /** Named in messages when it fails. */
  readonly name: string;
  onEvent(event: RunEvent): void;
  /** Events that happen at once, in their order, for who takes them better together. Without it, `onEvent` gets each. */
  onEvents?(events: readonly RunEvent[]): void;
  /** After `run-ended`; the last chance to write. */
  end?(): Promise<void> | void;
}
