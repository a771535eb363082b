import type { MetricFamily, MetricSample } from '../src/lib/prometheus-text.js';
import type { AssemblerCounts, SourceCounts } from './counts.js';

/**
 * The collector's metrics. All are read at one moment, so that they add up: spans received are refused, repeated, held or let
 * go. Labels have few values, and none that a sender chooses.
 */
export function collectorMetrics(
  sources: readonly SourceCounts[],
  assembler: AssemblerCounts,
): readonly MetricFamily[] {
  return [...sourceMetrics(sources), ...spanMetrics(assembler), ...requestMetrics(assembler)];
}

function sourceMetrics(sources: readonly SourceCounts[]): readonly MetricFamily[] {
  const answered = sources.flatMap(({ source, answers }) =>
    [...answers].map(([status, value]) => ({ labels: { source, status: String(status) }, value })),
  );
  const refused = sources.flatMap(({ source, spansRefused: { invalid, busy } }) => [
    { labels: { source, reason: 'invalid' }, value: invalid },
    { labels: { source, reason: 'busy' }, value: busy },
  ]);
  const each = (read: (counts: SourceCounts) => number): readonly MetricSample[] =>
    sources.map((counts) => ({ labels: { source: counts.source }, value: read(counts) }));
  return [
    counter('tracecourt_exports_total', 'Exports answered, by HTTP status.', answered),
    counter(
      'tracecourt_received_bytes_total',
      'Bytes of exports, inflated.',
      each(({ bytesReceived }) => bytesReceived),
    ),
    counter(
      'tracecourt_spans_received_total',
      'Spans in exports that could be decoded.',
      each(({ spansReceived }) => spansReceived),
    ),
    counter(
      'tracecourt_spans_refused_total',
      'Spans refused: invalid for ever, or sent when the collector was busy.',
      refused,
    ),
  ];
}

function spanMetrics({ spansHeld, spansLetGo, spansRepeated, bytesHeld }: AssemblerCounts) {
  return [
    counter('tracecourt_spans_repeated_total', 'Spans that came again while they were held.', [
      { value: spansRepeated },
    ]),
    gauge('tracecourt_spans_held', 'Spans held.', [{ value: spansHeld }]),
    counter('tracecourt_spans_let_go_total', 'Spans let go with their request, when its time was over.', [
      { value: spansLetGo },
    ]),
    gauge('tracecourt_held_bytes', 'Bytes received for the spans held.', [{ value: bytesHeld }]),
  ];
}

function requestMetrics({ requestsHeld, requestsOpen, completed }: AssemblerCounts) {
  const words = Object.entries(completed).flatMap(([reason, { first, later }]) => [
    { labels: { completed_by: reason, revision: 'first' }, value: first },
    { labels: { completed_by: reason, revision: 'later' }, value: later },
  ]);
  return [
    gauge('tracecourt_requests_held', 'Requests held, open and complete.', [{ value: requestsHeld }]),
    gauge('tracecourt_requests_open', 'Requests that are not complete.', [{ value: requestsOpen }]),
    counter('tracecourt_requests_completed_total', 'Completions, by what completed the request.', words),
  ];
}

function counter(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name, help, type: 'counter', samples };
}

function gauge(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name, help, type: 'gauge', samples };
}
