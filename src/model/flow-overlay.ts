import type { Finding } from './finding.js';
import type { Outcome } from './verdict.js';

/** How a step of a flow stands in one request. */
export const STEP_STATES = ['expected', 'done', 'missing', 'violated', 'unexpected'] as const;
export type StepState = (typeof STEP_STATES)[number];

/** One request, laid over its flow. */
export interface FlowOverlay {
  readonly requestId: string;
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
  /** Why it is unknown, a sentence each. */
  readonly reasons: readonly string[];
  /** The leaves that happened, and those that findings are about. */
  readonly leaves: readonly OverlaidLeaf[];
  /** What happened and has no leaf. */
  readonly strays: readonly OverlaidLeaf[];
}

/** A leaf of one of the flow's orders. */
export interface OverlaidLeaf {
  /** The step inside of which the order is; undefined for the flow's own. */
  readonly inside: string | undefined;
  /** The way to the leaf from the root: indexes of parts, joined by dots. */
  readonly leaf: string;
  readonly step: string;
  readonly state: StepState;
  /** How often it happened. */
  readonly times: number;
  /** From the request's start to the first of its occurrences; undefined if there is none. */
  readonly startMs: number | undefined;
  /** From the first of its occurrences to the end of the last. */
  readonly durationMs: number | undefined;
  /** Indexes of the findings that are about it. */
  readonly findings: readonly number[];
}
