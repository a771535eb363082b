import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A council of which only some members ever answer; they approve. */
export interface HalfCouncil extends AsyncDisposable {
  readonly url: string;
  /** Members who were asked, and then hung up on before they answered. */
  readonly hungUpOn: readonly string[];
}

/** `onceDeaf`: who of those that answer does not the first time. */
export async function startHalfCouncil(
  answering: readonly string[],
  { onceDeaf = [] }: { readonly onceDeaf?: readonly string[] } = {},
): Promise<HalfCouncil> {
  const hungUpOn: string[] = [];
  const deaf = new Set(onceDeaf);
  const server = createServer((request, response) => {
    const member = request.url?.split('/')[2] ?? '';
    request.resume();
    if (answering.includes(member) && !deaf.delete(member)) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ member, vote: 'approve' }));
    } else {
      response.once('close', () => hungUpOn.push(member));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hungUpOn,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
