import type { AttributeValue, Span } from './span.js';
import type { SpanColumns } from './span-columns.js';

/** Why a request was called complete. `accounted` is a proof; the others are guesses or limits, and say so. */
export const COMPLETION_REASONS = [
  'accounted',
  'flow-closed',
  'root-quiet',
  'quiet',
  'deadline',
  'span-limit',
  'byte-limit',
  'shutdown',
] as const;
export type CompletionReason = (typeof COMPLETION_REASONS)[number];

export type CompletionStatus = 'open' | 'complete' | 'incomplete';

/**
 * One request as it left the assembler: all its spans, across trace ids, without duplicates.
 *
 * The order of `spans` MUST depend on the spans alone, never on their arrival: by start, then span id.
 */
export interface AssembledRequest {
  readonly requestId: string;
  /** 1 for the first word spoken about the request; a late span makes the next. */
  readonly revision: number;
  readonly completionStatus: CompletionStatus;
  /** Present unless open. */
  readonly completedBy: CompletionReason | undefined;
  readonly traceIds: readonly string[];
  readonly spans: readonly Span[];
  readonly accounting: Accounting;
  readonly joins: readonly Join[];
  /** Spans new in this revision; empty for revision 1. */
  readonly lateSpanIds: readonly string[];
  /** What the spans say in numbers, for who judges many requests. Whoever finds none can work them out. */
  readonly columns?: SpanColumns;
}

/** What the accounts say about the request, as evidence for its verdict. */
export interface Accounting {
  /** One entry a process (`service.instance.id`) that sent spans or accounts of the request. */
  readonly processes: readonly ProcessAccount[];
  /** Hand-offs that no receipt settled. */
  readonly unsettled: readonly Handoff[];
  /** Remote parents that are not held, by span id of the child. */
  readonly missingParents: readonly MissingParent[];
  /** Spans that came and could not be taken. Which steps they were nobody knows. */
  readonly unread?: readonly UnreadSpans[];
}

export interface UnreadSpans {
  readonly count: number;
  /** Why, as the end of "n spans were not read: ". */
  readonly because: string;
}

export interface ProcessAccount {
  readonly service: string;
  readonly instanceId: string;
  readonly spansHeld: number;
  /** What its accounts add up to; undefined when no account came (a process without a ledger, or one whose account was lost). */
  readonly spansCounted: number | undefined;
}

export interface Handoff {
  readonly spanId: string;
  /** The n-th hand-off of that span, from 1. */
  readonly n: number;
  readonly service: string;
  /** Whom the sender named: address, topic or peer service; empty when it named nobody. */
  readonly peer: string;
  /** Receipts that came all the same: of failed attempts, or too few of them. Absent: not known. */
  readonly receipts?: number;
}

export interface MissingParent {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly service: string;
}

/** Why two traces are one request, in the order of trust. */
export interface Join {
  readonly traceId: string;
  readonly to: string;
  readonly by: 'request-id' | 'link' | 'correlation';
  /** True when the join is no proof (correlation attributes). */
  readonly guess: boolean;
}

/** All that is known of one request, with its steps named. */
export interface WorkflowTrace {
  readonly requestId: string;
  readonly revision: number;
  readonly completionStatus: CompletionStatus;
  readonly completedBy: CompletionReason | undefined;
  /** Earliest start and latest end of its spans. */
  readonly startTime: bigint;
  readonly endTime: bigint;
  /** By start time, then span id. */
  readonly steps: readonly TraceStep[];
  /** The step that started last. */
  readonly currentStep: string | undefined;
  readonly traceIds: readonly string[];
  readonly spans: readonly Span[];
  readonly accounting: Accounting;
  readonly joins: readonly Join[];
  readonly lateSpanIds: readonly string[];
}

export type StepStatus = 'ok' | 'error' | 'unset';

/** One occurrence of a named step: one span of the request. */
export interface TraceStep {
  readonly stepName: string;
  /** Other steps whose matchers fit the same span, in the order of the matchers; usually none. */
  readonly alsoFits: readonly string[];
  /** The service that did it. */
  readonly component: string;
  readonly spanId: string;
  readonly startTime: bigint;
  readonly endTime: bigint;
  /** What the step was given and gave back, when its wrapper was told to capture it. */
  readonly input: AttributeValue | undefined;
  readonly output: AttributeValue | undefined;
  readonly status: StepStatus;
  readonly errorDetails: string | undefined;
  /** Each try of the step: several only where the flow declares `attempts`. */
  readonly attempts: readonly StepAttempt[];
}

export interface StepAttempt {
  readonly spanId: string;
  readonly startTime: bigint;
  readonly endTime: bigint;
  readonly status: StepStatus;
}
