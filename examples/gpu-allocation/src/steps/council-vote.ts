import { setTimeout as delay } from 'node:timers/promises';
import { setStepAttributes, wrapStep } from '@tracecourt/instrumentation';
import type { Ballot, Proposal, Vote } from '../decision.js';
import { postJson, type Reply } from '../service/http-client.js';

/** Where the council is, and how long the allocator waits for it. */
export interface CouncilAccess {
  readonly url: string;
  readonly deadlineMs: number;
}

/** What the members of one council share: when a second call may be made, and when to hang up. */
interface Patience {
  readonly deadline: AbortSignal;
  readonly runsOut: Promise<void>;
}

/** Who has not answered for so long is asked once more. */
const SLOW_MS = 600;

/** Asks the members in parallel; gives the ballots that came before the deadline. Who is late is hung up on. */
export function councilVoteSteps({ url, deadlineMs }: CouncilAccess) {
  return async (members: readonly string[], proposal: Proposal): Promise<readonly Ballot[]> => {
    const patience = { deadline: AbortSignal.timeout(deadlineMs), runsOut: delay(SLOW_MS, undefined, { ref: false }) };
    const votes = await Promise.allSettled(members.map((member) => askMember(url, member, proposal, patience)));
    return votes.flatMap((vote) => (vote.status === 'fulfilled' ? [vote.value] : []));
  };
}

/** The step `council-vote`: one member's ballot. It fails when the member does not answer in time, or not with a vote. */
const askMember = wrapStep(
  'council-vote',
  async (url: string, member: string, proposal: Proposal, patience: Patience): Promise<Ballot> => {
    const { status, body } = await firstAnswer(
      () => postJson(`${url}/members/${member}/vote`, proposal, patience.deadline),
      patience,
    );
    const vote = readVote(body);
    if (vote === undefined) throw new Error(`${member} answered ${status} without a vote`);
    setStepAttributes({ 'gpu.vote': vote });
    return { member, vote };
  },
  { attributes: (_url, member) => ({ 'gpu.voter': member }) },
);

/** A member says the same however often it is asked, so whichever call is answered first counts. */
async function firstAnswer(call: () => Promise<Reply>, { runsOut }: Patience): Promise<Reply> {
  const first = call();
  return (await Promise.race([first, runsOut])) ?? (await Promise.race([first, call()]));
}

function readVote(answer: unknown): Vote | undefined {
  const vote = (answer as { vote?: unknown } | null)?.vote;
  return vote === 'approve' || vote === 'reject' ? vote : undefined;
}
