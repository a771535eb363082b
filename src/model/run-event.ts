import type { FlowCoverage } from './coverage.js';
import type { Finding } from './finding.js';
import type { ServerIdentity, StoreObservation } from './observation.js';
import type { CompletionReason } from './trace.js';
import type { Verdict } from './verdict.js';

/**
 * Everything that happens in a run, in order. JSON-able; `at` is nanoseconds since the Unix epoch. All outputs are made from
 * this stream alone. Fields are only ever added.
 */
export type RunEvent = { readonly at: bigint } & (
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly bundle: string | undefined;
      readonly scenarios: readonly string[];
    }
  | { readonly type: 'store-ready'; readonly server: ServerIdentity }
  | { readonly type: 'collector-ready'; readonly http: string }
  | {
      readonly type: 'service-ready';
      readonly service: string;
      readonly pid: number;
      readonly tookMs: number;
      /** Where it serves, if it said so. */
      readonly http: string | undefined;
    }
  | {
      readonly type: 'service-exited';
      readonly service: string;
      readonly exit: string;
      readonly lastLines: readonly string[];
    }
  | {
      readonly type: 'request-sent';
      readonly scenario: string;
      readonly request: string;
      readonly requestId: string;
      readonly defects: readonly string[];
    }
  | {
      readonly type: 'request-answered';
      readonly requestId: string;
      readonly status: number | undefined;
      readonly error: string | undefined;
      readonly tookMs: number;
    }
  | {
      readonly type: 'request-completed';
      readonly requestId: string;
      readonly revision: number;
      readonly completedBy: CompletionReason;
      readonly spans: number;
      readonly processes: number;
      /** When the last of its spans ended, as its process read it. */
      readonly endTime: bigint;
    }
  /** The request is open, and no span that may still come can repair it. Its verdict follows when it is complete. */
  | {
      readonly type: 'failed-early';
      readonly requestId: string;
      readonly flow: string;
      /** What is violated for good, most telling first. */
      readonly findings: readonly Finding[];
      readonly spans: number;
      /** Since it was sent. */
      readonly openMs: number;
    }
  /** The request is open, and nothing of it was heard for a while. */
  | {
      readonly type: 'awaiting';
      readonly requestId: string;
      readonly awaited: readonly Awaited[];
      /** Since its last span, or its answer, came. */
      readonly quietMs: number;
      readonly spans: number;
      readonly lastSeen: { readonly step: string; readonly service: string } | undefined;
    }
  | {
      readonly type: 'store-observed';
      readonly requestId: string;
      readonly revision: number;
      readonly observation: StoreObservation;
    }
  | {
      readonly type: 'verdict-reached';
      readonly scenario: string;
      readonly request: string;
      readonly verdict: Verdict;
      readonly durationMs: number;
    }
  | {
      readonly type: 'verdict-revised';
      readonly requestId: string;
      readonly verdict: Verdict;
      readonly lateSpanIds: readonly string[];
    }
  /** What of a flow the run's requests exercised; one for each flow, when all are judged. */
  | { readonly type: 'flow-covered'; readonly coverage: FlowCoverage }
  | { readonly type: 'notice'; readonly level: 'info' | 'warning'; readonly message: string }
  | {
      readonly type: 'run-ended';
      readonly run: string;
      readonly exitCode: number;
      readonly durationMs: number;
      /** What kept the run from going on to its end. */
      readonly failure: { readonly code: string; readonly message: string; readonly nextStep: string } | undefined;
    }
);

/**
 * What an open request waits for, and since when: its `answer`; a `step` by its name; `spans` of the service named; a `receipt` of what was handed to the one named;
 * or the `caller` of the service named.
 */
export interface Awaited {
  readonly what: 'answer' | 'step' | 'spans' | 'receipt' | 'caller';
  /** Empty for the answer. */
  readonly name: string;
  readonly sinceMs: number;
}

export type RunEventType = RunEvent['type'];
export type RunEventOf<T extends RunEventType> = Extract<RunEvent, { readonly type: T }>;
