import type { Span } from '@opentelemetry/api';
import type { TracingOptions } from '@tracecourt/instrumentation';

type WrapExporter = NonNullable<TracingOptions['wrapExporter']>;

const toLose = new Set<string>();

/** Marks a span that {@link lossyExporter} will not export. */
export function loseSpan(span: Span): void {
  toLose.add(span.spanContext().spanId);
}

/** Exports all spans but the marked ones, and reports success: what was lost, nobody is told. */
export const lossyExporter: WrapExporter = (exporter) => ({
  export: (spans, done) => {
    const kept = spans.filter((span) => !toLose.delete(span.spanContext().spanId));
    if (kept.length === 0) done({ code: 0 });
    else exporter.export(kept, done);
  },
  shutdown: () => exporter.shutdown(),
  forceFlush: async () => await exporter.forceFlush?.(),
});
