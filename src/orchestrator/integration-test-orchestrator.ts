import { Teardown } from '../lib/teardown.js';
import type { ServiceHealth } from '../model/index.js';
import { openStores } from './open-stores.js';
import { type FoundCase, findReplayed } from './replay.js';
import { type RunOptions, type RunResult, runCases } from './run.js';
import type { RunCase } from './run-plan.js';
import { ServiceHealthValidator } from './service-health-validator.js';

/** What became of a whole run: each request's verdict, and the exit code that a caller is to give. */
export type IntegrationTestResult = RunResult;

/** Who is there to test against. */
export interface SystemState {
  readonly ready: boolean;
  readonly stores: readonly ServiceHealth[];
  /** Nanoseconds since the Unix epoch. */
  readonly observedAtUnixNano: bigint;
}

/** The door to running, checking and tracing requests from code; each method is one command of the CLI. */
export class IntegrationTestOrchestrator {
  readonly #options: RunOptions;

  constructor(options: RunOptions) {
    this.#options = options;
  }

  /** Sends and judges the cases, from starting the stores to stopping everything. See `planCases` for how to make them. */
  runFullIntegrationTest(cases: readonly RunCase[]): Promise<IntegrationTestResult> {
    return runCases(cases, this.#options);
  }

  /** Asks each store whether it is there; starts the embedded ones for as long as it takes. */
  async validateSystemReadiness(): Promise<SystemState> {
    await using teardown = new Teardown({ deadlineMs: 5_000, onTrouble: () => undefined });
    const { probes } = await openStores(this.#options.stores, {
      teardown,
      flows: [],
      onTrouble: () => undefined,
    });
    const stores = await new ServiceHealthValidator(probes).validateAll();
    return {
      ready: stores.every(({ state }) => state === 'healthy'),
      stores,
      observedAtUnixNano: this.#options.clock.now(),
    };
  }

  /** A request of a recorded run, judged again from its bundle. Throws TracecourtError `not-found`. */
  traceRequestFlow(requestId: string, run?: string): FoundCase {
    return findReplayed({ requestId, run, bundles: this.#options.bundles });
  }
}
