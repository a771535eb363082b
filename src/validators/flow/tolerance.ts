/** Starts are read in whole milliseconds: two readings tell no more than this. */
export const TOLERANCE_NANOS = 1_000_000;
