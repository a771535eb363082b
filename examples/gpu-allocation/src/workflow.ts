import { MEMBER_NAMES } from './council/members.js';
import {
  type AllocationRequest,
  type Ballot,
  type Candidate,
  type Decision,
  hasQuorum,
  isProposal,
  type Proposal,
} from './decision.js';
import { planted } from './planted-defects.js';
import type { Answer } from './service/http-server.js';

/** The steps of the workflow, each ready to run. */
export interface Steps {
  readonly findGpu: (request: AllocationRequest) => Promise<Candidate>;
  readonly askCouncil: (members: readonly string[], proposal: Proposal) => Promise<readonly Ballot[]>;
  readonly writeGraph: (decision: Decision) => Promise<void>;
  readonly writeCache: (decision: Decision) => Promise<void>;
  readonly publishEvent: (decision: Decision) => Promise<void>;
  readonly noticeRejection: (decision: Decision) => Promise<void>;
  readonly noticeNoCapacity: (candidate: Candidate) => Promise<void>;
}

/** One allocation from the request to its answer: gpu-allocation.flow.yaml states the same as a law. */
export async function allocate(steps: Steps, request: AllocationRequest): Promise<Answer> {
  const candidate = await steps.findGpu(request);
  const { decisionId, gpu } = candidate;
  if (!isProposal(candidate)) {
    await steps.noticeNoCapacity(candidate);
    return { status: 409, body: { decision: 'no-capacity', decisionId } };
  }

  const decision = { ...candidate, ballots: await steps.askCouncil(membersToAsk(), candidate) };
  const { ballots } = decision;
  if (!isApproved(ballots)) {
    await steps.noticeRejection(decision);
    return { status: 200, body: { decision: 'rejected', decisionId, ballots } };
  }

  await record(steps, decision);
  return { status: 201, body: { decision: 'approved', decisionId, gpu, ballots } };
}

/** The graph is the truth: nothing may speak of a decision that is not in it. */
async function record(steps: Steps, decision: Decision): Promise<void> {
  if (planted('cache-before-graph')) return await recordCacheFirst(steps, decision);
  await steps.writeGraph(decision);
  await Promise.all([steps.writeCache(decision), steps.publishEvent(decision)]);
}

async function recordCacheFirst(steps: Steps, decision: Decision): Promise<void> {
  await steps.writeCache(decision);
  await steps.writeGraph(decision);
  await steps.publishEvent(decision);
}

function membersToAsk(): readonly string[] {
  return planted('no-quorum') ? MEMBER_NAMES.slice(0, 2) : MEMBER_NAMES;
}

function isApproved(ballots: readonly Ballot[]): boolean {
  return planted('no-quorum') || hasQuorum(ballots);
}
