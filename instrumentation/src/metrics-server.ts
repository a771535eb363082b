/** Prometheus metrics of this process, on a listener of ours: the exporter's own listens on all interfaces. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Meter } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import type { Resource } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { countCacheLookups } from './cache-metrics.js';
import { createLagProducer } from './lag-producer.js';
import { INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION } from './scope.js';
import { createMetricsProcessor } from './span-metrics.js';
import { warnOnce } from './warn.js';

export interface MetricsServer extends AsyncDisposable {
  /** To be told of every span that ends. */
  readonly processor: SpanProcessor;
  /** `http://127.0.0.1:PORT/metrics`; undefined if the port could not be had, which is warned of. */
  readonly address: Promise<string | undefined>;
}

export interface MetricsServerOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly resource: Resource;
}

/** Serves `GET /metrics` on loopback. It never keeps the process alive, and never makes the service fail. */
export function serveMetrics({ port, resource }: MetricsServerOptions): MetricsServer {
  const exporter = new PrometheusExporter({ preventServerStart: true, metricProducers: [createLagProducer(resource)] });
  const provider = new MeterProvider({ resource, readers: [exporter] });
  const meter = provider.getMeter(INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION);
  tellUptime(meter);
  const stopCounting = countCacheLookups(meter);
  const server = createServer((request, response) => {
    // Without a listener, a socket that breaks in the middle of an answer would end the process.
    response.on('error', () => undefined);
    if (!isLoopbackHost(request.headers.host))
      refuse(response, 403, 'The Host header names another host than this one.');
    else if (!asksForMetrics(request)) refuse(response, 404, 'Metrics are at GET /metrics.');
    else exporter.getMetricsRequestHandler(request, response);
  });
  limit(server);
  server.on('clientError', (_error, socket) => socket.destroy());
  return {
    processor: createMetricsProcessor(meter),
    address: listen(server, port),
    async [Symbol.asyncDispose]() {
      stopCounting();
      server.closeAllConnections();
      server.close();
      await provider.shutdown();
    },
  };
}

/** There from the start: without any metric, the exporter's text ends in the middle of a line, which Prometheus cannot read. */
function tellUptime(meter: Meter): void {
  meter
    .createObservableGauge('process.uptime', { description: 'How long the process has been running.', unit: 's' })
    .addCallback((result) => result.observe(process.uptime()));
}

/** A query says nothing here; a path that is no URL is no reason to fail. */
function asksForMetrics({ method, url = '' }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && url.split('?', 1)[0] === '/metrics';
}

/** A page of another site that resolves its own name to loopback (DNS rebinding) sends that name as Host. */
function isLoopbackHost(host: string | undefined): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host ?? '');
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${reason}\n`);
}

/** A scraper asks every few seconds, on a socket or two that it keeps open: they must not keep the process alive. */
function limit(server: Server): void {
  server.on('connection', (socket) => socket.unref());
  server.keepAliveTimeout = 65_000;
  server.maxConnections = 16;
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  server.setTimeout(65_000);
}

function listen(server: Server, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    server.on('error', (error) => {
      warnOnce('metrics', `no metrics are served on 127.0.0.1:${port}: ${error.message}`);
      resolve(undefined);
    });
    server.listen(port, '127.0.0.1', () => {
      server.unref();
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`);
    });
  });
}
