import { createHash } from 'node:crypto';
import {
  ACCOUNT,
  formatAccount,
  formatHandoff,
  REQUEST_ID,
  SENT,
  SEQUENCE_START,
  TRACESTATE_MEMBER,
} from '@tracecourt/instrumentation/wire-names';
import type { Attributes, AttributeValue, Span, SpanBatch, SpanKind } from '../../src/model/index.js';

/** What a test wants to say about a span; everything else gets a plain value. */
export interface SpanSpec {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly parentIsRemote?: boolean;
  readonly traceState?: string;
  readonly name?: string;
  readonly kind?: SpanKind;
  /** Milliseconds after {@link EPOCH}. Default 0. */
  readonly startMs?: number;
  /** Default 1. */
  readonly durationMs?: number;
  readonly error?: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly events?: readonly {
    readonly name: string;
    readonly attributes?: Readonly<Record<string, AttributeValue>>;
  }[];
  readonly links?: readonly LinkSpec[];
  readonly service?: string;
  readonly instance?: string;
}

export interface LinkSpec {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState?: string;
}

/** 2026-01-01T00:00:00Z in nanoseconds. */
export const EPOCH = 1_767_225_600_000_000_000n;

/** The moment `ms` milliseconds after {@link EPOCH}. */
export function at(ms: number): bigint {
  return EPOCH + BigInt(Math.round(ms * 1_000_000));
}

/** Ids that look random and are the same in every run. */
export function traceIdOf(name: string): string {
  return createHash('sha256').update(`trace ${name}`).digest('hex').slice(0, 32);
}

export function spanIdOf(name: string): string {
  return createHash('sha256').update(`span ${name}`).digest('hex').slice(0, 16);
}

export function attributesOf(values: Readonly<Record<string, AttributeValue>>): Attributes {
  return {
    get: (key) => (Object.hasOwn(values, key) ? values[key] : undefined),
    entries: () => Object.entries(values),
  };
}

export function buildSpan(spec: SpanSpec = {}): Span {
  const name = spec.name ?? 'work';
  const startUnixNano = at(spec.startMs ?? 0);
  return {
    traceId: spec.traceId ?? traceIdOf('default'),
    spanId: spec.spanId ?? spanIdOf(name),
    parentSpanId: spec.parentSpanId,
    traceState: spec.traceState ?? '',
    parentIsRemote: spec.parentSpanId === undefined ? undefined : (spec.parentIsRemote ?? false),
    name,
    kind: spec.kind ?? 'internal',
    startUnixNano,
    endUnixNano: startUnixNano + BigInt(Math.round((spec.durationMs ?? 1) * 1_000_000)),
    status: spec.error === undefined ? { code: 'unset', message: '' } : { code: 'error', message: spec.error },
    attributes: attributesOf(spec.attributes ?? {}),
    events: (spec.events ?? []).map((event) => ({
      name: event.name,
      timeUnixNano: startUnixNano,
      attributes: attributesOf(event.attributes ?? {}),
    })),
    links: (spec.links ?? []).map((link) => ({ traceState: '', ...link, attributes: attributesOf({}) })),
    resource: attributesOf({
      'service.name': spec.service ?? 'service',
      'service.instance.id': spec.instance ?? `${spec.service ?? 'service'}-1`,
    }),
    scopeName: 'test',
  };
}

export function batchOfSpans(spans: readonly Span[]): SpanBatch {
  return { length: spans.length, span: (index) => spans[index]!, anew: () => batchOfSpans(spans) };
}

/** What travels with a message or a call. */
export interface Header {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
}

/** A span of a {@link ToyProcess} that is still under way. */
export interface ToySpan {
  readonly spanId: string;
  readonly traceId: string;
}

interface ToyState extends ToySpan {
  spec: SpanSpec;
  sent: number;
  readonly sequence: number;
}

/**
 * A process that keeps the span ledger, in test terms: start spans, send from them, receive, and end the busy period, which
 * puts the account on its last span.
 *
 * ```
 * const web = new ToyProcess('web', { requestId: 'r-1' });
 * const root = web.start('GET /');
 * const orders = new ToyProcess('orders', { requestId: 'r-1' });
 * orders.receive(web.send(root), 'handle', { kind: 'server' });
 * const spans = [...orders.endPeriod(), ...web.endPeriod()];
 * ```
 */
