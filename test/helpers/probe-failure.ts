import { expect } from 'chai';
import type { StoreFailure } from '../../src/model/index.js';
import type { StoreProbe } from '../../src/stores/index.js';

/** A loaded machine wakes late; what must not happen is that a probe's limit does not hold at all. */
const FAR_BEYOND_MS = 15_000;

const QUERIES = {
  neo4j: { store: 'neo4j', cypher: 'RETURN 1 AS one', parameters: {} },
  redis: { store: 'redis', key: 'k' },
  kafka: { store: 'kafka', topic: 't', key: 'k', consumedBy: [] },
} as const;

/** Why a probe gets no answer: in time, in words that fit into a sentence, and the same whichever way it is asked. Ends the probe. */
export async function failureOf(probe: StoreProbe): Promise<StoreFailure> {
  await using asked = probe;
  const startedAt = performance.now();
  const answer = await asked.identify();
  expect(performance.now() - startedAt).to.be.lessThan(FAR_BEYOND_MS);
  if (answer.status === 'identified') throw new Error(`identified ${JSON.stringify(answer.server)}`);
  const { failure } = answer;
  expect(failure.address).to.equal(asked.address);
  expect(failure.nextStep).to.match(/^[A-Z].*\.$/);
  expect(failure.saw).to.match(/^[a-z][^\n]*[^.\n]$/);
  const seen = await asked.observe({ effect: 'e', query: QUERIES[asked.store] });
  expect(seen).to.include({ status: 'unreachable', kind: failure.kind, address: failure.address });
  return failure;
}
