import type { ServiceHealth, StoreName } from '../model/index.js';
import type { StoreProbe } from '../stores/index.js';
import { checkDns } from './health/check-dns.js';
import { checkHttp } from './health/check-http.js';
import { checkStore } from './health/check-store.js';
import { checkTcp } from './health/check-tcp.js';
import { type Endpoint, parseEndpoint } from './health/endpoint.js';

export interface HealthOptions {
  /** For each check of an endpoint; a probe has its own limit. Default 5,000. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 5_000;

/**
 * Looks who is there: the stores by name, and any endpoint. A service that is not there is an answer, never an exception, and
 * comes within the limit. A store without a probe is not asked, and not in the answer.
 */
export class ServiceHealthValidator {
  readonly #probes: ReadonlyMap<StoreName, StoreProbe>;
  readonly #timeoutMs: number;

  constructor(probes: ReadonlyMap<StoreName, StoreProbe>, { timeoutMs = DEFAULT_TIMEOUT_MS }: HealthOptions = {}) {
    this.#probes = probes;
    this.#timeoutMs = timeoutMs;
  }

  validateNeo4jConnectivity(): Promise<ServiceHealth | undefined> {
    return this.#askStore('neo4j');
  }

  validateRedisConnectivity(): Promise<ServiceHealth | undefined> {
    return this.#askStore('redis');
  }

  validateKafkaConnectivity(): Promise<ServiceHealth | undefined> {
    return this.#askStore('kafka');
  }

  /** Throws TracecourtError `usage` for what is no URL of http or https. */
  validateHttpEndpoint(url: string): Promise<ServiceHealth> {
    return this.#ask(parseEndpoint('http', url));
  }

  /** `HOST:PORT`. Throws TracecourtError `usage` for anything else. */
  validateTcpEndpoint(address: string): Promise<ServiceHealth> {
    return this.#ask(parseEndpoint('tcp', address));
  }

  /** Throws TracecourtError `usage` for what is no name of a host. */
  validateDnsName(name: string): Promise<ServiceHealth> {
    return this.#ask(parseEndpoint('dns', name));
  }

  /** Every store that has a probe, then the endpoints, all at the same time. */
  async validateAll(endpoints: readonly Endpoint[] = []): Promise<readonly ServiceHealth[]> {
    // All of them before the first question: loading one client keeps the answers to another waiting.
    await Promise.all([...this.#probes.values()].map((probe) => probe.load()));
    const stores = [...this.#probes.keys()].map((store) => this.#askStore(store));
    const answers = await Promise.all([...stores, ...endpoints.map((endpoint) => this.#ask(endpoint))]);
    return answers.filter((health) => health !== undefined);
  }

  async #askStore(store: StoreName): Promise<ServiceHealth | undefined> {
    const probe = this.#probes.get(store);
    return probe && checkStore(probe);
  }

  #ask(endpoint: Endpoint): Promise<ServiceHealth> {
    switch (endpoint.kind) {
      case 'http':
        return checkHttp(endpoint.url, this.#timeoutMs);
      case 'tcp':
        return checkTcp(endpoint.address, this.#timeoutMs);
      case 'dns':
        return checkDns(endpoint.name, this.#timeoutMs);
      default:
        return endpoint satisfies never;
    }
  }
}
