import { type Collector, startCollector } from '../../collectors/index.js';
import { systemClock } from '../lib/clock.js';

export interface CollectorSettings {
  readonly http: { readonly host: string; readonly port: number };
  readonly rootQuietMs: number;
  readonly quietMs: number;
  readonly deadlineMs: number;
}

/** A completed request in one line. */
export interface CompletedLine {
  readonly requestId: string;
  readonly revision: number;
  readonly completedBy: string | null;
  readonly spans: number;
  readonly traceIds: readonly string[];
}

/** The collector alone, without a system under test; `onCompleted` hears of each revision. */
export function runCollector(
  { http, rootQuietMs, quietMs, deadlineMs }: CollectorSettings,
  onCompleted: (request: CompletedLine) => void,
): Promise<Collector> {
  return startCollector({
    http,
    assembler: { rootQuietMs, idleMs: quietMs, deadlineMs },
    clock: systemClock,
    onCompleted: ({ requestId, revision, completedBy, spans, traceIds }) =>
      onCompleted({ requestId, revision, completedBy: completedBy ?? null, spans: spans.length, traceIds }),
  });
}
