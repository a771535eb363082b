import { TracecourtError } from '../errors.js';
import type { ServerIdentity, StoreFailure, StoreName } from '../model/index.js';
import type { StoreProbe } from '../stores/index.js';

const PRODUCTS: Readonly<Record<StoreName, string>> = { neo4j: 'Neo4j', redis: 'Redis', kafka: 'Kafka' };

/** Who answers for each store. Throws TracecourtError `store-unavailable` that says what was seen of each that does not. */
export async function identifyStores(stores: Iterable<StoreProbe>): Promise<readonly ServerIdentity[]> {
  const probes = [...stores];
  // All of them before the first question: loading one client keeps the answers to another waiting.
  await Promise.all(probes.map((probe) => probe.load()));
  const asked = await Promise.all(probes.map((probe) => probe.identify()));
  throwIfAway(
    probes,
    asked.map((answer) => (answer.status === 'unreachable' ? answer.failure : undefined)),
  );
  return asked.flatMap((answer) => (answer.status === 'identified' ? [answer.server] : []));
}

/** Gets every probe ready for what is left from now on. Throws like {@link identifyStores}. */
export async function watchStores(stores: Iterable<StoreProbe>): Promise<void> {
  const probes = [...stores];
  throwIfAway(probes, await Promise.all(probes.map((probe) => probe.watch())));
}

function throwIfAway(probes: readonly StoreProbe[], failures: readonly (StoreFailure | undefined)[]): void {
  const away = probes.flatMap(({ store }, index) => {
    const failure = failures[index];
    return failure === undefined ? [] : [{ store, failure }];
  });
  if (away.length > 0) throw storesUnavailable(away);
}

interface Away {
  readonly store: StoreName;
  readonly failure: StoreFailure;
}

function storesUnavailable(away: readonly Away[]): TracecourtError {
  const sentences = away.map(({ store, failure }) => `${PRODUCTS[store]} at ${failure.address} ${failure.saw}.`);
  const steps = [...new Set(away.map(({ failure }) => failure.nextStep))];
  return new TracecourtError('store-unavailable', sentences.join('\n'), { nextStep: steps.join(' ') });
}
