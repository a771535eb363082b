import type { ServerIdentity, StoreName } from '../model/index.js';
import type { StoreProbe } from '../stores/index.js';

/** Whether a store answers at its address, and who does. */
export type ServiceHealth =
  | { readonly status: 'up'; readonly store: StoreName; readonly server: ServerIdentity; readonly tookMs: number }
  | { readonly status: 'down'; readonly store: StoreName; readonly address: string; readonly reason: string };

/** Asks each store who it is. A store without a probe is not asked, and not in the answer. */
export class ServiceHealthValidator {
  readonly #probes: ReadonlyMap<StoreName, StoreProbe>;

  constructor(probes: ReadonlyMap<StoreName, StoreProbe>) {
    this.#probes = probes;
  }

  validateNeo4jConnectivity(): Promise<ServiceHealth | undefined> {
    return this.#ask('neo4j');
  }

  validateRedisConnectivity(): Promise<ServiceHealth | undefined> {
    return this.#ask('redis');
  }

  validateKafkaConnectivity(): Promise<ServiceHealth | undefined> {
    return this.#ask('kafka');
  }

  async validateAll(): Promise<readonly ServiceHealth[]> {
    const answers = await Promise.all([...this.#probes.keys()].map((store) => this.#ask(store)));
    return answers.filter((health) => health !== undefined);
  }

  async #ask(store: StoreName): Promise<ServiceHealth | undefined> {
    const probe = this.#probes.get(store);
    if (probe === undefined) return undefined;
    const startedAt = performance.now();
    const answer = await probe.identify();
    if (answer.status === 'identified')
      return { status: 'up', store, server: answer.server, tookMs: performance.now() - startedAt };
    return { status: 'down', store, address: probe.address, reason: answer.failure.saw };
  }
}
