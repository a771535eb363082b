import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { LauncherError } from './launcher-error.js';

/** So many ports of 127.0.0.1 that nobody listens on, all different: they are held together until the last is known. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(close));
  return ports;
}

/** Throws when somebody listens there: whoever that is, it was not started by this launcher and is not used by it. */
export async function expectFreePort(service: string, port: number): Promise<void> {
  try {
    await close(await listen(port));
  } catch (error) {
    throw new LauncherError(
      `${service} cannot have port ${port} of 127.0.0.1: ${reason(error)}. It is not ours, so it is left alone and not used. ` +
        'Stop what listens there, or choose another port: docs/real-services.md names the variables.',
    );
  }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' ? 'somebody else listens there' : message;
}

async function listen(port: number) {
  const server = createServer();
  server.listen({ host: '127.0.0.1', port, exclusive: true });
  await once(server, 'listening');
  return server;
}

function close(server: Awaited<ReturnType<typeof listen>>): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
