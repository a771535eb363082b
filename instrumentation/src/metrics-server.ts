/** Prometheus metrics of this process, on a listener of ours: the exporter's own listens on all interfaces. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import type { Resource } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
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
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ resource, readers: [exporter] });
  const server = createServer((request, response) => {
    if (request.method === 'GET' && request.url === '/metrics') exporter.getMetricsRequestHandler(request, response);
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('Metrics are at GET /metrics.\n');
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  return {
    processor: createMetricsProcessor(provider.getMeter(INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION)),
    address: listen(server, port),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await provider.shutdown();
    },
  };
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
