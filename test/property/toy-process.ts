import { createLedger, type LedgerEntry, type SpanLedger } from '@tracecourt/instrumentation/span-ledger';
import {
  ACCOUNT,
  formatAccount,
  formatHandoff,
  RELAY_SPAN_NAME,
  REQUEST_ID,
  SENT,
  SEQUENCE_END,
  SEQUENCE_START,
  TRACESTATE_MEMBER,
} from '@tracecourt/instrumentation/wire-names';
import type { AttributeValue, SpanKind, SpanLink } from '../../src/model/index.js';
import { attributesOf } from '../helpers/spans.js';
import type { Random } from './random.js';

export const LINGER_MS = 5;

/**
 * What travels with work, within a process or between two. The last two are the truth that no process knows: a bit for each
 * request that the work is for.
 */
export interface ToyContext {
  readonly traceId: string;
  readonly spanId: string | undefined;
  readonly traceState: string;
  readonly isRemote: boolean;
  /** The request id in baggage. */
  readonly requestId: string | undefined;
  /** Requests that are not complete without it. */
  readonly requests: number;
  /** Those, and the ones for which it was tried in vain: an attempt that fails before a redelivery leaves no trace in any account. */
  readonly touches: number;
}

export interface ToySpan {
  readonly context: ToyContext;
  readonly process: ToyProcess;
  readonly spanId: string;
  readonly parent: ToyContext;
  readonly name: string;
  readonly kind: SpanKind;
  readonly links: readonly SpanLink[];
  readonly attributes: Record<string, AttributeValue>;
  readonly startMs: number;
  endMs: number;
  error: string | undefined;
}

export interface SpanStart {
  readonly kind?: SpanKind;
  readonly name?: string;
  readonly links?: readonly ToyContext[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** An ended span that left its process; `period` numbers what left together. */
export interface ExportedSpan {
  readonly span: ToySpan;
  readonly key: string;
  readonly period: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface ToyProcessOptions {
  readonly name: string;
  readonly service: string;
  /** False: an OpenTelemetry process as anybody runs it. */
  readonly hasLedger: boolean;
  /** False: its exporter does not say whether a parent is remote. */
  readonly tellsRemote: boolean;
  readonly random: Random;
  readonly onExport: (exported: ExportedSpan) => void;
}

/** One process: the real ledger, and round it what the span processor and the propagator do with it. */
export class ToyProcess {
  readonly options: ToyProcessOptions;
  readonly resource;
  readonly #ledger: SpanLedger<ToySpan> | undefined;
  readonly #open = new Set<ToySpan>();
  readonly #periodOf = new Map<string, number>();
  #isDown = false;

  constructor(options: ToyProcessOptions) {
    this.options = options;
    this.resource = attributesOf({ 'service.name': options.service, 'service.instance.id': options.name });
    this.#ledger = options.hasLedger ? createLedger({ lingerMs: LINGER_MS }) : undefined;
  }

  get hasLedger(): boolean {
    return this.options.hasLedger;
  }

  /** True once {@link crash} was called: whatever it was doing never happened for anybody. */
  get isDown(): boolean {
    return this.#isDown;
  }

  /**
   * True while a span of the context's key is open on which its requests rest: work that starts then is counted in the same busy
   * period.
   */
  isBusyWith(context: ToyContext): boolean {
    const key = keyOf(context);
    const restOn = ({ requests }: ToyContext): boolean => (requests & context.requests) === context.requests;
    return [...this.#open].some((span) => keyOf(span.context) === key && restOn(span.context));
  }

  start(parent: ToyContext, now: number, start: SpanStart = {}): ToySpan {
    const spanId = this.options.random.hex(16);
    const links = (start.links ?? []).map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId ?? '',
      traceState: link.traceState,
      attributes: NO_ATTRIBUTES,
    }));
    const span: ToySpan = {
      context: { ...parent, spanId, isRemote: false },
      process: this,
      spanId,
      parent,
      name: start.name ?? 'work',
      kind: start.kind ?? 'internal',
      links,
      attributes: { ...start.attributes },
      startMs: now,
      endMs: now,
      error: undefined,
    };
    this.#open.add(span);
    this.#passOn(this.#ledger?.started(spanId, keyOf(parent)));
    return span;
  }

  end(span: ToySpan, now: number): void {
    if (this.#isDown || !this.#open.delete(span)) return;
    span.endMs = now;
    if (this.#ledger) this.#passOn(this.#ledger.ended(span.spanId, span, now));
    else this.#exportPlain(span);
  }

  /** The header that a client would send: a hand-off of the open span, or of a relay span if there is none. */
  inject(context: ToyContext, now: number): ToyContext {
    if (!this.#ledger) return { ...context, isRemote: true };
    const n = context.spanId === undefined || context.isRemote ? undefined : this.#ledger.sent(context.spanId);
    if (n !== undefined) return header(context, n);
    const relay = this.start(context, now, { name: RELAY_SPAN_NAME });
    const sent = header(relay.context, this.#ledger.sent(relay.spanId) ?? 0);
    this.end(relay, now);
    return sent;
  }

  nextDue(): number | undefined {
    return this.#ledger?.nextDue();
  }

  sweep(now: number): void {
    this.#passOn(this.#ledger?.due(now));
  }

  /** Dies with everything that it had not yet passed on. */
  crash(): void {
    this.#isDown = true;
  }

  #passOn(entries: readonly LedgerEntry<ToySpan>[] | undefined): void {
    if (this.#isDown) return;
    for (const { span, key, stamps, account } of entries ?? []) {
      const attributes: Record<string, AttributeValue> = {
        ...span.attributes,
        [SEQUENCE_START]: stamps.start,
        [SEQUENCE_END]: stamps.end,
      };
      if (stamps.sent.length > 0) attributes[SENT] = stamps.sent.length;
      if (account) attributes[ACCOUNT] = formatAccount(account);
      if (span.context.requestId !== undefined) attributes[REQUEST_ID] = span.context.requestId;
      this.options.onExport({ span, key, period: this.#periodName(key, account !== undefined), attributes });
    }
  }

  #exportPlain(span: ToySpan): void {
    const { traceId: key } = span.context;
    this.options.onExport({ span, key, period: this.#periodName(key, true), attributes: span.attributes });
  }

  #periodName(key: string, isLast: boolean): string {
    const period = this.#periodOf.get(key) ?? 0;
    if (isLast) this.#periodOf.set(key, period + 1);
    return `${this.options.name} ${key} ${period}`;
  }
}

const NO_ATTRIBUTES = attributesOf({});

export function keyOf({ requestId, traceId }: ToyContext): string {
  return requestId ?? traceId;
}

function header(context: ToyContext, n: number): ToyContext {
  const traceState = `${TRACESTATE_MEMBER}=${formatHandoff({ spanId: context.spanId ?? '', n })},other=1`;
  return { ...context, traceState, isRemote: true };
}
