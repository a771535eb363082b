import { systemClock } from '../../src/lib/clock.js';
import type { RunOptions } from '../../src/orchestrator/index.js';

const NO_STORES: RunOptions['stores'] = {
  neo4jUrl: undefined,
  neo4jUser: undefined,
  neo4jPassword: undefined,
  redisUrl: undefined,
  kafkaBrokers: undefined,
  // A store that is alive may be slow on a busy machine.
  probeTimeoutMs: 20_000,
};

/** What a run in this very process is told: everything embedded, nothing printed, nobody interrupting. */
export function embeddedRun(
  bundles: string,
  {
    stores = {},
    ...own
  }: Partial<Omit<RunOptions, 'stores'>> & { readonly stores?: Partial<RunOptions['stores']> } = {},
): RunOptions {
  return {
    http: { host: '127.0.0.1', port: 0 },
    bundles,
    rootQuietMs: 2_000,
    cut: [],
    reporters: [],
    clock: systemClock,
    signal: new AbortController().signal,
    ...own,
    stores: { ...NO_STORES, ...stores },
  };
}
