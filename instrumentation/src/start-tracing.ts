/** Builds the OpenTelemetry SDK round the span ledger. */
import { randomUUID } from 'node:crypto';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { hostname } from 'node:os';
import type { Attributes, TextMapPropagator, Tracer } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor, type SpanExporter, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { registerEsmHook, watchForUnpatchedPackages } from './esm-hook.js';
import { createExporter } from './exporter.js';
import { GrpcInstrumentation } from './grpc.js';
import { createFetchInstrumentation, createHttpInstrumentation } from './http.js';
import { KafkaInstrumentation } from './kafka.js';
import { createLedgerProcessor, type LedgerProcessor } from './ledger-processor.js';
import { createLedgerPropagator } from './ledger-propagator.js';
import { type MetricsServer, serveMetrics } from './metrics-server.js';
import { Neo4jInstrumentation } from './neo4j.js';
import { RedisInstrumentation } from './redis.js';
import { packageTracer } from './scope.js';

export interface TracingOptions {
  /** `service.name`; otherwise OTEL_SERVICE_NAME says it. */
  readonly serviceName?: string;
  /** Base URL of the collector, spans go to `<endpoint>/v1/traces`; otherwise OTEL_EXPORTER_OTLP_ENDPOINT says it. */
  readonly endpoint?: string;
  /** Further attributes of the resource. */
  readonly resource?: Attributes;
  /** Decorates the exporter. */
  readonly wrapExporter?: (exporter: SpanExporter) => SpanExporter;
  /**
   * Registers tracer, propagator and context manager for the whole process. Default true; false keeps them to the returned
   * object, and its user passes contexts explicitly.
   */
  readonly global?: boolean;
  /** Instruments http, fetch, gRPC, ioredis, kafkajs and neo4j-driver. Default: what `global` is; without `global` never. */
  readonly instrumentations?: boolean;
  /**
   * Gives a request that arrives over HTTP or Kafka with neither request id nor trace an id of its own, before its first
   * span: for the service through which requests come in. Default false. A function makes the ids.
   */
  readonly assignRequestIds?: boolean | (() => string);
  /**
   * Serves Prometheus metrics of steps and store calls at `http://127.0.0.1:<port>/metrics`; 0 takes any free port. Otherwise
   * TRACECOURT_METRICS_PORT says it; without either, there are none.
   */
  readonly metricsPort?: number;
}

/** Tracing that runs. Disposing of it is `shutdown`. */
export interface Tracing extends AsyncDisposable {
  readonly tracer: Tracer;
  /** Writes and reads the headers of a hand-off, and counts it. */
  readonly propagator: TextMapPropagator;
  /** `service.instance.id` of its spans. */
  readonly instanceId: string;
  /** Where metrics are served; undefined if they are not. */
  metricsAddress(): Promise<string | undefined>;
  /** Ends every busy period in which no span is open, and sends all ended spans. Never rejects. */
  flush(): Promise<void>;
  /** Flushes and stops. Never rejects; a second call waits for the first. */
  shutdown(): Promise<void>;
}

const SEND_OPEN_REQUESTS_EVERY_MS = 250;
const MAX_QUEUED_SPANS = 16_384;

let globalTracing: Tracing | undefined;

/** The tracing of this process, if `startTracing()` was called or the register door was used. */
export function currentTracing(): Tracing | undefined {
  return globalTracing;
}

/**
 * Starts tracing.
 *
 * - A process has one global tracing: a second call returns the first one, whatever its options.
 * - It never makes the service fail: when the collector is away, that is said once, and spans are dropped.
 * - Packages that were imported before it give no spans; that is said once. The register door avoids it.
 */
export function startTracing(options: TracingOptions = {}): Tracing {
  if (options.global === false) return build(options, startLocal);
  globalTracing ??= build(options, startGlobal);
  return globalTracing;
}

interface Parts {
  readonly options: TracingOptions;
  readonly resource: Resource;
  readonly processor: LedgerProcessor;
  readonly propagator: TextMapPropagator;
  readonly metrics: MetricsServer | undefined;
}

interface Running {
  readonly tracer: Tracer;
  readonly stop: () => Promise<void>;
}

