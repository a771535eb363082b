/** Who makes the spans, and by which version of the conventions their attributes are named. */
import { type Tracer, type TracerProvider, trace } from '@opentelemetry/api';

export const INSTRUMENTATION_NAME = '@tracecourt/instrumentation';
export const INSTRUMENTATION_VERSION = '0.1.0';
export const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.45.0';

/** The tracer of this package, from the global provider unless another one is given. */
export function packageTracer(provider: TracerProvider = trace.getTracerProvider()): Tracer {
  return provider.getTracer(INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION, { schemaUrl: SCHEMA_URL });
}
