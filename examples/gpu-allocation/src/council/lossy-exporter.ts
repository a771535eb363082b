import type { Span } from '@opentelemetry/api';
import type { SpanExporter } from '@tracecourt/instrumentation';

const toLose = new Set<string>();

/** Marks a span that {@link lossyExporter} will not export. */
export function loseSpan(span: Span): void {
  toLose.add(span.spanContext().spanId);
}

/** Exports all spans but the marked ones, and reports success: what was lost, nobody is told. */
export function lossyExporter(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(
        spans.filter((span) => !toLose.delete(span.spanContext().spanId)),
        done,
      ),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => await exporter.forceFlush?.(),
  };
}
