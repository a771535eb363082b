import { propagation } from '@opentelemetry/api';

/**
 * Defects that a request can ask for, to see whether anybody notices. They travel with it in the baggage entry
 * `gpu.defects`, joined by `+`, through every service; a request without the entry meets none of them.
 */
export const DEFECTS = [
  /** The cache step reports success and writes nothing. */
  'lying-cache',
  /** The graph is written past the instrumentation. */
  'dark-graph-write',
  /** The context is cached before the decision is in the graph. */
  'cache-before-graph',
  /** One publish step sends its message twice. */
  'duplicate-event',
  /** Two members are asked, and their word is enough. */
  'no-quorum',
  /** The notifier takes the message and never finishes with it. */
  'stuck-consumer',
  /** The council's exporter loses two spans. */
  'lost-telemetry',
  /** The publish step sends a batch that was emptied before. */
  'lost-event',
  /** The gateway forwards with the request's baggage and without its span. */
  'broken-context',
  /** The graph refuses the write, and the step reports success. */
  'swallowed-graph-error',
  /** One member thinks for longer than a vote may take. */
  'slow-vote',
  /** The context in the cache names the model where the GPU belongs. */
  'wrong-content',
  /** The context is cached, and the decision never written to the graph. */
  'orphan-cache',
  /** The request dies of an exception between the commit and the event. */
  'outbox-gap',
  /** A GPU is granted that somebody else has. */
  'double-lease',
  /** The context is read from a copy that nobody invalidated. */
  'stale-cache',
] as const;
export type Defect = (typeof DEFECTS)[number];

const ENTRY = 'gpu.defects';

/** True when the request that is being handled asked for the defect. */
export function planted(defect: Defect): boolean {
  const value = propagation.getActiveBaggage()?.getEntry(ENTRY)?.value;
  return value !== undefined && parseDefects(value).has(defect);
}

/** The defects named in a baggage value; names that are no defect are ignored. */
export function parseDefects(value: string | undefined): ReadonlySet<Defect> {
  const names = (value ?? '').split('+').map((name) => name.trim());
  return new Set(DEFECTS.filter((defect) => names.includes(defect)));
}
