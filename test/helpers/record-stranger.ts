import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import { createRequestSender } from '../../src/orchestrator/request-sender.js';
import { freePorts } from '../services/ports.js';
import { otlpBody } from './otlp-body.js';
import { repositoryRoot } from './repository.js';

const KEYS = 'ant bee cat dog eel fox gnu hen ibis jay kiwi lynx mole newt owl pig'.split(' ');

/**
 * Runs redis-commander, a web page for Redis that nobody here wrote, unchanged and traced by our register door alone; asks it for keys of four kinds, and for
 * one that is not there; gives back the spans that it sent, an export a line.
 */
export async function recordStranger(program: string, requests: number): Promise<string> {
  await using receiver = await startReceiver();
  await using redis = await startEmbeddedRedis();
  const port = String(redis.port);
  await fill(redis.url);
  const [own = 0] = await freePorts(1);
  const connection = ['--redis-host', '127.0.0.1', '--redis-port', port];
  const register = join(repositoryRoot, 'instrumentation/build/register.js');
  const child = spawn(
    process.execPath,
    ['--import', register, program, ...connection, '--address', '127.0.0.1', '--port', String(own), '--nosave'],
    {
      cwd: dirname(program),
      env: {
        ...process.env,
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_SERVICE_NAME: 'redis-commander',
      },
      stdio: 'ignore',
    },
  );
  const ended = once(child, 'exit');
  try {
    const page = `http://127.0.0.1:${own}/apiv2`;
    await untilServed(`${page}/connection`);
    // What it did to get ready is no request of ours.
    await receiver.quiet();
    receiver.bodies.length = 0;
    await ask(`${page}/key/R:127.0.0.1:${port}:0`, { requests, exportTo: receiver.endpoint });
    await receiver.quiet();
    return receiver.bodies.map((body) => `${body}\n`).join('');
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

async function fill(url: string): Promise<void> {
  const client = new Redis(url);
  for (const [i, key] of KEYS.entries()) {
    if (i % 4 === 0) await client.set(key, 'a value');
    if (i % 4 === 1) await client.rpush(key, 'first', 'second');
    if (i % 4 === 2) await client.sadd(key, 'one', 'other');
    if (i % 4 === 3) await client.hset(key, 'name', 'Ada');
  }
  client.disconnect();
}

async function ask(
  keys: string,
  { requests, exportTo }: { readonly requests: number; readonly exportTo: string },
): Promise<void> {
  await using sender = createRequestSender(exportTo);
  for (let i = 0; i < requests; i++) {
    const key = i % 5 === 4 ? 'nothing' : KEYS[(i * 7) % KEYS.length];
    const trigger = { method: 'GET', url: `${keys}/${key}`, headers: {}, body: undefined, status: [200] };
    const { signal } = new AbortController();
    await sender.send({ requestId: `r-${i}`, trigger, baggage: {}, timeoutMs: 20_000, signal });
  }
}

async function untilServed(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const served = await fetch(url).then(
      (response) => response.text().then(() => response.ok),
      () => false,
    );
    if (served) return;
    await delay(100);
  }
  throw new Error(`nothing serves at ${url}`);
}

/** Takes OTLP and keeps it as JSON. */
async function startReceiver() {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/v1/traces') bodies.push(JSON.stringify(otlpBody(request.headers, Buffer.concat(chunks))));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bodies,
    /** Waits until nothing came for two seconds. */
    async quiet(): Promise<void> {
      for (let known = -1; known !== bodies.length; ) {
        known = bodies.length;
        await delay(2_000);
      }
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
