import { context, createContextKey, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { currentTracing } from '@tracecourt/instrumentation';

/** Where the SDK looks for the wish to be left alone. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** Does the work without leaving a span, like code that no instrumentation knows. */
export function untraced<T>(work: () => Promise<T>): Promise<T> {
  return context.with(context.active().setValue(SUPPRESS_TRACING, true), work);
}

/** Does the work with the request's baggage and without the span that asked for it, like a queue that carries the one alone. */
export function withBaggageAlone<T>(work: () => Promise<T>): Promise<T> {
  const baggage = propagation.getActiveBaggage();
  return context.with(baggage ? propagation.setBaggage(ROOT_CONTEXT, baggage) : ROOT_CONTEXT, work);
}

/** Sends the spans that are still here; does nothing when tracing is off. */
export async function flushTracing(): Promise<void> {
  await currentTracing()?.flush();
}
