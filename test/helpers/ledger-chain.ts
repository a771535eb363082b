import { type Context, defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { contextWithRequestId, startTracing, type Tracing } from '@tracecourt/instrumentation';

/** Three services with ledgers of their own in this very process, each of which hands its work on to the next. */
export interface LedgerChain extends AsyncDisposable {
  /** Passes a request through all three. */
  handle(requestId: string): void;
  /** Sends all ended spans. */
  flush(): Promise<void>;
}

/** Names of the spans of one request, in the order in which they end. */
export const SPANS_OF_A_REQUEST = ['order', 'charge', 'ship'] as const;

/** The services' exporters send to this address; each service ends its span before the next one begins its own. */
export function startLedgerChain(endpoint: string): LedgerChain {
  const services = SPANS_OF_A_REQUEST.map((name) => ({
    name,
    tracing: startTracing({ serviceName: `${name}-service`, endpoint, global: false, instrumentations: false }),
  }));
  return {
    handle(requestId) {
      let headers: Record<string, string> = {};
      for (const [index, { name, tracing }] of services.entries()) {
        const arrived = index === 0 ? contextWithRequestId(requestId, ROOT_CONTEXT) : extract(tracing, headers);
        headers = work({ name, tracing, isLast: index === services.length - 1 }, arrived);
      }
    },
    flush: async () => void (await Promise.all(services.map(({ tracing }) => tracing.flush()))),
    [Symbol.asyncDispose]: async () => void (await Promise.all(services.map(({ tracing }) => tracing.shutdown()))),
  };
}

interface Work {
  readonly name: string;
  readonly tracing: Tracing;
  readonly isLast: boolean;
}

/** One span, and the headers of its hand-off. */
function work({ name, tracing, isLast }: Work, arrived: Context): Record<string, string> {
  const span = tracing.tracer.startSpan(name, {}, arrived);
  const headers: Record<string, string> = {};
  if (!isLast) tracing.propagator.inject(trace.setSpan(arrived, span), headers, defaultTextMapSetter);
  span.end();
  return headers;
}

function extract({ propagator }: Tracing, headers: Record<string, string>): Context {
  return propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
}
