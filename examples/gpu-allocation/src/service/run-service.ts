import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jsonServer, type Routes } from './http-server.js';
import { flushTracing } from './tracing.js';

/** What a service is made of, once its stores are connected. */
export interface Service {
  readonly routes: Routes;
  /** Closes what it opened. */
  readonly close?: () => Promise<unknown>;
}

const DRAIN_MS = 2000;

/**
 * Runs a service until its standard input closes.
 *
 * - It listens on 127.0.0.1, on `PORT` or any free port, and then prints `{"ready":true,"http":"http://127.0.0.1:PORT"}`.
 * - `GET /healthz` answers as soon as it is ready.
 * - When standard input closes while it starts, it exits at once. Later it finishes the requests it has, closes, sends its last
 *   spans, and exits, which takes 2 s at most: with whoever started it gone, nobody else would end it.
 * - When it cannot start, it says why on standard error and exits with 1.
 */
export async function runService(name: string, start: () => Promise<Service>): Promise<void> {
  const inputClosed = closed(process.stdin);
  // A Ctrl-C in a terminal reaches every process there; whoever holds our input decides when we stop.
  if (!process.stdin.isTTY) process.on('SIGINT', () => {});
  try {
    const service = await Promise.race([start(), inputClosed]);
    if (service === undefined) process.exit(0);
    const server = jsonServer({
      ...service.routes,
      'GET /healthz': async () => ({ status: 200, body: { service: name } }),
    });
    const http = await listen(server);
    console.log(JSON.stringify({ ready: true, http }));
    await inputClosed;
    await drain(server, service);
    process.exit(0);
  } catch (error) {
    console.error(`${name} cannot start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

async function closed(input: NodeJS.ReadStream): Promise<undefined> {
  await new Promise((resolve) => input.resume().once('end', resolve).once('close', resolve));
}

async function listen(server: Server): Promise<string> {
  server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function drain(server: Server, service: Service): Promise<void> {
  const timeUp = new Promise<void>((resolve) => setTimeout(resolve, DRAIN_MS));
  const drained = (async () => {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeIdleConnections();
    });
    await service.close?.();
    await flushTracing();
  })();
  await Promise.race([drained.catch(console.error), timeUp]);
}
