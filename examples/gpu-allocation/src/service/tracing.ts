import { context, createContextKey, ProxyTracerProvider, trace } from '@opentelemetry/api';

/** The key under which the SDK looks for the wish to be left alone. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** Does the work without leaving a span, as code that no instrumentation knows. */
export function untraced<T>(work: () => Promise<T>): Promise<T> {
  return context.with(context.active().setValue(SUPPRESS_TRACING, true), work);
}

/** Sends the spans that are still here; does nothing when tracing is off. */
export async function flushTracing(): Promise<void> {
  const provider = trace.getTracerProvider();
  const sdk = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
  await (sdk as { forceFlush?: () => Promise<void> }).forceFlush?.();
}
