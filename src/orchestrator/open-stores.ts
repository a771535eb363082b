import { openStoreThread, type StoreThread } from '../embedded/store-thread.js';
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

export interface OpenStoresOptions {
  readonly teardown: Teardown;
  readonly flows: readonly CompiledFlow[];
  /** Hears of it when the embedded stores end unasked. */
  readonly onTrouble: (message: string) => void;
}

/**
 * Starts our own server for each store that has no address, and a probe for each store. Whatever starts is registered with
 * `teardown` before the next one does.
 */
export async function openStores(
  addresses: StoreAddresses,
  { teardown, flows, onTrouble }: OpenStoresOptions,
): Promise<OpenStores> {
  const complete = await startMissingStores(addresses, { teardown, onTrouble });
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

/** Where to start servers of ours, and what they are to be stopped by. */
export interface MissingStores extends Pick<OpenStoresOptions, 'teardown' | 'onTrouble'> {
  readonly ports?: EmbeddedPorts;
  /** Goes round the start of each. Default: nothing does. */
  readonly around?: <T>(store: StoreName, start: () => Promise<T>) => Promise<T>;
}

/**
 * The same addresses, with that of a server of ours for each store that has none: one after the other, all in one thread. Throws
 * TracecourtError `port-in-use`.
 */
export async function startMissingStores(addresses: StoreAddresses, options: MissingStores): Promise<StoreAddresses> {
  const { neo4jUrl, redisUrl, kafkaBrokers } = addresses;
  if (neo4jUrl !== undefined && redisUrl !== undefined && kafkaBrokers !== undefined) return addresses;
  const start = starterOf(options);
  return {
    ...addresses,
    neo4jUrl: neo4jUrl ?? (await start('neo4j')),
    redisUrl: redisUrl ?? (await start('redis')),
    kafkaBrokers: kafkaBrokers ?? [await start('kafka')],
  };
}

const PART_PLAYED: Readonly<Record<StoreName, string>> = {
  neo4j: 'the embedded graph',
  redis: 'the embedded cache',
  kafka: 'the embedded event log',
};

/** Starts a store in the thread of all of them, and gives its address. */
function starterOf({ teardown, onTrouble, ports = ANY_PORTS, around = (_, start) => start() }: MissingStores) {
  const thread: StoreThread = openStoreThread({ onLost: ({ message }) => onTrouble(message) });
  teardown.use('the thread of the embedded stores', thread);
  return async (store: StoreName): Promise<string> => {
    const server = await around(store, () => thread.start(store, { port: ports[store] }));
    return teardown.use(PART_PLAYED[store], server).url;
  };
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
