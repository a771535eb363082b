/** Who makes the spans, and by which version of the conventions their attributes are named. */
import { type Tracer, type TracerProvider, trace } from '@opentelemetry/api';

export const INSTRUMENTATION_NAME = '@tracecourt/instrumentation';
export const INSTRUMENTATION_VERSION = '0.1.0';
export const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.45.0';

const tracers = new WeakMap<TracerProvider, Tracer>();

/** The tracer of this package, from the global provider unless another one is given. To ask a provider costs more than a span may. */
export function packageTracer(provider: TracerProvider = trace.getTracerProvider()): Tracer {
  const known = tracers.get(provider);
  if (known) return known;
  const tracer = provider.getTracer(INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION, { schemaUrl: SCHEMA_URL });
  tracers.set(provider, tracer);
  return tracer;
}
