/** The official http and undici instrumentations: work under a parent, and no noise from health checks. */
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';

const HEALTH_CHECKS = new Set(['/healthz', '/livez', '/readyz']);

/**
 * SERVER spans for requests that come in, CLIENT spans for requests made under a span.
 *
 * A health check (`/healthz`, `/livez`, `/readyz`) that carries no trace is no request of a workflow, and gets no span.
 */
export function createHttpInstrumentation(): HttpInstrumentation {
  return new HttpInstrumentation({
    requireParentforOutgoingSpans: true,
    ignoreIncomingRequestHook: ({ url, headers }) =>
      headers['traceparent'] === undefined && HEALTH_CHECKS.has((url ?? '').split('?', 1)[0] ?? ''),
  });
}

/** CLIENT spans for `fetch` and undici, under a span only. */
export function createFetchInstrumentation(): UndiciInstrumentation {
  return new UndiciInstrumentation({ requireParentforSpans: true });
}
