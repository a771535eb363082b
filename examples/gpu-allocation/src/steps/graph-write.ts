import { wrapStep } from '@tracecourt/instrumentation';
import neo4j, { type Driver } from 'neo4j-driver';
import type { Decision } from '../decision.js';
import { planted } from '../planted-defects.js';
import { untraced } from '../service/tracing.js';

const WRITE_LEASE = `
  MATCH (g:Gpu {id: $gpu, holder: $decisionId})
  SET g.freeAt = $until
  CREATE (d:Decision {id: $decisionId, gpu: $gpu})-[:GRANTS]->(:Lease {until: $until})-[:OF]->(g)
  RETURN d.id AS id`;

const WRITE_VOTES = `
  MATCH (d:Decision {id: $decisionId})
  UNWIND $ballots AS ballot
  CREATE (d)-[:RESTS_ON]->(:Vote {member: ballot.member, vote: ballot.vote})`;

const HOUR_MS = 3_600_000;

/** The step `graph-write`: the decision, its votes and the lease, in one transaction. */
export function graphWriteStep(graph: Driver) {
  const write = (decision: Decision) => writeDecision(graph, decision);
  const step = wrapStep('graph-write', write);
  return (decision: Decision) => (planted('dark-graph-write') ? untraced(() => write(decision)) : step(decision));
}

async function writeDecision(graph: Driver, { decisionId, gpu, hours, ballots }: Decision): Promise<void> {
  const until = neo4j.int(Date.now() + Math.round(hours * HOUR_MS));
  const session = graph.session();
  try {
    await session.executeWrite(async (transaction) => {
      const { records } = await transaction.run(WRITE_LEASE, { decisionId, gpu, until });
      if (records.length === 0) throw new Error(`${gpu} is no longer held for decision ${decisionId}`);
      await transaction.run(WRITE_VOTES, { decisionId, ballots });
    });
  } finally {
    await session.close();
  }
}
