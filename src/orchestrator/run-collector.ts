import { type Collector, startCollector } from '../../collectors/index.js';
import { systemClock } from '../lib/clock.js';
import type { AssembledRequest } from '../model/index.js';

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
  /** The services whose spans it has, in the order in which they came in. */
  readonly services: readonly string[];
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
    onCompleted: (request) => onCompleted(lineOf(request)),
  });
}

function lineOf({ requestId, revision, completedBy, spans, traceIds }: AssembledRequest): CompletedLine {
  const names = spans.map(({ resource }) => resource.get('service.name'));
  const services = [...new Set(names)].filter((name) => typeof name === 'string');
  return { requestId, revision, completedBy: completedBy ?? null, spans: spans.length, services, traceIds };
}
