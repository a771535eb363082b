import { startEmbeddedNeo4j } from '../embedded/bolt/index.js';
import { startEmbeddedKafka } from '../embedded/kafka/index.js';
import { startEmbeddedRedis } from '../embedded/redis/index.js';
import { storeReads } from '../flow/index.js';
import type { Teardown } from '../lib/teardown.js';
import type { CompiledFlow, StoreName } from '../model/index.js';
import { createKafkaProbe, createNeo4jProbe, createRedisProbe, type StoreProbe } from '../stores/index.js';

/** Where the real stores are; an absent one is embedded. */
export interface StoreAddresses {
  readonly neo4jUrl: string | undefined;
  /** Undefined: Neo4j asks for no authentication. */
  readonly neo4jUser: string | undefined;
  readonly neo4jPassword: string | undefined;
  readonly redisUrl: string | undefined;
  readonly kafkaBrokers: readonly string[] | undefined;
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
  const graphUrl = addresses.neo4jUrl ?? teardown.use('the embedded graph', await startEmbeddedNeo4j()).url;
  const cacheUrl = addresses.redisUrl ?? teardown.use('the embedded cache', await startEmbeddedRedis()).url;
  const brokers = addresses.kafkaBrokers ?? [teardown.use('the embedded event log', await startEmbeddedKafka()).url];
  const { neo4jUser: user = '', neo4jPassword: password = '' } = addresses;
  const probes: StoreProbe[] = [
    createNeo4jProbe({ url: graphUrl, ...(user === '' ? {} : { user, password }) }),
    createRedisProbe({ url: cacheUrl }),
    createKafkaProbe({ brokers, topics: topicsOf(flows) }),
  ];
  for (const probe of probes) teardown.use(`the probe of ${probe.store}`, probe);
  return {
    environment: {
      NEO4J_URL: graphUrl,
      NEO4J_USER: user,
      NEO4J_PASSWORD: password,
      REDIS_URL: cacheUrl,
      KAFKA_BROKERS: brokers.join(','),
    },
    probes: new Map(probes.map((probe) => [probe.store, probe])),
  };
}

/** The topics whose messages a flow asks about: the tailing consumer has to be there before the first of them. */
function topicsOf(flows: readonly CompiledFlow[]): readonly string[] {
  const reads = flows.flatMap(storeReads);
  return [...new Set(reads.flatMap(({ query }) => (query.store === 'kafka' ? [query.topic] : [])))];
}
