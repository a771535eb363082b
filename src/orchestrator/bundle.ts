import type { CompiledFlow } from '../model/index.js';

/** The files of a run's bundle, `.tracecourt/runs/<run>/`. */
export const BUNDLE_FILES = {
  /** One JSON object: {@link BundleHeader}. */
  header: 'run.json',
  /** A line for each input of the assembler: bytes received with arrival times, ticks, closes. */
  inputs: 'inputs.ndjson',
  /** A line for each run event, store observations and verdicts among them. */
  events: 'events.ndjson',
} as const;

export const BUNDLE_VERSION = 1;

/** What must be known of a run besides its inputs and events to judge it again. */
export interface BundleHeader {
  readonly run: string;
  readonly cases: readonly BundledCase[];
  readonly assembler: AssemblerTimes;
}

export interface BundledCase {
  readonly requestId: string;
  readonly scenario: string;
  readonly request: string;
  readonly defects: readonly string[];
  readonly flow: CompiledFlow;
  /** Status codes that the scenario expects of the answer. */
  readonly status: readonly number[];
}

/** What the assembler was told about time, in milliseconds. */
export interface AssemblerTimes {
  readonly rootQuietMs: number;
  readonly idleMs: number;
  readonly deadlineMs: number;
}
