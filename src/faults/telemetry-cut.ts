import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A listener that accepts every export and keeps nothing: the telemetry of whoever is pointed at it is cut.
 *
 * It answers with success, so that the sender neither retries nor complains; `swallowed` proves that it was used.
 */
export interface TelemetryCut extends AsyncDisposable {
  readonly address: string;
  /** Export requests accepted and thrown away. */
  swallowed(): number;
}

export async function cutTelemetry(): Promise<TelemetryCut> {
  let swallowed = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      swallowed += 1;
      response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'application/json' });
      response.end(request.headers['content-type'] === 'application/json' ? '{}' : '');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    swallowed: () => swallowed,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
