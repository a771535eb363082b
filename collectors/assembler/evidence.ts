import type { Accounting, Handoff, MissingParent, ProcessAccount } from '../../src/model/index.js';
import { compare } from '../adjust/index.js';
import { type AccountBook, isCoveredBy } from './accounting.js';
import type { Origin } from './accounting-rules.js';
import { type RequestContent, unitsIn } from './request-content.js';
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
  for (const { process: named, account } of spans) {
    const { id, service, instanceId } = named;
    let process = processes.get(id);
    if (!process) {
      process = { service, instanceId, spansHeld: 0, spansCounted: undefined };
      processes.set(id, process);
    }
    process.spansHeld++;
    if (account) process.spansCounted = (process.spansCounted ?? 0) + account.spans;
  }
  return [...processes.entries()].sort(([a], [b]) => compare(a, b)).map(([, process]) => process);
}

export function unsettledHandoffs(book: AccountBook, spans: readonly SpanFacts[]): readonly Handoff[] {
  const unsettled: Handoff[] = [];
  for (const sender of spans) {
    const listed = Math.min(sender.sent, MAX_LISTED_PER_SPAN);
    for (let n = 1; n <= listed; n++) {
      if (book.isSettled(sender, n)) continue;
      const receipts = book.receipts(sender.spanId, n).length;
      unsettled.push({ spanId: sender.spanId, n, service: sender.process.service, peer: sender.peer, receipts });
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
  for (const { spanId, parentSpanId, parentIsRemote, process } of spans) {
    if (parentSpanId === undefined || parentIsRemote === false || originIds.has(parentSpanId)) continue;
    if (!book.span(parentSpanId)) missing.push({ spanId, parentSpanId, service: process.service });
  }
  return missing.sort((a, b) => compare(a.spanId, b.spanId));
}

/** True when nothing is known to be missing but receipts: the root ended, every parent is held, every account is closed. */
export function looksFinished(book: AccountBook, content: RequestContent, origins: readonly Origin[]): boolean {
  const units = unitsIn(content, book);
  if (units.some(({ hasOpenAccount }) => hasOpenAccount)) return false;
  if (!units.some(({ hasRoot }) => hasRoot) && !hasCallOf(origins, book, content)) return false;
  const isHeld = (id: string) => book.span(id) !== undefined || origins.some(({ parentSpanId }) => parentSpanId === id);
  return (
    units.every(({ absentParents }) => isCoveredBy(absentParents, origins)) &&
    [...content.shared].every(({ parentSpanId }) => parentSpanId === undefined || isHeld(parentSpanId))
  );
}

function hasCallOf(origins: readonly Origin[], book: AccountBook, { units }: RequestContent): boolean {
  return origins.some(({ parentSpanId }) => [...book.children(parentSpanId)].some(({ key }) => units.has(key)));
}
