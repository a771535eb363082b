/** Sends spans to the collector: a short retry, and one clear word when it cannot be reached. */
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { describeError, warnOnce } from './warn.js';

/** Time for one export with all its retries. */
const EXPORT_TIMEOUT_MS = 3000;

/**
 * OTLP over HTTP: JSON, or protobuf if OTEL_EXPORTER_OTLP_PROTOCOL is `http/protobuf`. `endpoint` is a base URL; without one, the
 * standard environment variables say where.
 */
export function createExporter(endpoint: string | undefined): SpanExporter {
  const url = endpoint === undefined ? {} : { url: `${endpoint.replace(/\/+$/, '')}/v1/traces` };
  const Exporter = configuredProtocol() === 'http/protobuf' ? ProtobufExporter : JsonExporter;
  return reporting(new Exporter({ ...url, timeoutMillis: EXPORT_TIMEOUT_MS }), endpoint ?? configuredEndpoint());
}

function configuredProtocol(): string | undefined {
  const { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: traces, OTEL_EXPORTER_OTLP_PROTOCOL: base } = process.env;
  return traces || base;
}

function configuredEndpoint(): string {
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces, OTEL_EXPORTER_OTLP_ENDPOINT: base } = process.env;
  return traces || base || 'http://localhost:4318';
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
