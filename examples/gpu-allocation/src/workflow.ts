import { MEMBER_NAMES } from './council/members.js';
import {
  type AllocationRequest,
  type Ballot,
  type Candidate,
  type Context,
  type Decision,
  GRANTED,
  hasQuorum,
  isProposal,
  type Proposal,
  type Receipt,
} from './decision.js';
import { planted } from './planted-defects.js';
import type { Answer } from './service/http-server.js';

/** The steps of the workflow, each ready to run. */
export interface Steps {
  readonly findGpu: (request: AllocationRequest) => Promise<Candidate>;
  readonly draftContext: (proposal: Proposal) => void;
  readonly askCouncil: (members: readonly string[], proposal: Proposal) => Promise<readonly Ballot[]>;
  readonly writeGraph: (decision: Decision) => Promise<Receipt>;
  readonly writeCache: (decision: Decision) => Promise<unknown>;
  readonly readContext: (decision: Decision) => Promise<Context | NoContext>;
  readonly publishEvent: (decision: Decision) => Promise<void>;
  readonly noticeRejection: (decision: Decision) => Promise<void>;
  readonly noticeNoCapacity: (candidate: Candidate) => Promise<void>;
}

/** What is read of a context that is nowhere. */
export interface NoContext {
  readonly version: null;
}

/** One allocation from the request to its answer: gpu-allocation.flow.yaml states the same as a law. */
export async function allocate(steps: Steps, request: AllocationRequest): Promise<Answer> {
  const candidate = await steps.findGpu(request);
  const { decisionId, gpu } = candidate;
  if (!isProposal(candidate)) {
    await steps.noticeNoCapacity(candidate);
    return { status: 409, body: { decision: 'no-capacity', decisionId } };
  }

  steps.draftContext(candidate);
  const decision = { ...candidate, ballots: await steps.askCouncil(membersToAsk(), candidate) };
  const { ballots } = decision;
  if (!isApproved(ballots)) {
    await steps.noticeRejection(decision);
    return { status: 200, body: { decision: 'rejected', decisionId, ballots } };
  }

  const context = await record(steps, decision);
  return { status: 201, body: { decision: 'approved', decisionId, gpu, ballots, context } };
}

/** The graph is the truth: nothing may speak of a decision that is not in it. */
async function record(steps: Steps, decision: Decision): Promise<Context | NoContext> {
  if (planted('cache-before-graph')) return await recordCacheFirst(steps, decision);
  const receipt = await commit(steps, decision);
  const [context] = await Promise.all([keepContext(steps, decision), announce(steps, decision, receipt)]);
  return context;
}

async function recordCacheFirst(steps: Steps, decision: Decision): Promise<Context | NoContext> {
  await steps.writeCache(decision);
  const receipt = await commit(steps, decision);
  const [context] = await Promise.all([steps.readContext(decision), announce(steps, decision, receipt)]);
  return context;
}

async function commit(steps: Steps, decision: Decision): Promise<Receipt> {
  if (planted('orphan-cache')) return { version: GRANTED, committed: false };
  return await steps.writeGraph(decision);
}

/** Writes the context window and reads it back: the answer tells it as everyone sees it. */
async function keepContext(steps: Steps, decision: Decision): Promise<Context | NoContext> {
  await steps.writeCache(decision);
  return await steps.readContext(decision);
}

async function announce(steps: Steps, decision: Decision, { committed }: Receipt): Promise<void> {
  if (committed && planted('outbox-gap')) throw new Error(`decision ${decision.decisionId} could not be audited`);
  await steps.publishEvent(decision);
}

function membersToAsk(): readonly string[] {
  return planted('no-quorum') ? MEMBER_NAMES.slice(0, 2) : MEMBER_NAMES;
}

function isApproved(ballots: readonly Ballot[]): boolean {
  return planted('no-quorum') || hasQuorum(ballots);
}
