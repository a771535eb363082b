import type { IncomingMessage, ServerResponse } from 'node:http';
import { toJson } from '../src/lib/json.js';
import { PROMETHEUS_CONTENT_TYPE } from '../src/lib/prometheus-text.js';
import type { AssembledRequest, Span, StepMatcher } from '../src/model/index.js';
import type { RequestSummary } from './assembler/index.js';
import { send } from './http/status-reply.js';
import { pathOf } from './otlp-http-source.js';
import { toOtlpJson } from './otlp-json.js';
import { plainTrace } from './plain-span.js';
import { matchersOfOwnSteps, nameSteps } from './steps.js';

/** What the API reads; it changes nothing. */
export interface Readable {
  snapshot(requestId: string): AssembledRequest | undefined;
  list(): readonly RequestSummary[];
  trace(traceId: string): readonly Span[];
}

export interface QueryApiOptions {
  /** What makes spans steps. Default: the steps that spans name themselves. */
  readonly matchers?: readonly StepMatcher[];
  /** False while the collector must not be sent anything. */
  readonly isReady: () => boolean;
  /** What Prometheus is told. */
  readonly metrics: () => string;
}

/** Answers when the path is one of its own; false otherwise. */
export type QueryApi = (request: IncomingMessage, response: ServerResponse) => boolean;

type Answer = { readonly status: number } & ({ readonly json: unknown } | { readonly metrics: string });

const REQUEST = '/api/requests/';
const TRACE = '/api/v3/traces/';

/**
 * `GET /api/requests`, `/api/requests/{requestId}`, `/api/v3/traces/{traceId}` (in the form of Jaeger's v3 API), `/healthz` and
 * `/readyz`, in JSON with times as decimal text; and `/metrics` as Prometheus reads them.
 */
export function createQueryApi(collector: Readable, options: QueryApiOptions): QueryApi {
  return (request, response) => {
    const answer = answerTo(pathOf(request), collector, options);
    if (!answer) return false;
    if (request.method === 'GET' || request.method === 'HEAD') reply(response, answer);
    else reply(response, error(405, 'This can only be read: use GET.'), { allow: 'GET, HEAD' });
    return true;
  };
}

function answerTo(path: string, collector: Readable, options: QueryApiOptions): Answer | undefined {
  if (path === '/healthz') return { status: 200, json: { status: 'ok' } };
  if (path === '/readyz') return readiness(options.isReady());
  if (path === '/metrics') return { status: 200, metrics: options.metrics() };
  if (path === '/api/requests') return { status: 200, json: { requests: collector.list() } };
  if (path.startsWith(REQUEST)) return requestAnswer(path.slice(REQUEST.length), collector, options.matchers);
  if (path.startsWith(TRACE)) return traceAnswer(path.slice(TRACE.length), collector);
  return undefined;
}

function readiness(isReady: boolean): Answer {
  return isReady ? { status: 200, json: { status: 'ready' } } : { status: 503, json: { status: 'stopping' } };
}

function requestAnswer(segment: string, collector: Readable, matchers: readonly StepMatcher[] | undefined): Answer {
  const requestId = decodedId(segment);
  if (requestId === undefined) return error(400, 'That is no request id.');
  const request = collector.snapshot(requestId);
  if (!request) return error(404, `No span of request ${requestId} is held.`);
  return { status: 200, json: plainTrace(nameSteps(request, matchers ?? matchersOfOwnSteps(request))) };
}

const TRACE_ID = /^[0-9a-f]{32}$/i;

function traceAnswer(segment: string, collector: Readable): Answer {
  if (!TRACE_ID.test(segment)) return jaegerError(400, 'A trace id has 32 hex digits.');
  const spans = collector.trace(segment.toLowerCase());
  if (spans.length === 0) return jaegerError(404, 'No traces found');
  return { status: 200, json: { result: toOtlpJson(spans) } };
}

/** Printable, of a sensible length, and one path segment: anything else is no id that a request can have. */
const REQUEST_ID = /^[^\p{C}/\\]{1,256}$/u;

function decodedId(segment: string): string | undefined {
  try {
    const id = decodeURIComponent(segment);
    return REQUEST_ID.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

function error(status: number, message: string): Answer {
  return { status, json: { error: { code: status, message } } };
}

function jaegerError(status: number, message: string): Answer {
  return { status, json: { error: { httpCode: status, message } } };
}

function reply(response: ServerResponse, answer: Answer, headers: Readonly<Record<string, string>> = {}): void {
  const content =
    'metrics' in answer
      ? { contentType: PROMETHEUS_CONTENT_TYPE, body: answer.metrics }
      : { contentType: 'application/json', body: toJson(answer.json) };
  send(response, { status: answer.status, ...content, headers });
}
