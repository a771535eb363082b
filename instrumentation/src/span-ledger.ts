/**
 * Counts, for every request that this process works on, the spans it started and the hand-offs it made, so that the
 * receiving side can prove that it has them all.
 *
 * A *busy period* of a key begins when the first span of that key starts and ends when no span of it has been open for the
 * linger. The span that ended last is held back for that long, because it carries the account of the period:
 *
 *     span A  ├──────────────────┤
 *     span B       ├─────────┤          linger
 *     period  ├──────────────────┼─────────────┤  A leaves, with the account of A and B
 *
 * Nothing is remembered beyond the end of a period: accounts of several periods of one key add up.
 *
 * Pure: time is an argument, in milliseconds of any monotonic clock, and nothing is done but telling what to pass on. A
 * span is known by its id alone; `S` is whatever the caller wants back when the span may leave.
 */
import type { Account } from './wire-names.js';

/** Places of a span's start, end and hand-offs in the order of everything that this ledger saw. */
export interface SequenceStamps {
  readonly start: number;
  readonly end: number;
  /** One entry for each hand-off, in order. */
  readonly sent: readonly number[];
}

/** An ended span that may leave the process, with all that is to be said about it. */
export interface LedgerEntry<S> {
  readonly span: S;
  readonly spanId: string;
  readonly key: string;
  readonly stamps: SequenceStamps;
  /** Present on the last span of a busy period, and only there. */
  readonly account: Account | undefined;
}

export interface SpanLedger<S> {
  /**
   * A span of the key starts. Returns the spans that are no longer the last of their period: pass them on.
   *
   * MUST be called once for each span, before anything else about it.
   */
  started(spanId: string, key: string): readonly LedgerEntry<S>[];
  /**
   * The open span hands work to another process. Returns how many times it has done so, this time included; undefined, and
   * nothing is counted, if no such span is open here.
   */
  sent(spanId: string): number | undefined;
  /** True while the span has started and not ended. */
  isOpen(spanId: string): boolean;
  /**
   * A span ends. Returns what may leave at once: nothing if the span is the last one open of its key, for then it is held.
   *
   * Undefined for a span that never started here: it is not counted, and is the caller's to deal with.
   */
  ended(spanId: string, span: S, now: number): readonly LedgerEntry<S>[] | undefined;
  /** Ends every period whose linger is over at `now`: its last span leaves with the account. */
  due(now: number): readonly LedgerEntry<S>[];
  /** Ends every period in which no span is open, whatever its linger. */
  settle(): readonly LedgerEntry<S>[];
  /** When the next period will be due; undefined while none is waiting. */
  nextDue(): number | undefined;
  /** Keys that are remembered: those with a busy period. */
  readonly size: number;
}

interface Period<S> {
  readonly key: string;
  open: number;
  spans: number;
  sent: number;
  xorHigh: number;
  xorLow: number;
  held: LedgerEntry<S> | undefined;
  dueAt: number;
}

interface OpenSpan<S> {
  readonly period: Period<S>;
  readonly start: number;
  readonly sent: number[];
}

interface State<S> {
  readonly lingerMs: number;
  sequence: number;
  readonly periods: Map<string, Period<S>>;
  readonly openSpans: Map<string, OpenSpan<S>>;
  /** Periods with no open span, in the order in which they fall due: the linger is the same for all. */
  readonly resting: Set<Period<S>>;
}

/** An empty ledger. `lingerMs` is how long the last span of a key is held in case another one starts. */
export function createLedger<S>({ lingerMs }: { readonly lingerMs: number }): SpanLedger<S> {
  const state: State<S> = {
    lingerMs,
    sequence: 0,
    periods: new Map(),
    openSpans: new Map(),
    resting: new Set(),
  };
  return {
    started: (spanId, key) => start(state, spanId, key),
    sent: (spanId) => send(state, spanId),
    isOpen: (spanId) => state.openSpans.has(spanId),
    ended: (spanId, span, now) => end(state, spanId, { span, now }),
    due: (now) => closeWhere(state, (period) => period.dueAt <= now),
    settle: () => closeWhere(state, () => true),
    nextDue: () => firstOf(state.resting)?.dueAt,
    get size() {
      return state.periods.size;
    },
  };
}

function start<S>(state: State<S>, spanId: string, key: string): readonly LedgerEntry<S>[] {
  const period = state.periods.get(key) ?? newPeriod<S>(state, key);
  period.open += 1;
  period.spans += 1;
  period.xorHigh ^= Number.parseInt(spanId.slice(0, 8), 16);
  period.xorLow ^= Number.parseInt(spanId.slice(8, 16), 16);
  state.openSpans.set(spanId, { period, start: nextSequence(state), sent: [] });
  return wake(state, period);
}

function newPeriod<S>(state: State<S>, key: string): Period<S> {
  const period: Period<S> = { key, open: 0, spans: 0, sent: 0, xorHigh: 0, xorLow: 0, held: undefined, dueAt: 0 };
  state.periods.set(key, period);
  return period;
}

/** A resting period goes on: the span it held is not its last. */
function wake<S>(state: State<S>, period: Period<S>): readonly LedgerEntry<S>[] {
  const { held } = period;
  if (!held) return [];
  period.held = undefined;
  state.resting.delete(period);
  return [held];
}

function send<S>(state: State<S>, spanId: string): number | undefined {
  const span = state.openSpans.get(spanId);
  if (!span) return undefined;
  span.period.sent += 1;
  return span.sent.push(nextSequence(state));
}

function end<S>(
  state: State<S>,
  spanId: string,
  { span, now }: { readonly span: S; readonly now: number },
): readonly LedgerEntry<S>[] | undefined {
  const opened = state.openSpans.get(spanId);
  if (!opened) return undefined;
  state.openSpans.delete(spanId);
  const { period, start: startSequence, sent } = opened;
  const stamps = { start: startSequence, end: nextSequence(state), sent };
  const entry = { span, spanId, key: period.key, stamps, account: undefined };
  period.open -= 1;
  if (period.open > 0) return [entry];
  period.held = entry;
  period.dueAt = now + state.lingerMs;
  state.resting.add(period);
  return [];
}

function closeWhere<S>(state: State<S>, isOver: (period: Period<S>) => boolean): readonly LedgerEntry<S>[] {
  const leaving: LedgerEntry<S>[] = [];
  for (const period of state.resting) {
    if (!isOver(period)) break;
    state.resting.delete(period);
    state.periods.delete(period.key);
    if (period.held) leaving.push({ ...period.held, account: accountOf(period) });
  }
  return leaving;
}

function accountOf<S>({ spans, sent, xorHigh, xorLow }: Period<S>): Account {
  return { spans, sent, xor: hex(xorHigh) + hex(xorLow) };
}

function hex(bits: number): string {
  return (bits >>> 0).toString(16).padStart(8, '0');
}

function nextSequence<S>(state: State<S>): number {
  state.sequence += 1;
  return state.sequence;
}

function firstOf<T>(set: ReadonlySet<T>): T | undefined {
  return set.values().next().value;
}
