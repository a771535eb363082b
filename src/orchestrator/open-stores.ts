import { startEmbeddedNeo4j } from '../embedded/bolt/index.js';
import { startEmbeddedKafka } from '../embedded/kafka/index.js';
import { startEmbeddedRedis } from '../embedded/redis/index.js';
import type { Teardown } from '../lib/teardown.js';
import type { CompiledFlow, StoreName } from '../model/index.js';
import { createKafkaProbe, createNeo4jProbe, createRedisProbe, type StoreProbe } from '../stores/index.js';

/** Where the real stores are; an absent one is embedded. */
export interface StoreAddresses {
  readonly neo4jUrl: string | undefined;
  /** Undefined: Neo4j asks for no authentication. */
  readonly neo4jUser: string | undefined;
  readonly neo4jPassword: string | undefined;
  /** Undefined: the one that is home to the user. */
  readonly neo4jDatabase?: string | undefined;
  readonly redisUrl: string | undefined;
  readonly kafkaBrokers: readonly string[] | undefined;
  /** For one question of a probe. Undefined: the probe's own. */
  readonly probeTimeoutMs?: number | undefined;
}

export interface OpenStores {
  /** What the services under test need in their environment to find the stores. */
  readonly environment: Readonly<Record<string, string>>;
  readonly probes: ReadonlyMap<StoreName, StoreProbe>;
}

/**
 * Starts our own server for each store that has no address, and a probe for each store. Whatever starts is registered with
 * `teardown` before the next one does.
 */
export async function openStores(
  addresses: StoreAddresses,
  { teardown, flows }: { readonly teardown: Teardown; readonly flows: readonly CompiledFlow[] },
): Promise<OpenStores> {
  const complete = await startMissingStores(addresses, { teardown });
  const probes = probesAt(complete, topicsOf(flows));
  for (const probe of probes.values()) teardown.use(`the probe of ${probe.store}`, probe);
  return { environment: storeEnvironment(complete), probes };
}

/** Where the embedded stores listen; any free port without. */
export interface EmbeddedPorts {
  readonly neo4j: number;
  readonly redis: number;
  readonly kafka: number;
}

const ANY_PORTS: EmbeddedPorts = { neo4j: 0, redis: 0, kafka: 0 };

/** Which servers of ours to start, and where. */
export interface MissingStores {
  readonly teardown: Teardown;
  readonly ports?: EmbeddedPorts;
  /** Default: every one that has no address. */
  readonly only?: StoreName;
}

/** The same addresses, with that of a server of ours for each store that has none. Throws TracecourtError `port-in-use`. */
export async function startMissingStores(
  addresses: StoreAddresses,
  { teardown, ports = ANY_PORTS, only }: MissingStores,
): Promise<StoreAddresses> {
  const started = { ...addresses };
  const isMissing = (store: StoreName, address: unknown) => address === undefined && (only ?? store) === store;
  if (isMissing('neo4j', addresses.neo4jUrl)) {
    started.neo4jUrl = teardown.use('the embedded graph', await startEmbeddedNeo4j({ port: ports.neo4j })).url;
  }
  if (isMissing('redis', addresses.redisUrl)) {
    started.redisUrl = teardown.use('the embedded cache', await startEmbeddedRedis({ port: ports.redis })).url;
  }
  if (isMissing('kafka', addresses.kafkaBrokers)) {
    started.kafkaBrokers = [
      teardown.use('the embedded event log', await startEmbeddedKafka({ port: ports.kafka })).url,
    ];
  }
  return started;
}

/** A probe for each store that has an address. */
export function probesAt(
  { neo4jUrl, neo4jUser, neo4jPassword, neo4jDatabase, redisUrl, kafkaBrokers, probeTimeoutMs }: StoreAddresses,
  topics: readonly string[],
): ReadonlyMap<StoreName, StoreProbe> {
  const limit = probeTimeoutMs === undefined ? {} : { timeoutMs: probeTimeoutMs };
  const logon = neo4jUser === undefined ? {} : { user: neo4jUser, password: neo4jPassword ?? '' };
  const database = neo4jDatabase === undefined ? {} : { database: neo4jDatabase };
  const probes: readonly StoreProbe[] = [
    ...(neo4jUrl === undefined ? [] : [createNeo4jProbe({ url: neo4jUrl, ...logon, ...database, ...limit })]),
    ...(redisUrl === undefined ? [] : [createRedisProbe({ url: redisUrl, ...limit })]),
    ...(kafkaBrokers === undefined ? [] : [createKafkaProbe({ brokers: kafkaBrokers, topics, ...limit })]),
  ];
  return new Map(probes.map((probe) => [probe.store, probe]));
}

/** What a program needs in its environment to find the stores. */
export function storeEnvironment(addresses: StoreAddresses): Readonly<Record<string, string>> {
  const { neo4jUrl, neo4jUser = '', neo4jPassword = '', neo4jDatabase, redisUrl, kafkaBrokers } = addresses;
  return {
    ...(neo4jUrl === undefined ? {} : { NEO4J_URL: neo4jUrl, NEO4J_USER: neo4jUser, NEO4J_PASSWORD: neo4jPassword }),
    ...(neo4jDatabase === undefined ? {} : { NEO4J_DATABASE: neo4jDatabase }),
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    ...(kafkaBrokers === undefined ? {} : { KAFKA_BROKERS: kafkaBrokers.join(',') }),
  };
}

/** The topics whose messages a flow asks about: the tailing consumer has to be there before the first of them. */
function topicsOf(flows: readonly CompiledFlow[]): readonly string[] {
  const queries = flows.flatMap(({ effects }) => effects.map(({ query }) => query));
  return [...new Set(queries.flatMap((query) => (query.store === 'kafka' ? [query.topic] : [])))];
}
