import type { CompletionReason } from '../src/model/index.js';

/** What a source has counted since it started. */
export interface SourceCounts {
  /** What it takes, for a label: `otlp-http`, or `own-process`. */
  readonly source: string;
  /** Bytes of export bodies, inflated. */
  readonly bytesReceived: number;
  /** Spans of the exports that could be decoded: those taken, and those refused. */
  readonly spansReceived: number;
  /** Spans that can never be taken, and spans that were sent when none could be. */
  readonly spansRefused: { readonly invalid: number; readonly busy: number };
  /** Answers by HTTP status; none where nothing goes by HTTP. */
  readonly answers: ReadonlyMap<number, number>;
}

/** What an assembler has counted since it was made. All spans ever taken are held, or let go. */
export interface AssemblerCounts {
  readonly spansHeld: number;
  /** Held once, and let go with their request. */
  readonly spansLetGo: number;
  /** Came again while they were held. */
  readonly spansRepeated: number;
  /** Bytes received for the spans held. */
  readonly bytesHeld: number;
  readonly requestsHeld: number;
  readonly requestsOpen: number;
  /** Words spoken about requests, by their reason: the first about each, and revisions. */
  readonly completed: Readonly<Record<CompletionReason, { readonly first: number; readonly later: number }>>;
}
