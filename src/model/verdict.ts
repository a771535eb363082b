import type { Finding } from './finding.js';
import type { StoreName } from './observation.js';
import type { StoreFailureKind } from './store-failure.js';
import type { CompletionReason } from './trace.js';

/** What a check came to. Combined, `fail` beats `unknown` beats `pass`: see {@link worseOutcome}. */
export const OUTCOMES = ['pass', 'unknown', 'fail'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a case came to that was not checked: not asked for, could not run, or broken by a defect of ours. */
export const UNCHECKED = ['skipped', 'blocked', 'error'] as const;
export type Unchecked = (typeof UNCHECKED)[number];

export type CaseStatus = Outcome | Unchecked;

/** The last word on one revision of one request. */
export interface Verdict {
  readonly requestId: string;
  readonly revision: number;
  readonly flow: string;
  readonly outcome: Outcome;
  readonly completedBy: CompletionReason | undefined;
  /** Violations, most telling first. Each has its own cause. */
  readonly findings: readonly Finding[];
  /** Violations that another finding already explains, kept for whoever wants the whole. */
  readonly consequences: readonly Consequence[];
  /** Why the verdict is unknown, or what it would have been unknown for had nothing been violated. */
  readonly reasons: readonly UnknownReason[];
  /** How much of the required order was proven. */
  readonly strength: Strength;
  /** Remarks that change nothing: unknown steps under `unexpected: report`, clock facts dropped. */
  readonly notes: readonly string[];
}

export interface Consequence {
  readonly finding: Finding;
  /** Index into `findings`, or the code of the reason, that explains it. */
  readonly explainedBy: number | UnknownReasonCode;
}

export interface Strength {
  readonly required: number;
  readonly proven: number;
  readonly undecided: number;
}

/** Reasons why nothing can be said for sure. */
export const UNKNOWN_REASONS = [
  'telemetry-lost',
  'incomplete',
  'nothing-to-check',
  'store-unreachable',
  'clocks-contradict',
  'causes-contradict',
  'ambiguous-step',
  'too-ambiguous',
  'undecided',
] as const;
export type UnknownReasonCode = (typeof UNKNOWN_REASONS)[number];

export type UnknownReason =
  | {
      readonly code: 'telemetry-lost';
      /** The process that lost spans or the one that was never heard of. */
      readonly service: string;
      readonly instanceId: string | undefined;
      /** Spans or receipts that are missing. */
      readonly count: number;
      readonly detail: 'spans-missing' | 'no-receipt' | 'missing-parent' | 'unread';
      /** The span that waits for them: the sender's, or the orphaned child. */
      readonly spanId: string | undefined;
      /** For `no-receipt`: who sent. */
      readonly sender: string | undefined;
      /** For `unread`: why the spans that came were not read. */
      readonly because?: string;
      /** Steps that are not called missing because of it; told once, with the first of these reasons. */
      readonly mayHide?: readonly string[];
    }
  | {
      readonly code: 'incomplete';
      /** Undefined while the request is open. */
      readonly completedBy: CompletionReason | undefined;
      readonly awaited: readonly string[];
    }
  | { readonly code: 'nothing-to-check' }
  | {
      readonly code: 'store-unreachable';
      readonly store: StoreName;
      readonly address: string;
      readonly effect: string;
      readonly kind: StoreFailureKind;
      /** What was seen, as the rest of a sentence that begins with the address. */
      readonly reason: string;
      readonly nextStep: string;
    }
  | { readonly code: 'clocks-contradict'; readonly spanIds: readonly string[]; readonly services: readonly string[] }
  | { readonly code: 'causes-contradict'; readonly spanIds: readonly string[] }
  /** More ways to read the request as a run of the flow than were looked at. */
  | { readonly code: 'too-ambiguous'; readonly states: number }
  | {
      readonly code: 'ambiguous-step';
      readonly spanId: string;
      readonly steps: readonly string[];
      /** How many ways to read the request were tried, where there are more and those agree. */
      readonly tried?: number;
    }
  | {
      readonly code: 'undecided';
      readonly about: 'order' | 'condition' | 'rule' | 'budget' | 'invariant' | 'expression' | 'effect';
      readonly steps: readonly string[];
      readonly detail: string;
    };

/** The worse of two: fail > unknown > pass. */
export function worseOutcome(a: Outcome, b: Outcome): Outcome {
  return OUTCOMES.indexOf(a) >= OUTCOMES.indexOf(b) ? a : b;
}

/** Of no outcomes at all the worst is `unknown`: nothing was checked. */
export function worstOutcome(outcomes: readonly Outcome[]): Outcome {
  return outcomes.length === 0 ? 'unknown' : outcomes.reduce(worseOutcome);
}
