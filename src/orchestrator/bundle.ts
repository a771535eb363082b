import type { CompiledFlow } from '../model/index.js';

/** The files of a run's bundle, `.tracecourt/runs/<run>/`. */
export const BUNDLE_FILES = {
  /** One JSON object: {@link StoredHeader}. */
  header: 'run.json',
  /** A line for each input of the assembler: bytes received with arrival times, ticks, closes. */
  inputs: 'inputs.ndjson',
  /** A line for each run event, store observations and verdicts among them. */
  events: 'events.ndjson',
} as const;

export const BUNDLE_VERSION = 2;

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

/** A header as it is written: each flow once, and for each case the place of its own. */
export interface StoredHeader extends Omit<BundleHeader, 'cases'> {
  readonly version: number;
  readonly flows: readonly CompiledFlow[];
  readonly cases: readonly StoredCase[];
}

type StoredCase = Omit<BundledCase, 'flow'> & { readonly flow: number };

export function toStoredHeader({ cases, ...rest }: BundleHeader): StoredHeader {
  const flows = [...new Set(cases.map(({ flow }) => flow))];
  const stored = cases.map((bundled) => ({ ...bundled, flow: flows.indexOf(bundled.flow) }));
  return { version: BUNDLE_VERSION, ...rest, flows, cases: stored };
}

/** What the assembler was told about time, in milliseconds. */
export interface AssemblerTimes {
  readonly rootQuietMs: number;
  readonly idleMs: number;
  readonly deadlineMs: number;
}
