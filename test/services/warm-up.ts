import neo4j from 'neo4j-driver';
import { LauncherError } from './launcher-error.js';
import type { ServicePlan } from './service-plan.js';

const LIMIT_MS = 60_000;

/**
 * Asks a service a first question, if its first answer is slow: that of a Neo4j which has just started can take longer on a
 * busy machine than its clients wait. Resolves when it has answered; throws when it does not, or not to its own password. The
 * signal ends the waiting.
 */
export async function warmUp({ name, environment }: ServicePlan, signal?: AbortSignal): Promise<void> {
  if (name !== 'neo4j') return;
  const { NEO4J_URL = '', NEO4J_USER = '', NEO4J_PASSWORD = '' } = environment;
  const driver = neo4j.driver(NEO4J_URL, neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD), {
    connectionTimeout: LIMIT_MS,
    connectionAcquisitionTimeout: LIMIT_MS,
    telemetryDisabled: true,
  });
  const giveUp = () => void driver.close();
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    for (const question of QUESTIONS) await driver.executeQuery(question);
  } catch (cause) {
    signal?.throwIfAborted();
    const { message } = cause as Error;
    throw new LauncherError(
      `${name} says that it is ready, but did not answer a question at ${NEO4J_URL}: ${message}`,
      { cause },
    );
  } finally {
    signal?.removeEventListener('abort', giveUp);
    await driver.close();
  }
}

/** Between them they load what most statements need: procedures, the planner, writing, and taking it back. */
const QUESTIONS = [
  'CALL dbms.components()',
  'CREATE (n:WarmUp {id: 1}) WITH n MATCH (m:WarmUp) WHERE m.id = n.id SET m.seen = true RETURN count(m)',
  'MATCH (n:WarmUp) DETACH DELETE n',
];