function build(options: TracingOptions, start: (parts: Parts) => Running): Tracing {
  const resource = describeProcess(options);
  const processor = createLedgerProcessor(createBatchProcessor(options));
  let running: Running | undefined;
  const propagator = createLedgerPropagator({
    inner: new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
    handOff: (spanId) => processor.handOff(spanId),
    tracer: () => running?.tracer ?? packageTracer(),
    newRequestId: requestIdMaker(options.assignRequestIds),
  });
  const metrics = startMetrics(options, resource);
  running = start({ options, resource, processor, propagator, metrics });
  const instanceId = String(resource.attributes['service.instance.id']);
  return tracingOf({ running, processor, propagator, instanceId, metrics });
}

function startMetrics({ metricsPort }: TracingOptions, resource: Resource): MetricsServer | undefined {
  const port = metricsPort ?? Number(process.env['TRACECOURT_METRICS_PORT'] || Number.NaN);
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? serveMetrics({ port, resource }) : undefined;
}

function processorsOf({ processor, metrics }: Parts): SpanProcessor[] {
  return metrics ? [processor, metrics.processor] : [processor];
}

function createBatchProcessor({ endpoint, wrapExporter }: TracingOptions): BatchSpanProcessor {
  const exporter = createExporter(endpoint);
  return new BatchSpanProcessor({
    exporter: wrapExporter ? wrapExporter(exporter) : exporter,
    scheduledDelayMillis: SEND_OPEN_REQUESTS_EVERY_MS,
    maxQueueSize: MAX_QUEUED_SPANS,
  });
}

function requestIdMaker(assign: TracingOptions['assignRequestIds']): (() => string) | undefined {
  if (typeof assign === 'function') return assign;
  return assign ? () => randomUUID() : undefined;
}

/** Command lines and users are left out on purpose: they carry secrets, and prove nothing. */
function describeProcess({ serviceName, resource = {} }: TracingOptions): Resource {
  return defaultResource()
    .merge(
      resourceFromAttributes({
        'host.name': hostname(),
        'process.pid': process.pid,
        'process.runtime.name': 'nodejs',
        'process.runtime.version': process.versions.node,
        'service.instance.id': randomUUID(),
      }),
    )
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(resourceFromAttributes({ ...resource, ...(serviceName !== undefined && { 'service.name': serviceName }) }));
}

function startLocal(parts: Parts): Running {
  const provider = new TracerProvider({ resource: parts.resource, spanProcessors: processorsOf(parts) });
  return {
    tracer: packageTracer(provider),
    stop: () => provider.shutdown(),
  };
}

function startGlobal(parts: Parts): Running {
  const { options, resource, propagator } = parts;
  const instrumented = options.instrumentations ?? true;
  if (instrumented) registerEsmHook();
  const sdk = new NodeSDK({
    resource,
    autoDetectResources: false,
    spanProcessors: processorsOf(parts),
    textMapPropagator: propagator,
    instrumentations: instrumented ? createInstrumentations() : [],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  if (instrumented) {
    patchHttp();
    watchForUnpatchedPackages();
  }
  return {
    tracer: packageTracer(),
    stop: () => sdk.shutdown(),
  };
}

function createInstrumentations(): Instrumentation[] {
  return [
    createHttpInstrumentation(),
    createFetchInstrumentation(),
    new RedisInstrumentation(),
    new KafkaInstrumentation(),
    new Neo4jInstrumentation(),
    new GrpcInstrumentation(),
  ];
}

/** The built-in modules are patched when somebody requires them, and ES modules never do. */
function patchHttp(): void {
  const require = createRequire(import.meta.url);
  require('node:http');
  require('node:https');
  syncBuiltinESMExports();
}

interface TracingParts extends Pick<Tracing, 'propagator' | 'instanceId'> {
  readonly running: Running;
  readonly processor: LedgerProcessor;
  readonly metrics: MetricsServer | undefined;
}

function tracingOf({ running, processor, propagator, instanceId, metrics }: TracingParts): Tracing {
  let stopped: Promise<void> | undefined;
  const shutdown = (): Promise<void> => {
    stopped ??= Promise.all([running.stop(), metrics?.[Symbol.asyncDispose]()]).then(
      () => undefined,
      () => undefined,
    );
    return stopped;
  };
  return {
    tracer: running.tracer,
    propagator,
    instanceId,
    metricsAddress: async () => metrics?.address,
    flush: () => processor.forceFlush().catch(() => undefined),
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };
}
