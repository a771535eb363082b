/** The span ledger in front of the exporting span processor. */
import { type Attributes, type Context, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { harmless } from './harmless.js';
import { currentRequestId } from './request-id.js';
import { createLedger, type LedgerEntry, type SpanLedger } from './span-ledger.js';
import { ACCOUNT, formatAccount, REQUEST_ID, SENT, SEQUENCE_END, SEQUENCE_SENT, SEQUENCE_START } from './wire-names.js';

/** How long a request may be idle in this process before its account is made up. */
export const LINGER_MS = 5;

export interface LedgerProcessor extends SpanProcessor {
  /**
   * Counts a hand-off of the open span. Returns its number within the span, from 1; undefined if no such span is open in
   * this process.
   */
  handOff(spanId: string): number | undefined;
}

interface CountedSpan {
  readonly span: ReadableSpan;
  readonly requestId: string | undefined;
}

/**
 * Counts sampled spans and passes them on to `next`, each with its stamps, the last of a busy period with the account.
 *
 * - `next` gets copies: a span's own attributes are never touched after it ended, and no attribute limit is in the way.
 * - The end of a period flushes `next` at once. Flushes never overlap, whoever asks for them: what ends during one leaves together
 *   in the next, and so however many ask, no more than one export waits for its answer.
 * - Spans that are not sampled, or that never started here, pass uncounted.
 */
export function createLedgerProcessor(next: SpanProcessor): LedgerProcessor {
  return new CountingProcessor(next);
}

class CountingProcessor implements LedgerProcessor {
  readonly #next: SpanProcessor;
  readonly #ledger: SpanLedger<CountedSpan> = createLedger({ lingerMs: LINGER_MS });
  readonly #requestIds = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #nextFlush: Promise<void> | undefined;

  constructor(next: SpanProcessor) {
    this.#next = next;
  }

  onStart(span: Span, parentContext: Context): void {
    harmless('the start of a span', () => this.#next.onStart(span, parentContext));
    if (!isSampled(span)) return;
    const { spanId, traceId } = span.spanContext();
    const requestId = currentRequestId(parentContext);
    if (requestId !== undefined) {
      span.setAttribute(REQUEST_ID, requestId);
      this.#requestIds.set(spanId, requestId);
    }
    this.#passOn(this.#ledger.started(spanId, requestId ?? traceId));
  }

  onEnd(span: ReadableSpan): void {
    const { spanId } = span.spanContext();
    const requestId = this.#requestIds.get(spanId);
    this.#requestIds.delete(spanId);
    const leaving = this.#ledger.ended(spanId, { span, requestId }, performance.now());
    if (leaving) this.#passOn(leaving);
    else this.#hand(span);
    this.#armTimer();
  }

  handOff(spanId: string): number | undefined {
    return this.#ledger.sent(spanId);
  }

  /** Ends every period without an open span and waits until all that may leave has left. */
  async forceFlush(): Promise<void> {
    this.#passOn(this.#ledger.settle());
    await this.#flush();
  }

  async shutdown(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#passOn(this.#ledger.settle());
    await this.#flush().catch(() => undefined);
    await this.#next.shutdown();
  }

  #passOn(entries: readonly LedgerEntry<CountedSpan>[]): void {
    for (const entry of entries) this.#hand(stamped(entry));
  }

  /** The processors behind run within the call that ends a span, which is the service's. */
  #hand(span: ReadableSpan): void {
    harmless('the end of a span', () => this.#next.onEnd(span));
  }

  #armTimer(): void {
    const dueAt = this.#ledger.nextDue();
    if (this.#timer || dueAt === undefined) return;
    const wait = Math.max(1, Math.ceil(dueAt - performance.now()));
    this.#timer = setTimeout(() => this.#sweep(), wait).unref();
  }

  #sweep(): void {
    this.#timer = undefined;
    const leaving = this.#ledger.due(performance.now());
    this.#passOn(leaving);
    // A failed export is the exporter's to report; it must not reach the service as an unhandled rejection.
    if (leaving.length > 0) this.#flush().catch(() => undefined);
    this.#armTimer();
  }

  /** Ends when what is here by now has left. */
  #flush(): Promise<void> {
    if (this.#flushing === undefined) return this.#beginFlush();
    this.#nextFlush ??= this.#flushing.catch(() => undefined).then(() => this.#beginFlush());
    return this.#nextFlush;
  }

  /** A flush that somebody waits for keeps the place of the one before it: nobody begins another in between. */
  #beginFlush(): Promise<void> {
    this.#nextFlush = undefined;
    this.#flushing = (async () => this.#next.forceFlush())().finally(() => {
      if (this.#nextFlush === undefined) this.#flushing = undefined;
    });
    return this.#flushing;
  }
}

function isSampled(span: Span): boolean {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

function stamped({ span: counted, stamps, account }: LedgerEntry<CountedSpan>): ReadableSpan {
  const { span, requestId } = counted;
  const attributes: Attributes = { ...span.attributes, [SEQUENCE_START]: stamps.start, [SEQUENCE_END]: stamps.end };
  if (stamps.sent.length > 0) {
    attributes[SENT] = stamps.sent.length;
    attributes[SEQUENCE_SENT] = [...stamps.sent];
  }
  if (account) attributes[ACCOUNT] = formatAccount(account);
  // Said again, so that the id seen is the id counted under, whatever the service set since.
  if (requestId !== undefined) attributes[REQUEST_ID] = requestId;
  return copyWith(span, attributes);
}

/** Field by field, which costs less than spreading the parts: this runs for every span. */
function copyWith(span: ReadableSpan, attributes: Attributes): ReadableSpan {
  const copy: { -readonly [Key in keyof ReadableSpan]: ReadableSpan[Key] } = {
    name: span.name,
    kind: span.kind,
    spanContext: () => span.spanContext(),
    startTime: span.startTime,
    endTime: span.endTime,
    status: span.status,
    attributes,
    links: span.links,
    events: span.events,
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
  if (span.parentSpanContext) copy.parentSpanContext = span.parentSpanContext;
  return copy;
}
