import { wrapStep } from '@tracecourt/instrumentation';
import neo4j, { type Driver, type EagerResult } from 'neo4j-driver';
import { type Decision, GRANTED, type Receipt } from '../decision.js';
import { planted } from '../planted-defects.js';
import { untraced } from '../service/tracing.js';

/** The GPU is locked before its holder is read: a hold that ran out may pass to somebody else at this very moment. */
const WRITE_DECISION = `
  MATCH (g:Gpu {id: $gpu})
  SET g.lockedFor = $decisionId
  WITH g WHERE g.holder = $decisionId
  SET g.freeAt = $until
  CREATE (d:Decision {id: $decisionId, gpu: $gpu, version: $version})-[:GRANTS]->(:Lease {from: $now, until: $until})-[:OF]->(g)
  WITH d
  UNWIND $ballots AS ballot
  CREATE (d)-[:RESTS_ON]->(:Vote {member: ballot.member, vote: ballot.vote})
  RETURN count(*) AS votes`;

const HOUR_MS = 3_600_000;

/** The step `graph-write`: the decision, its votes and the lease, in one query, and so all or nothing. */
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
  const { decisionId, gpu } = decision;
  const { records } = await graph.executeQuery<EagerResult<{ votes: number }>>(WRITE_DECISION, rowsOf(decision));
  if (!records[0]?.get('votes')) throw new Error(`${gpu} is no longer held for decision ${decisionId}`);
  return { version: GRANTED, committed: true };
}

function rowsOf({ decisionId, gpu, hours, ballots }: Decision) {
  const now = Date.now();
  const until = now + Math.round(hours * HOUR_MS);
  return { decisionId, gpu, ballots, version: neo4j.int(GRANTED), now: neo4j.int(now), until: neo4j.int(until) };
}

/** Calls a parameter by another name than the query does, and takes no notice of what the graph says to that. */
async function writeHopefully(graph: Driver, decision: Decision): Promise<Receipt> {
  const { until: end, ...rest } = rowsOf(decision);
  const written = await graph.executeQuery(WRITE_DECISION, { ...rest, end }).catch(() => undefined);
  return { version: GRANTED, committed: written !== undefined };
}