export class ToyProcess {
  readonly #service: string;
  readonly #requestId: string | undefined;
  readonly #traceId: string;
  readonly #hasLedger: boolean;
  #spans: ToyState[] = [];
  #count = 0;

  constructor(
    service: string,
    options: { readonly requestId?: string; readonly traceId?: string; readonly hasLedger?: boolean } = {},
  ) {
    this.#service = service;
    this.#requestId = options.requestId;
    this.#traceId = options.traceId ?? traceIdOf('default');
    this.#hasLedger = options.hasLedger ?? true;
  }

  /** A span of its own, or below a local parent. */
  start(name: string, spec: SpanSpec & { readonly under?: ToySpan } = {}): ToySpan {
    const { under, ...rest } = spec;
    const parent = under ? { traceId: under.traceId, parentSpanId: under.spanId, parentIsRemote: false } : {};
    return this.#begin(name, { traceId: this.#traceId, ...parent, ...rest });
  }

  /** A span whose parent is the sender. */
  receive(header: Header, name: string, spec: SpanSpec = {}): ToySpan {
    const { traceId, spanId, traceState } = header;
    return this.#begin(name, { traceId, parentSpanId: spanId, parentIsRemote: true, traceState, ...spec });
  }

  /** A consumer span in a trace of its own that links the messages it works on. */
  consume(headers: readonly Header[], name: string, spec: SpanSpec = {}): ToySpan {
    return this.#begin(name, {
      traceId: traceIdOf(`${this.#service} ${name}`),
      kind: 'consumer',
      links: headers,
      ...spec,
    });
  }

  send(from: ToySpan): Header {
    const state = this.#spans.find(({ spanId }) => spanId === from.spanId)!;
    state.sent++;
    const member = `${TRACESTATE_MEMBER}=${formatHandoff({ spanId: state.spanId, n: state.sent })}`;
    return { traceId: state.traceId, spanId: state.spanId, traceState: this.#hasLedger ? member : '' };
  }

  /** Changes what a span says, as long as its period lasts. */
  amend(of: ToySpan, change: SpanSpec): void {
    const state = this.#spans.find(({ spanId }) => spanId === of.spanId)!;
    state.spec = { ...state.spec, ...change, attributes: { ...state.spec.attributes, ...change.attributes } };
  }

  /** The spans of the period, of which the last carries the account. The next span begins another period. */
  endPeriod(): Span[] {
    const states = this.#spans;
    this.#spans = [];
    const account = formatAccount({
      spans: states.length,
      sent: states.reduce((sum, { sent }) => sum + sent, 0),
      xor: xorOf(states.map(({ spanId }) => spanId)),
    });
    return states.map((state, i) => this.#finish(state, i === states.length - 1 ? account : undefined));
  }

  #begin(name: string, spec: SpanSpec): ToySpan {
    const sequence = ++this.#count;
    const spanId = spec.spanId ?? spanIdOf(`${this.#service} ${name} ${this.#requestId} ${sequence}`);
    const own = { name, spanId, service: this.#service };
    const state = { spanId, traceId: spec.traceId!, spec: { ...spec, ...own }, sent: 0, sequence };
    this.#spans.push(state);
    return state;
  }

  #finish({ spec, sent, sequence }: ToyState, account: string | undefined): Span {
    return buildSpan({
      ...spec,
      attributes: {
        ...spec.attributes,
        ...(this.#requestId === undefined ? {} : { [REQUEST_ID]: this.#requestId }),
        ...(this.#hasLedger ? { [SEQUENCE_START]: sequence } : {}),
        ...(this.#hasLedger && sent > 0 ? { [SENT]: sent } : {}),
        ...(this.#hasLedger && account !== undefined ? { [ACCOUNT]: account } : {}),
      },
    });
  }
}

function xorOf(spanIds: readonly string[]): string {
  const xor = spanIds.reduce((sum, id) => sum ^ BigInt(`0x${id}`), 0n);
  return xor.toString(16).padStart(16, '0');
}
