import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { contextWithRequestId, createLedgerProcessor, createLedgerPropagator } from '@tracecourt/instrumentation';

export interface BenchTracing {
  readonly tracer: Tracer;
  /** Spans that were started so far. */
  readonly started: () => number;
  /** Runs the work under an open span of a request, as a service does. */
  readonly inRequest: (work: () => Promise<void>) => Promise<void>;
}

/** As `startTracing` sets it up, with an exporter that drops what it gets. */
export function startBenchTracing(): BenchTracing {
  const ledger = createLedgerProcessor(
    new BatchSpanProcessor({ exporter: DROPPING, scheduledDelayMillis: 250, maxQueueSize: 16_384 }),
  );
  let started = 0;
  const counting = { ...NOTHING, onStart: () => void started++ };
  const provider = new TracerProvider({ spanProcessors: [counting, ledger] });
  const tracer = provider.getTracer('bench');
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    createLedgerPropagator({
      inner: new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
      handOff: (spanId) => ledger.handOff(spanId),
      tracer: () => tracer,
    }),
  );
  let requests = 0;
  return {
    tracer,
    started: () => started,
    inRequest: (work) => {
      requests += 1;
      return inSpan(tracer, contextWithRequestId(`bench-${requests}`, ROOT_CONTEXT), work);
    },
  };
}

async function inSpan(tracer: Tracer, parent: Context, work: () => Promise<void>): Promise<void> {
  const span = tracer.startSpan('request', {}, parent);
  await context.with(trace.setSpan(parent, span), work);
  span.end();
}

const NOTHING = {
  onEnd: () => undefined,
  shutdown: async () => undefined,
  forceFlush: async () => undefined,
};

const DROPPING: SpanExporter = { ...NOTHING, export: (_, done) => done({ code: 0 }) };

/** What a service would write by hand. */
export function byHand<R>(
  tracer: Tracer,
  { name, ...options }: SpanOptions & { readonly name: string },
  work: (span: Span) => Promise<R>,
): Promise<R> {
  return tracer.startActiveSpan(name, options, async (span) => {
    try {
      return await work(span);
    } finally {
      span.end();
    }
  });
}

/** Headers of a hand-off, as they would be made by hand. */
export function headersByHand<H extends Record<string, string>>(own: H): Record<string, string> {
  const headers = { ...own };
  propagation.inject(context.active(), headers);
  return headers;
}
