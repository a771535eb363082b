import type { RunEvent } from '../model/index.js';

/** A run event before the run's clock has dated it. */
export type UnstampedEvent = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at'> : never) : never;
