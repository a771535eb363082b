import { type Collector, startCollector } from '../../collectors/index.js';
import { systemClock } from '../lib/clock.js';
import type { AssembledRequest, CompiledFlow } from '../model/index.js';
import { assemblerOptions } from './assembler-options.js';
import { type CheckedRecording, judgeHeard, withoutStores } from './check-recorded.js';
import { guarded } from './guarded.js';
import { type OpenWatch, watchOpen } from './live/watch-open.js';
import type { UnstampedEvent } from './unstamped-event.js';
import { countVerdicts } from './verdict-counts.js';

export interface CollectorSettings {
  readonly http: { readonly host: string; readonly port: number };
  readonly rootQuietMs: number;
  readonly quietMs: number;
  readonly deadlineMs: number;
  /** What every request is held to, by its spans alone. */
  readonly flow?: CompiledFlow | undefined;
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

/** Who hears of requests. */
export interface CollectorListeners {
  /** Each revision of each request; with a flow, its verdict by its spans alone. */
  readonly onCompleted: (request: CompletedLine, judged: CheckedRecording | undefined) => void;
  /** With a flow: what is said of requests while they are open. */
  readonly onOpen?: (event: OpenEvent) => void;
}

export type OpenEvent = Extract<UnstampedEvent, { readonly type: 'failed-early' | 'awaiting' }>;

/** The collector alone, without a system under test. With a flow, it holds every request to that, as its spans come. */
export async function runCollector(
  { http, rootQuietMs, quietMs, deadlineMs, flow }: CollectorSettings,
  { onCompleted, onOpen = () => undefined }: CollectorListeners,
): Promise<Collector> {
  const times = { rootQuietMs, idleMs: quietMs, deadlineMs };
  const spansAlone = flow && withoutStores(flow);
  const counts = flow && countVerdicts([flow.name]);
  const open = watchOpen({
    snapshot: (requestId) => collector.snapshot(requestId),
    growth: (requestId, mark) => collector.growth(requestId, mark),
    emit: (event) => void ((event.type === 'failed-early' || event.type === 'awaiting') && onOpen(event)),
  });
  const collector = await startCollector({
    http,
    assembler: spansAlone ? assemblerOptions([spansAlone], times) : times,
    clock: systemClock,
    ...(spansAlone && { onNews: (requestIds) => follow(open, requestIds, spansAlone) }),
    ...(counts && { metrics: counts.metrics }),
    onCompleted(request) {
      open.leave(request.requestId);
      let judged: CheckedRecording | undefined;
      guarded(request.requestId, () => {
        judged = spansAlone && judgeHeard(spansAlone, request);
      });
      if (judged) counts?.count(judged.verdict);
      onCompleted(lineOf(request), judged);
    },
  });
  return {
    ...collector,
    [Symbol.asyncDispose]: async () => {
      open[Symbol.dispose]();
      await collector[Symbol.asyncDispose]();
    },
  };
}

/** Nobody says when requests are sent, or when they are answered: they are known from their first span on. */
function follow(open: OpenWatch, requestIds: readonly string[], flow: CompiledFlow): void {
  for (const requestId of requestIds) {
    if (open.isWatched(requestId)) continue;
    open.watch(requestId, { flow, book: new Map() });
    open.answered(requestId);
  }
  open.news(requestIds);
}

function lineOf({ requestId, revision, completedBy, spans, traceIds }: AssembledRequest): CompletedLine {
  const names = spans.map(({ resource }) => resource.get('service.name'));
  const services = [...new Set(names)].filter((name) => typeof name === 'string');
  return { requestId, revision, completedBy: completedBy ?? null, spans: spans.length, services, traceIds };
}
