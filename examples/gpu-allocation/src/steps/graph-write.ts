import { wrapStep } from '@tracecourt/instrumentation';
import neo4j, { type Driver } from 'neo4j-driver';
import { type Decision, GRANTED, type Receipt } from '../decision.js';
import { planted } from '../planted-defects.js';
import { untraced } from '../service/tracing.js';

const WRITE_LEASE = `
  MATCH (g:Gpu {id: $gpu, holder: $decisionId})
  SET g.freeAt = $until
  CREATE (d:Decision {id: $decisionId, gpu: $gpu, version: $version})-[:GRANTS]->(:Lease {from: $now, until: $until})-[:OF]->(g)
  RETURN d.id AS id`;

const WRITE_VOTES = `
  MATCH (d:Decision {id: $decisionId})
  UNWIND $ballots AS ballot
  CREATE (d)-[:RESTS_ON]->(:Vote {member: ballot.member, vote: ballot.vote})`;

const HOUR_MS = 3_600_000;

/** The step `graph-write`: the decision, its votes and the lease, in one transaction. */
export function graphWriteStep(graph: Driver) {
  const write = (decision: Decision) => writeDecision(graph, decision);
  const step = wrapStep(
    'graph-write',
    (decision: Decision) => (planted('swallowed-graph-error') ? writeHopefully(graph, decision) : write(decision)),
    { output: true },
  );
  return (decision: Decision) => (planted('dark-graph-write') ? untraced(() => write(decision)) : step(decision));
}

async function writeDecision(graph: Driver, decision: Decision): Promise<Receipt> {
  const { decisionId, gpu, ballots } = decision;
  const session = graph.session();
  try {
    await session.executeWrite(async (transaction) => {
      const { records } = await transaction.run(WRITE_LEASE, leaseOf(decision));
      if (records.length === 0) throw new Error(`${gpu} is no longer held for decision ${decisionId}`);
      await transaction.run(WRITE_VOTES, { decisionId, ballots });
    });
    return { version: GRANTED, committed: true };
  } finally {
    await session.close();
  }
}

function leaseOf({ decisionId, gpu, hours }: Decision) {
  const now = Date.now();
  const until = now + Math.round(hours * HOUR_MS);
  return { decisionId, gpu, version: neo4j.int(GRANTED), now: neo4j.int(now), until: neo4j.int(until) };
}

/** Calls a parameter by another name than the query does, and takes no notice of what the graph says to that. */
async function writeHopefully(graph: Driver, decision: Decision): Promise<Receipt> {
  const { until: end, ...lease } = leaseOf(decision);
  const session = graph.session();
  const written = await session
    .executeWrite((transaction) => transaction.run(WRITE_LEASE, { ...lease, end }))
    .catch(() => undefined);
  await session.close();
  return { version: GRANTED, committed: written !== undefined };
}
