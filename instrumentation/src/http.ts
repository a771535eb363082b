/** The official http and undici instrumentations: work under a parent, and no noise from those who watch. */
import { IncomingMessage, type ServerResponse } from 'node:http';
import { context, type Span } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { recordError } from './record-error.js';

/** What those ask for who watch a service, again and again. */
const WATCHED = new Set(['/healthz', '/livez', '/metrics', '/readyz']);

/**
 * SERVER spans for requests that come in, CLIENT spans for requests made under a span.
 *
 * A health check (`/healthz`, `/livez`, `/readyz`) or a scrape (`/metrics`) that carries no trace is no request of a workflow, and
 * gets no span.
 */
export function createHttpInstrumentation(): HttpInstrumentation {
  return new HttpInstrumentation({
    requireParentforOutgoingSpans: true,
    // The export of spans above all, which is a request too.
    ignoreOutgoingRequestHook: () => isTracingSuppressed(context.active()),
    ignoreIncomingRequestHook: ({ url, headers }) =>
      headers['traceparent'] === undefined && WATCHED.has((url ?? '').split('?', 1)[0] ?? ''),
    responseHook: (span, response) => {
      if (response instanceof IncomingMessage) tellOfBrokenAnswer(span, response);
    },
    applyCustomAttributesOnSpan: (span, _request, response) => nameFailure(span, response),
  });
}

interface Answer extends IncomingMessage {
  readonly req?: NodeJS.EventEmitter;
}

/** The instrumentation ends the span of a call whose answer breaks off at the request's `close`, as if all were well. */
function tellOfBrokenAnswer(span: Span, answer: Answer): void {
  answer.req?.prependListener('close', () => {
    if (answer.errored) recordError(span, answer.errored);
  });
}

function nameFailure(span: Span, response: IncomingMessage | ServerResponse): void {
  const { statusCode = 0 } = response;
  const failsFrom = response instanceof IncomingMessage ? 400 : 500;
  if (statusCode >= failsFrom) span.setAttribute('error.type', String(statusCode));
}

/** CLIENT spans for `fetch` and undici, under a span only. */
export function createFetchInstrumentation(): UndiciInstrumentation {
  return new UndiciInstrumentation({ requireParentforSpans: true });
}
