import {
  type Context,
  context,
  type TracerProvider as ProviderApi,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type TextMapPropagator,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { createLedgerProcessor, createLedgerPropagator } from '@tracecourt/instrumentation';

/**
 * - `working`: as `startTracing` sets it up.
 * - `broken inside`: what the ledger stands in front of throws: the processors behind it, the propagator within it.
 * - `broken tracer`: no span can be started.
 * - `broken spans`: spans can be started, and everything that is said to them throws.
 */
export const MODES = ['working', 'broken inside', 'broken tracer', 'broken spans'] as const;
export type Mode = (typeof MODES)[number];

/** Which spans were started, and which of them have ended. */
export class SpanWatch implements SpanProcessor {
  readonly #started: string[] = [];
  readonly #open = new Set<string>();
  readonly names: string[] = [];

  onStart(span: Span & { readonly name?: string }): void {
    const { spanId } = span.spanContext();
    this.#started.push(spanId);
    this.#open.add(spanId);
    this.names.push(span.name ?? '');
  }

  onEnd(span: Pick<Span, 'spanContext'>): void {
    this.#open.delete(span.spanContext().spanId);
  }

  mark(): number {
    return this.#started.length;
  }

  since(mark: number): readonly string[] {
    return this.#started.slice(mark);
  }

  open(spans: readonly string[] = this.#started): readonly string[] {
    return spans.filter((id) => this.#open.has(id));
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

export interface InProcessTracing extends Disposable {
  readonly spans: SpanWatch;
  readonly provider: ProviderApi;
  /** A context with an open span, in which calls are traced. */
  readonly parent: Context;
}

/** Tracing for this process, until it is disposed of. */
export function startInProcess(mode: Mode): InProcessTracing {
  const spans = new SpanWatch();
  const ledger = createLedgerProcessor(mode === 'broken inside' ? BROKEN_PROCESSOR : new SpanWatch());
  const working = new TracerProvider({ spanProcessors: [spans, ledger] });
  const provider = mode === 'broken tracer' || mode === 'broken spans' ? brokenProvider(mode) : working;
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const propagator = createLedgerPropagator({
    inner: mode === 'broken inside' ? BROKEN_PROPAGATOR : new W3CTraceContextPropagator(),
    handOff: (spanId) => ledger.handOff(spanId),
    tracer: () => working.getTracer('relay'),
  });
  propagation.setGlobalPropagator(propagator);
  const parent = trace.setSpan(ROOT_CONTEXT, working.getTracer('laws').startSpan('parent'));
  return {
    spans,
    provider,
    parent,
    [Symbol.dispose]: () => {
      trace.getSpan(parent)?.end();
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

function fail(): never {
  throw new Error('tracing is broken');
}

const BROKEN_PROCESSOR: SpanProcessor = { onStart: fail, onEnd: fail, forceFlush: fail, shutdown: fail };
const BROKEN_PROPAGATOR: TextMapPropagator = { inject: fail, extract: fail, fields: () => [] };

function brokenProvider(mode: 'broken tracer' | 'broken spans'): ProviderApi {
  const startSpan = mode === 'broken tracer' ? fail : brokenSpan;
  return { getTracer: () => ({ startSpan, startActiveSpan: fail }) };
}

function brokenSpan(): Span {
  const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED };
  return {
    spanContext: () => spanContext,
    isRecording: () => true,
    setAttribute: fail,
    setAttributes: fail,
    addEvent: fail,
    addLink: fail,
    addLinks: fail,
    setStatus: fail,
    updateName: fail,
    recordException: fail,
    end: fail,
  };
}
