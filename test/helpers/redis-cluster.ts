import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { pollUntil } from '../../src/lib/deadline.js';
import { freePorts } from '../services/ports.js';

const SLOTS = 16_384;

export interface RedisCluster extends AsyncDisposable {
  readonly ports: readonly number[];
  /** Gives the slot of the key to another node: a client that learned the slots before asks the wrong one. */
  moveAway(key: string): Promise<void>;
}

/** True where a `redis-server` can be run. */
export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Real servers of our own in cluster mode, each with its share of the slots. They end with the returned object. */
export async function startRedisCluster(nodes: number): Promise<RedisCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'tracecourt-cluster-'));
  const ports = await freePorts(2 * nodes);
  const servers = Array.from({ length: nodes }, (_, i) => startNode(folder, ports[i] ?? 0, ports[nodes + i] ?? 0));
  const clients = servers.map((_, i) => patientClient(ports[i] ?? 0));
  const stop = async () => {
    for (const client of clients) client.disconnect();
    for (const server of servers) await stopNode(server);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await form(clients, ports);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ports: ports.slice(0, nodes),
    moveAway: (key) => moveAway(clients, key),
    [Symbol.asyncDispose]: stop,
  };
}

/** Until its server listens it is refused, and tries again. */
function patientClient(port: number): Redis {
  return new Redis({ host: '127.0.0.1', port, maxRetriesPerRequest: null }).on('error', () => undefined);
}

function startNode(folder: string, port: number, busPort: number): ChildProcess {
  const settings = {
    bind: '127.0.0.1',
    port,
    dir: folder,
    save: '',
    maxmemory: '32mb',
    'cluster-enabled': 'yes',
    'cluster-port': busPort,
    // A node that has met no other does not know its own address.
    'cluster-announce-ip': '127.0.0.1',
    'cluster-config-file': `nodes-${port}.conf`,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return spawn('redis-server', args, { stdio: 'ignore' });
}

async function stopNode(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGKILL');
  await exited;
}

async function form(clients: readonly Redis[], ports: readonly number[]): Promise<void> {
  const share = shareOf(clients);
  for (const [i, client] of clients.entries()) {
    await client.call('CLUSTER', 'ADDSLOTSRANGE', i * share, Math.min(SLOTS, (i + 1) * share) - 1);
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
  }
  for (let i = 1; i < clients.length; i++) {
    await clients[i]?.call('CLUSTER', 'MEET', '127.0.0.1', ports[0] ?? 0, ports[clients.length] ?? 0);
  }
  await pollUntil(async () => (await Promise.all(clients.map(isWhole))).every(Boolean) || undefined, {
    timeoutMs: 20_000,
    everyMs: 50,
  });
}

async function isWhole(client: Redis): Promise<boolean> {
  return String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok');
}

async function moveAway(clients: readonly Redis[], key: string): Promise<void> {
  const slot = Number(await clients[0]?.call('CLUSTER', 'KEYSLOT', key));
  const owner = Math.floor(slot / shareOf(clients));
  const next = clients[(owner + 1) % clients.length];
  const id = String(await next?.call('CLUSTER', 'MYID'));
  for (const client of clients) await client.call('CLUSTER', 'SETSLOT', slot, 'NODE', id);
}

function shareOf(clients: readonly Redis[]): number {
  return Math.ceil(SLOTS / clients.length);
}
