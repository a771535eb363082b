/** What somebody asks for: one GPU of a model, for a while. */
export interface AllocationRequest {
  readonly model: string;
  readonly hours: number;
}

/** What the allocation step found; `gpu` is null when no GPU of the model is free. */
export interface Candidate extends AllocationRequest {
  readonly decisionId: string;
  readonly gpu: string | null;
}

/** A candidate with a GPU: what the council votes on. */
export interface Proposal extends Candidate {
  readonly gpu: string;
}

/** A council member's answer. */
export type Vote = 'approve' | 'reject';

/** Who voted what. A member that did not answer in time has no ballot. */
export interface Ballot {
  readonly member: string;
  readonly vote: Vote;
}

/** A proposal that was voted on. */
export interface Decision extends Proposal {
  readonly ballots: readonly Ballot[];
}

/** Versions of a decision: drafted when the council is asked, granted with the lease. */
export const DRAFTED = 1;
export const GRANTED = 2;

/** The context window of a decision: what whoever works with the GPU starts from. */
export interface Context extends AllocationRequest {
  readonly gpu: string;
  readonly version: number;
}

/** What is left of a decision once it is written: its version, and whether the graph holds it. */
export interface Receipt {
  readonly version: number;
  readonly committed: boolean;
}

/** Votes to approve that a decision needs, whoever stayed silent. */
export const QUORUM = 3;

const LONGEST_LEASE_HOURS = 24 * 365;

/** True when enough members approved. A member that appears twice counts once. */
export function hasQuorum(ballots: readonly Ballot[]): boolean {
  const approving = ballots.filter((ballot) => ballot.vote === 'approve').map((ballot) => ballot.member);
  return new Set(approving).size >= QUORUM;
}

/** True when the candidate has a GPU to vote on. */
export function isProposal(candidate: Candidate): candidate is Proposal {
  return candidate.gpu !== null;
}

/** Reads a request body; undefined unless it names a model and between 0 and 8760 hours. */
export function parseAllocationRequest(body: unknown): AllocationRequest | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { model, hours } = body as { model?: unknown; hours?: unknown };
  const isModel = typeof model === 'string' && model !== '';
  const isLease = typeof hours === 'number' && hours > 0 && hours <= LONGEST_LEASE_HOURS;
  return isModel && isLease ? { model, hours } : undefined;
}
