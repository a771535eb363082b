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

export type RunEventType = RunEvent['type'];
export type RunEventOf<T extends RunEventType> = Extract<RunEvent, { readonly type: T }>;
