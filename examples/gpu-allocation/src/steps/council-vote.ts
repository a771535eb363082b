import { setStepAttributes, wrapStep } from '@tracecourt/instrumentation';
import type { Ballot, Proposal, Vote } from '../decision.js';
import { postJson } from '../service/http-client.js';

/** Where the council is, and how long the allocator waits for it. */
export interface CouncilAccess {
  readonly url: string;
  readonly deadlineMs: number;
}

/** Asks the members in parallel; gives the ballots that came before the deadline. Who is late is hung up on. */
export function councilVoteSteps({ url, deadlineMs }: CouncilAccess) {
  return async (members: readonly string[], proposal: Proposal): Promise<readonly Ballot[]> => {
    const deadline = AbortSignal.timeout(deadlineMs);
    const votes = await Promise.allSettled(members.map((member) => askMember(url, member, proposal, deadline)));
    return votes.flatMap((vote) => (vote.status === 'fulfilled' ? [vote.value] : []));
  };
}

/** The step `council-vote`: one member's ballot. It fails when the member does not answer in time, or not with a vote. */
const askMember = wrapStep(
  'council-vote',
  async (url: string, member: string, proposal: Proposal, deadline: AbortSignal): Promise<Ballot> => {
    const { status, body } = await postJson(`${url}/members/${member}/vote`, proposal, deadline);
    const vote = readVote(body);
    if (vote === undefined) throw new Error(`${member} answered ${status} without a vote`);
    setStepAttributes({ 'gpu.vote': vote });
    return { member, vote };
  },
  { attributes: (_url, member) => ({ 'gpu.voter': member }) },
);

function readVote(answer: unknown): Vote | undefined {
  const vote = (answer as { vote?: unknown } | null)?.vote;
  return vote === 'approve' || vote === 'reject' ? vote : undefined;
}
