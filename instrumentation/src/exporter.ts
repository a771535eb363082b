/** Sends spans to the collector: a short retry, and one clear word when it cannot be reached. */
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { convertLegacyHttpOptions } from '@opentelemetry/otlp-exporter-base/node-http';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { deliver } from './deliver.js';
import { type Destination, openDestination } from './post.js';
import { describeError, warnOnce } from './warn.js';

/** Time for one export with all its retries. */
const EXPORT_TIMEOUT_MS = 3000;

/** The body of an answer that has nothing to say. */
const EMPTY = '{}';

/**
 * OTLP over HTTP: JSON, or protobuf if OTEL_EXPORTER_OTLP_PROTOCOL is `http/protobuf`. `endpoint` is a base URL; without one, the
 * standard environment variables say where. They also say headers, compression and certificates.
 *
 * How many exports are under way is for the caller to limit.
 */
export function createExporter(endpoint: string | undefined): SpanExporter {
  const format = FORMATS[configuredProtocol() === 'http/protobuf' ? 'protobuf' : 'json'];
  const url = endpoint === undefined ? {} : { url: `${endpoint.replace(/\/+$/, '')}/v1/traces` };
  const options = convertLegacyHttpOptions(url, 'TRACES', 'v1/traces', { 'Content-Type': format.contentType });
  let destination: Promise<Destination> | undefined;
  const inner = sending(format, () => (destination ??= openDestination(options)));
  return reporting(inner, endpoint ?? configuredEndpoint());
}

interface Format {
  readonly contentType: string;
  readonly serializer: typeof JsonTraceSerializer;
}

const FORMATS: Readonly<Record<'json' | 'protobuf', Format>> = {
  json: { contentType: 'application/json', serializer: JsonTraceSerializer },
  protobuf: { contentType: 'application/x-protobuf', serializer: ProtobufTraceSerializer },
};

function configuredProtocol(): string | undefined {
  const { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: traces, OTEL_EXPORTER_OTLP_PROTOCOL: base } = process.env;
  return traces || base;
}

function configuredEndpoint(): string {
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces, OTEL_EXPORTER_OTLP_ENDPOINT: base } = process.env;
  return traces || base || 'http://localhost:4318';
}

function sending({ serializer }: Format, open: () => Promise<Destination>): SpanExporter {
  const underWay = new Set<Promise<void>>();
  const send = async (spans: ReadableSpan[]): Promise<ExportResult> => {
    const body = serializer.serializeRequest(spans);
    if (!body) return failed(new Error('the spans cannot be written as OTLP'));
    const delivery = await deliver(await open(), body, { withinMs: EXPORT_TIMEOUT_MS });
    if (delivery.outcome !== 'delivered') return failed(delivery.error);
    if (delivery.answer.length > EMPTY.length) tellOfRefused(serializer.deserializeResponse(delivery.answer));
    return { code: ExportResultCode.SUCCESS };
  };
  const flush = async () => void (await Promise.all(underWay));
  return {
    export: (spans, done) => {
      const sent = send(spans).catch(failed).then(done);
      underWay.add(sent);
      void sent.finally(() => underWay.delete(sent));
    },
    forceFlush: flush,
    shutdown: flush,
  };
}

function failed(error: unknown): ExportResult {
  return { code: ExportResultCode.FAILED, error: error instanceof Error ? error : new Error(String(error)) };
}

/** A collector may take an export and leave out spans that it cannot use. */
function tellOfRefused({ partialSuccess }: ReturnType<Format['serializer']['deserializeResponse']>): void {
  const { rejectedSpans, errorMessage } = partialSuccess ?? {};
  if (!Number(rejectedSpans)) return;
  warnOnce('refused spans', `the collector left out ${rejectedSpans} spans (${errorMessage ?? 'it does not say why'})`);
}

/** The same exporter; its first failure is told on standard error. */
export function reporting(inner: SpanExporter, endpoint: string): SpanExporter {
  return {
    export: (spans: ReadableSpan[], done: (result: ExportResult) => void) =>
      inner.export(spans, (result) => {
        if (result.code === ExportResultCode.FAILED) tell(endpoint, spans.length, result.error);
        done(result);
      }),
    shutdown: () => inner.shutdown(),
    forceFlush: async () => inner.forceFlush?.(),
  };
}

function tell(endpoint: string, spans: number, error: unknown): void {
  warnOnce(
    'export',
    `cannot deliver spans to ${withoutCredentials(endpoint)} (${describeError(error)}): ${spans} spans are lost, and more may be. ` +
      'The service goes on. Start the collector there, or set OTEL_EXPORTER_OTLP_ENDPOINT to where it listens.',
  );
}

function withoutCredentials(endpoint: string): string {
  return endpoint.replace(/\/\/[^/@]*@/, '//');
}
