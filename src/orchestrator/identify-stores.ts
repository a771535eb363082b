import { TracecourtError } from '../errors.js';
import type { ServerIdentity, StoreFailure, StoreName } from '../model/index.js';
import type { StoreProbe } from '../stores/index.js';

const PRODUCTS: Readonly<Record<StoreName, string>> = { neo4j: 'Neo4j', redis: 'Redis', kafka: 'Kafka' };

/** Who answers for each store. Throws TracecourtError `store-unavailable` that says what was seen of each that does not. */
export async function identifyStores(probes: Iterable<StoreProbe>): Promise<readonly ServerIdentity[]> {
  const asked = await Promise.all(
    [...probes].map(async (probe) => ({ store: probe.store, answer: await probe.identify() })),
  );
  const away = asked.flatMap(({ store, answer }) =>
    answer.status === 'unreachable' ? [{ store, failure: answer.failure }] : [],
  );
  if (away.length > 0) throw storesUnavailable(away);
  return asked.flatMap(({ answer }) => (answer.status === 'identified' ? [answer.server] : []));
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
