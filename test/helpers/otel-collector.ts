import { freePorts } from '../services/ports.js';
import { repositoryRoot } from './repository.js';
import { type ServedProgram, startServedProgram } from './served-program.js';

/** An OpenTelemetry Collector on otel-collector.yaml, just as the file is, on free ports. */
export interface OtelCollector extends AsyncDisposable {
  /** Where OTLP over HTTP goes to. */
  readonly http: string;
  /** HOST:PORT for OTLP over gRPC. */
  readonly grpc: string;
  /** Where it serves metrics made from spans. */
  readonly spanMetrics: string;
  /** Where it serves metrics of itself. */
  readonly ownMetrics: string;
  /** Answers with 200 while it is healthy. */
  readonly health: string;
  output(): string;
}

export interface OtelCollectorOptions {
  readonly binary: string;
  /** Where the file's exporters send to. */
  readonly tracecourt: string;
  readonly jaeger: string;
}

export const OTEL_COLLECTOR_FILE = `${repositoryRoot}otel-collector.yaml`;

const ATTEMPTS = 3;

/** Starts the Collector. Another process may take a port that was free when it was looked for: then other ports are tried. */
export async function startOtelCollector(options: OtelCollectorOptions): Promise<OtelCollector> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (attempt === ATTEMPTS || !String(error).includes('address already in use')) throw error;
    }
  }
}

async function startOnce({ binary, tracecourt, jaeger }: OtelCollectorOptions): Promise<OtelCollector> {
  const [grpc, http, spans, health, own] = (await freePorts(5)).map((port) => `127.0.0.1:${port}`);
  const program: ServedProgram = await startServedProgram({
    command: [binary, '--config', OTEL_COLLECTOR_FILE],
    environment: {
      TRACECOURT_ENDPOINT: tracecourt,
      JAEGER_ENDPOINT: jaeger,
      OTELCOL_GRPC: String(grpc),
      OTELCOL_HTTP: String(http),
      OTELCOL_PROMETHEUS: String(spans),
      OTELCOL_HEALTH: String(health),
      OTELCOL_TELEMETRY_PORT: String(own).split(':')[1] ?? '',
      OTELCOL_METRICS_INTERVAL: '100ms',
      GOMAXPROCS: '2',
    },
    readyUrl: `http://${health}/`,
  });
  return {
    http: `http://${http}`,
    grpc: String(grpc),
    spanMetrics: `http://${spans}/metrics`,
    ownMetrics: `http://${own}/metrics`,
    health: `http://${health}/`,
    output: program.output,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
