import type { Accounting, Handoff, MissingParent, ProcessAccount } from '../../src/model/index.js';
import { compare } from '../adjust/index.js';
import { type AccountBook, isRoot } from './accounting.js';
import type { SpanFacts } from './span-facts.js';

/** Hand-offs of one span that are listed at most; the accounts still count them all. */
const MAX_LISTED_PER_SPAN = 100;

/** What the accounts say about a request's spans; `ownSpans` are those that it does not share with another request. */
export function accountingOf(
  book: AccountBook,
  spans: { readonly all: readonly SpanFacts[]; readonly own: readonly SpanFacts[] },
  originIds: ReadonlySet<string>,
): Accounting {
  return {
    processes: processAccounts(spans.own),
    unsettled: unsettledHandoffs(book, spans.all),
    missingParents: missingParents(book, spans.all, originIds),
  };
}

/** Sums per process; a process that sets no instance id is told apart by its service's name alone. */
export function processAccounts(spans: readonly SpanFacts[]): readonly ProcessAccount[] {
  const processes = new Map<string, { -readonly [K in keyof ProcessAccount]: ProcessAccount[K] }>();
  for (const { service, instanceId, account } of spans) {
    const id = processKey(service, instanceId);
    const process = processes.get(id) ?? { service, instanceId, spansHeld: 0, spansCounted: undefined };
    processes.set(id, process);
    process.spansHeld++;
    if (account) process.spansCounted = (process.spansCounted ?? 0) + account.spans;
  }
  return [...processes.entries()].sort(([a], [b]) => compare(a, b)).map(([, process]) => process);
}

/**
 * True when a process that keeps a ledger holds back: its accounts do not cover its spans, in number or by their ids, or
 * nobody's account came yet. Guesses wait for it.
 */
export function hasOpenAccount(spans: readonly SpanFacts[]): boolean {
  const processes = new Map<string, { ledger: boolean; ahead: number; sent: number; xor: bigint }>();
  for (const facts of spans) {
    const id = `${processKey(facts.service, facts.instanceId)}\n${facts.key}`;
    const process = processes.get(id) ?? { ledger: false, ahead: 0, sent: 0, xor: 0n };
    processes.set(id, process);
    process.ledger ||= facts.hasLedger;
    process.ahead += 1 - (facts.account?.spans ?? 0);
    process.sent += facts.sent - (facts.account?.sent ?? 0);
    process.xor ^= BigInt(`0x${facts.spanId}`) ^ BigInt(`0x${facts.account?.xor ?? '0'}`);
  }
  return [...processes.values()].some(
    ({ ledger, ahead, sent, xor }) => ledger && (ahead !== 0 || sent !== 0 || xor !== 0n),
  );
}

function processKey(service: string, instanceId: string): string {
  return `${service}\n${instanceId}`;
}

export function unsettledHandoffs(book: AccountBook, spans: readonly SpanFacts[]): readonly Handoff[] {
  const unsettled: Handoff[] = [];
  for (const sender of spans) {
    const listed = Math.min(sender.sent, MAX_LISTED_PER_SPAN);
    for (let n = 1; n <= listed; n++) {
      if (book.isSettled(sender, n)) continue;
      const receipts = book.receipts(sender.spanId, n).length;
      unsettled.push({ spanId: sender.spanId, n, service: sender.service, peer: sender.peer, receipts });
    }
  }
  return unsettled.sort((a, b) => compare(a.spanId, b.spanId) || a.n - b.n);
}

/** A parent that the sender did not call local, and that no process has sent. */
export function missingParents(
  book: AccountBook,
  spans: readonly SpanFacts[],
  originIds: ReadonlySet<string>,
): readonly MissingParent[] {
  const missing: MissingParent[] = [];
  for (const { spanId, parentSpanId, parentIsRemote, service } of spans) {
    if (parentSpanId === undefined || parentIsRemote === false || originIds.has(parentSpanId)) continue;
    if (!book.span(parentSpanId)) missing.push({ spanId, parentSpanId, service });
  }
  return missing.sort((a, b) => compare(a.spanId, b.spanId));
}

/** True when nothing is known to be missing but receipts: the root ended, every parent is held, every account is closed. */
export function looksFinished(
  book: AccountBook,
  spans: { readonly all: readonly SpanFacts[]; readonly own: readonly SpanFacts[] },
  originIds: ReadonlySet<string>,
): boolean {
  const hasRoot = spans.own.some(
    (facts) => isRoot(facts) || (facts.parentSpanId !== undefined && originIds.has(facts.parentSpanId)),
  );
  if (!hasRoot || hasOpenAccount(spans.own)) return false;
  return spans.all.every(
    ({ parentSpanId }) => parentSpanId === undefined || originIds.has(parentSpanId) || book.span(parentSpanId),
  );
}
