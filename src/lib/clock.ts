/** Where time comes from. Cores take `now` as an argument; only loops and I/O hold a clock. */
export interface Clock {
  /** Nanoseconds since the Unix epoch. Never runs backwards within a process. */
  now(): bigint;
}

const startedAtUnixNano = BigInt(Date.now()) * 1_000_000n;
const startedAtMonotonic = process.hrtime.bigint();

/** The wall clock at the start of the process, carried on by the monotonic one. */
export const systemClock: Clock = {
  now: () => startedAtUnixNano + (process.hrtime.bigint() - startedAtMonotonic),
};

const NANOS_PER_MS = 1_000_000;

export function msToNanos(ms: number): bigint {
  return BigInt(Math.round(ms * NANOS_PER_MS));
}

export function nanosToMs(nanos: bigint | number): number {
  return Number(nanos) / NANOS_PER_MS;
}
