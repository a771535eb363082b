import { msToNanos } from '../../src/lib/clock.js';
import type { HandoffDeclarations } from '../../src/model/index.js';
import { NO_DECLARATIONS } from './accounting-rules.js';

/** How long to wait and how much to hold. Times in milliseconds. */
export interface AssemblerOptions {
  /** Quiet time after which a request that looks finished is called so. Default 500. */
  readonly rootQuietMs?: number;
  /** Quiet time after which any request is. Default 5,000. */
  readonly idleMs?: number;
  /** Longest time a request stays open. Default 60,000. */
  readonly deadlineMs?: number;
  /** How long a request is kept after completion, for late spans and readers. Default 600,000. */
  readonly retentionMs?: number;
  /** Spans per request. Default 50,000. */
  readonly maxSpans?: number;
  /** Bytes received per request. Default 64 MiB. */
  readonly maxBytes?: number;
  /** Spans held in all; more are refused until some are let go. Default 2,000,000. */
  readonly maxHeldSpans?: number;
  readonly handoffs?: HandoffDeclarations;
  /** Attributes that tie traces together which nothing else does. */
  readonly correlation?: readonly string[];
}

/** The same, complete, with times in nanoseconds. */
export interface AssemblerSettings {
  readonly rootQuiet: bigint;
  readonly idle: bigint;
  readonly deadline: bigint;
  readonly retention: bigint;
  readonly maxSpans: number;
  readonly maxBytes: number;
  readonly maxHeldSpans: number;
  readonly handoffs: HandoffDeclarations;
  readonly correlation: readonly string[];
}

export function settingsOf(options: AssemblerOptions): AssemblerSettings {
  return {
    rootQuiet: msToNanos(options.rootQuietMs ?? 500),
    idle: msToNanos(options.idleMs ?? 5_000),
    deadline: msToNanos(options.deadlineMs ?? 60_000),
    retention: msToNanos(options.retentionMs ?? 600_000),
    maxSpans: options.maxSpans ?? 50_000,
    maxBytes: options.maxBytes ?? 64 * 1024 * 1024,
    maxHeldSpans: options.maxHeldSpans ?? 2_000_000,
    handoffs: options.handoffs ?? NO_DECLARATIONS,
    correlation: options.correlation ?? [],
  };
}
