import { EMBEDDED_PRODUCT } from '../embedded-server.js';
import type { ServerState } from './server-state.js';

/** The Redis whose behaviour is kept to; clients decide by it which commands they may send. */
export const COMPATIBLE_VERSION = '7.0.15';

type Fields = Readonly<Record<string, string | number | bigint>>;

const SECTIONS: Readonly<Record<string, (server: ServerState) => Fields>> = {
  server: (server) => ({
    server_name: EMBEDDED_PRODUCT,
    redis_version: COMPATIBLE_VERSION,
    redis_mode: 'standalone',
    process_id: process.pid,
    tcp_port: server.port,
    uptime_in_seconds: (server.nowMs - server.startedAtMs) / 1000n,
  }),
  clients: (server) => ({ connected_clients: server.sessions.size }),
  persistence: () => ({ loading: 0 }),
  stats: (server) => ({ total_commands_processed: server.commandCount }),
  replication: () => ({ role: 'master', connected_slaves: 0 }),
  cluster: () => ({ cluster_enabled: 0 }),
  keyspace: keyspaceFields,
};
const EVERYTHING = ['default', 'all', 'everything'];

/** The text of INFO: the sections asked for, or all. Sections that are not known are left out, as in Redis. */
export function serverInfo(server: ServerState, asked: readonly string[]): string {
  const words = new Set(asked.map((section) => section.toLowerCase()));
  const isWhole = words.size === 0 || EVERYTHING.some((word) => words.has(word));
  return Object.entries(SECTIONS)
    .filter(([name]) => isWhole || words.has(name))
    .map(([name, fields]) => sectionText(name, fields(server)))
    .join('\r\n');
}

function sectionText(name: string, fields: Fields): string {
  const lines = Object.entries(fields).map(([field, value]) => `${field}:${value}\r\n`);
  return `# ${name.charAt(0).toUpperCase()}${name.slice(1)}\r\n${lines.join('')}`;
}

function keyspaceFields(server: ServerState): Fields {
  const fields = server.databases.map((keys, index) => {
    const size = keys.size;
    return [`db${index}`, size > 0 ? `keys=${size},expires=${keys.expiringCount},avg_ttl=0` : ''] as const;
  });
  return Object.fromEntries(fields.filter(([, text]) => text !== ''));
}
