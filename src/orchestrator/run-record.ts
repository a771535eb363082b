import { join } from 'node:path';
import type { Clock } from '../lib/clock.js';
import type { RunEvent } from '../model/index.js';
import { multiplex, type Reporter } from '../report/index.js';
import { assemblerTimes } from './assembler-options.js';
import { type BundleWriter, createBundle } from './bundle-writer.js';
import { requestIdIn } from './run-id.js';
import type { RunCase } from './run-plan.js';
import type { UnstampedEvent } from './unstamped-event.js';

export interface RecordOptions {
  /** Folder that gets one folder a run. */
  readonly bundles: string;
  readonly rootQuietMs: number;
  readonly reporters: readonly Reporter[];
  readonly clock: Clock;
}

/** Where the events of a run go: to every reporter, its own bundle among them. */
export interface RunRecord {
  /** The folder of its bundle. */
  readonly bundle: string;
  /** Several that happen at once are written down at once. */
  readonly emit: (...events: readonly UnstampedEvent[]) => void;
  readonly warn: (message: string) => void;
  readonly recordInput: BundleWriter['recordInput'];
  readonly end: () => Promise<void>;
}

/** Throws TracecourtError `bundle-unwritable` when the folder can't be made. */
export function openRecord(run: string, cases: readonly RunCase[], options: RecordOptions): RunRecord {
  const bundle = createBundle(join(options.bundles, run), {
    run,
    assembler: assemblerTimes(cases, options.rootQuietMs),
    cases: cases.map(({ loaded, request, defects }, index) => ({
      requestId: requestIdIn(run, index),
      scenario: loaded.scenario.name,
      request: request.name,
      defects,
      flow: loaded.flow,
      status: request.http.status,
    })),
  });
  const stamp = (event: UnstampedEvent) => ({ ...event, at: options.clock.now() }) as RunEvent;
  const warn = (message: string) => emit({ type: 'notice', level: 'warning', message });
  const readers = multiplex([bundle, ...options.reporters], (message) => queueMicrotask(() => warn(message)));
  const emit = (...events: readonly UnstampedEvent[]) => readers.onEvents(events.map(stamp));
  let recording = true;
  return {
    bundle: bundle.directory,
    emit,
    warn,
    recordInput(input) {
      if (!recording) return;
      try {
        bundle.recordInput(input);
      } catch (error) {
        recording = false;
        warn(error instanceof Error ? error.message : String(error));
      }
    },
    end: async () => readers.end(),
  };
}
