import { TracecourtError } from '../errors.js';
import { BOLT } from './greeting.js';
import type { Expected, Place } from './meeting.js';

const DEFAULT_PORT = 7687;

const NEO4J: Expected = {
  product: 'Neo4j',
  greeting: BOLT,
  setting: 'NEO4J_URL',
  withTls: 'Write bolt+s:// or neo4j+s:// in NEO4J_URL (+ssc for a certificate of its own making).',
  withoutTls: 'Write bolt:// or neo4j:// in NEO4J_URL, without +s.',
};

const TLS: Readonly<Record<string, Place['tls']>> = { '': 'none', '+s': 'trusted', '+ssc': 'any' };

/** Where a Neo4j URL leads; user and password in it are left out. Throws TracecourtError `invalid-config`. */
export function neo4jPlace(url: string): Place {
  const match = /^(bolt|neo4j)(\+s|\+ssc)?:\/\//.exec(url);
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (match === null || !parsed?.hostname) throw noUrl(url);
  const { hostname, port } = parsed;
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || DEFAULT_PORT),
    address: `${match[0]}${hostname}:${port || DEFAULT_PORT}`,
    tls: TLS[match[2] ?? ''] ?? 'none',
    expected: NEO4J,
  };
}

export function noUrl(url: string, cause?: unknown): TracecourtError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new TracecourtError('invalid-config', `"${url.replace(/\/\/[^/]*@/, '//')}" is no URL of a Neo4j${why}.`, {
    nextStep: 'Write it as bolt://HOST:PORT or neo4j://HOST:PORT.',
    cause,
  });
}
