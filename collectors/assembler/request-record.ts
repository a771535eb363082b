import type { CompletionReason, CompletionStatus } from '../../src/model/index.js';
import { NO_CONTENT, type RequestContent } from './request-content.js';

/** What the assembler remembers of one request. */
export interface RequestRecord {
  readonly requestId: string;
  content: RequestContent;
  status: CompletionStatus;
  completedBy: CompletionReason | undefined;
  /** Revisions spoken so far. */
  revision: number;
  /** Spans that were in the last revision spoken. */
  spoken: ReadonlySet<string>;
  /** Spans that the last revision added. */
  lateIds: ReadonlySet<string>;
  /** When its first span came, or the first one after a completion. */
  openedAt: bigint;
  lastAt: bigint;
  completedAt: bigint;
  /** The next word about it unless something happens before. */
  next: { readonly at: bigint; readonly reason: CompletionReason } | undefined;
  outgrew: 'span-limit' | 'byte-limit' | undefined;
}

export function newRecord(requestId: string, now: bigint): RequestRecord {
  return {
    requestId,
    content: NO_CONTENT,
    status: 'open',
    completedBy: undefined,
    revision: 0,
    spoken: new Set(),
    lateIds: new Set(),
    openedAt: now,
    lastAt: now,
    completedAt: 0n,
    next: undefined,
    outgrew: undefined,
  };
}

/** `quiet` and the limits leave something that is known to be missing; the others leave nothing that is. */
export function statusAfter(reason: CompletionReason): CompletionStatus {
  switch (reason) {
    case 'accounted':
    case 'flow-closed':
    case 'root-quiet':
      return 'complete';
    case 'quiet':
    case 'deadline':
    case 'span-limit':
    case 'byte-limit':
    case 'shutdown':
      return 'incomplete';
    default:
      return reason satisfies never;
  }
}

export function withoutAll(ids: ReadonlySet<string>, known: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...ids].filter((id) => !known.has(id)));
}
