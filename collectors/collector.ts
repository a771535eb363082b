import type { Clock } from '../src/lib/clock.js';
import { systemClock } from '../src/lib/clock.js';
import { type MetricFamily, prometheusText } from '../src/lib/prometheus-text.js';
import type { AssembledRequest, CompletionReason, Span, StepMatcher } from '../src/model/index.js';
import {
  type AssemblerOptions,
  createAssembler,
  type DeclaredOrigin,
  type Growth,
  type ReadMark,
  type RequestSummary,
} from './assembler/index.js';
import type { AssemblerInput } from './assembler-input.js';
import { AssemblerLoop } from './assembler-loop.js';
import { ExportIntake } from './export-intake.js';
import type { ListenerTimeouts } from './http/listener.js';
import { collectorMetrics } from './metrics.js';
import { startOtlpHttpSource } from './otlp-http-source.js';
import { createQueryApi } from './query-api.js';
import type { Deliver, SpanSource } from './span-source.js';

export interface CollectorOptions {
  readonly http?: {
    /** A loopback address. Default 127.0.0.1. */
    readonly host?: string;
    /** Default 0: any free port. */
    readonly port?: number;
    readonly maxBodyBytes?: number;
    readonly timeouts?: ListenerTimeouts;
  };
  readonly assembler?: AssemblerOptions;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Called once for each revision of each request. */
  readonly onCompleted?: (request: AssembledRequest, at: bigint) => void;
  /** Called with the open requests that got spans, once for all that came together. */
  readonly onNews?: (requestIds: readonly string[]) => void;
  /** Called for everything that changes what is held, in order: the log that `replayInputs` takes. */
  readonly onInput?: (input: AssemblerInput) => void;
  /** Called with what `onCompleted` and `onNews` throw. Default: a process warning. */
  readonly onDefect?: (error: unknown) => void;
  /** What makes spans steps, for readers over HTTP. Default: the steps that spans name themselves. */
  readonly matchers?: readonly StepMatcher[];
  /** Further metrics to tell at `/metrics`, besides the collector's own. */
  readonly metrics?: () => readonly MetricFamily[];
}

/** A collector that listens. Disposing completes what is open by `shutdown` and closes every socket. */
export interface Collector extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`; spans go to `/v1/traces` below it. */
  readonly address: string;
  /**
   * Takes an export of the process itself, OTLP in JSON, without a socket between. Throws TracecourtError `undecodable-spans`, or SpansNotTaken when it has
   * no room: then nothing of it is taken.
   */
  take(body: Uint8Array): void;
  /** All that is held of a request, open or complete. */
  snapshot(requestId: string): AssembledRequest | undefined;
  /** What came to a request since the mark was set; without a mark, all. For who looks at it again and again. */
  growth(requestId: string, mark?: ReadMark): Growth | undefined;
  list(): readonly RequestSummary[];
  /** All spans held of one trace. */
  trace(traceId: string): readonly Span[];
  /** Completes an open request now; undefined when it is not known or not open. */
  close(requestId: string, reason: CompletionReason): AssembledRequest | undefined;
  /** Tells of a sender that keeps no ledger, such as curl. */
  declareOrigin(origin: DeclaredOrigin): void;
}

/** Listens for spans and assembles them. Throws TracecourtError `port-in-use`, or `usage` for an address beyond loopback. */
export async function startCollector(options: CollectorOptions = {}): Promise<Collector> {
  const clock = options.clock ?? systemClock;
  const assembler = createAssembler(options.assembler);
  const loop = new AssemblerLoop({
    assembler,
    clock,
    onCompleted: options.onCompleted ?? (() => {}),
    ...(options.onNews ? { onNews: options.onNews } : {}),
    ...(options.onInput ? { onInput: options.onInput } : {}),
    ...(options.onDefect ? { onDefect: options.onDefect } : {}),
  });
  let isReady = true;
  const further = options.metrics ?? (() => []);
  const deliver: Deliver = (arrival) => loop.deliver(arrival);
  const own = new ExportIntake({ source: 'own-process', clock, deliver });
  const source: SpanSource = await startOtlpHttpSource({
    ...options.http,
    clock,
    deliver,
    otherwise: createQueryApi(assembler, {
      isReady: () => isReady,
      metrics: () => prometheusText([...collectorMetrics(sources(), assembler.counts()), ...further()]),
      ...(options.matchers ? { matchers: options.matchers } : {}),
    }),
  });
  /** Most collectors hear nothing from their own process. */
  const sources = () => {
    const within = own.counts.all();
    return within.bytesReceived > 0 ? [source.counts(), within] : [source.counts()];
  };
  return {
    address: source.address,
    take: (body) => void own.take(body, 'application/json'),
    snapshot: (requestId) => assembler.snapshot(requestId),
    growth: (requestId, mark) => assembler.growth(requestId, mark),
    list: () => assembler.list(),
    trace: (traceId) => assembler.trace(traceId),
    close: (requestId, reason) => loop.close(requestId, reason),
    declareOrigin: (origin) => loop.declareOrigin(origin),
    [Symbol.asyncDispose]: async () => {
      isReady = false;
      await source[Symbol.asyncDispose]();
      loop.stop();
    },
  };
}
