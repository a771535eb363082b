import { defaultTextMapSetter, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Tracing } from '@tracecourt/instrumentation';
import { REQUEST_ID } from '@tracecourt/instrumentation/wire-names';
import type { Collector } from '../../collectors/index.js';
import { timeLimit } from '../lib/time-limit.js';
import type { HttpTrigger } from '../model/index.js';
import { openHttpConnections } from './ask-over-http.js';
import { exportWithin } from './export-within.js';

/** What came back, or why nothing did. */
export interface Answer {
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly tookMs: number;
}

export interface Sending {
  readonly requestId: string;
  readonly trigger: HttpTrigger;
  /** Baggage besides the request id. */
  readonly baggage: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Hangs up when it aborts: nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * Sends requests as an ordinary instrumented process: it opens the root span, hands the request over, ends the root when the
 * answer is there, and accounts for it. So the collector can prove completion from the very first hop.
 */
export interface RequestSender extends AsyncDisposable {
  /** Never rejects: a request that got no answer is an answer of its own. */
  send(sending: Sending): Promise<Answer>;
}

const SENDER = 'tracecourt';

/** Its spans go to `exportTo`, or straight to `collector` if that is in this process. */
export function createRequestSender(exportTo: string, collector?: Pick<Collector, 'take'>): RequestSender {
  const started = startSenderTracing(exportTo, collector);
  const connections = openHttpConnections();

  async function send({ requestId, trigger, baggage, timeoutMs, signal }: Sending): Promise<Answer> {
    const tracing = await started;
    const url = new URL(trigger.url);
    const entries = Object.entries({ [REQUEST_ID]: requestId, ...baggage });
    const outside = propagation.setBaggage(
      ROOT_CONTEXT,
      propagation.createBaggage(Object.fromEntries(entries.map(([key, value]) => [key, { value }]))),
    );
    const span = tracing.tracer.startSpan(
      trigger.method,
      {
        kind: SpanKind.CLIENT,
        attributes: {
          'http.request.method': trigger.method,
          'url.full': `${url.origin}${url.pathname}`,
          'server.address': url.hostname,
          'server.port': Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
        },
      },
      outside,
    );
    const headers: Record<string, string> = { ...trigger.headers };
    tracing.propagator.inject(trace.setSpan(outside, span), headers, defaultTextMapSetter);
    using limit = timeLimit(timeoutMs, signal);
    const startedAt = performance.now();
    const reply = await connections.ask(trigger, headers, limit.signal).then(
      (status) => ({ status, error: undefined }),
      (error: unknown) => ({ status: undefined, error: reasonOf(error, limit.signal) }),
    );
    const answer = { ...reply, tookMs: performance.now() - startedAt };
    if (answer.status !== undefined) span.setAttribute('http.response.status_code', answer.status);
    if (answer.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: answer.error });
    span.end();
    await tracing.flush();
    return answer;
  }

  return {
    send,
    async [Symbol.asyncDispose]() {
      connections[Symbol.dispose]();
      await (await started)[Symbol.asyncDispose]();
    },
  };
}

/** The SDK takes longer to load than a recorded request to judge: only who sends requests waits for it. */
async function startSenderTracing(exportTo: string, collector?: Pick<Collector, 'take'>): Promise<Tracing> {
  const { startTracing } = await import('@tracecourt/instrumentation');
  return startTracing({
    serviceName: SENDER,
    endpoint: exportTo,
    global: false,
    instrumentations: false,
    ...(collector && { wrapExporter: (exporter) => exportWithin(exporter, collector) }),
  });
}

/** An abort hides why; of several addresses that were tried, only the single errors tell it. */
function reasonOf(error: unknown, { aborted, reason }: AbortSignal): string {
  const said: unknown = aborted ? reason : error;
  const cause: unknown = said instanceof AggregateError ? said.errors[0] : said;
  return cause instanceof Error ? cause.message : String(cause);
}
