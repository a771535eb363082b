import { wrapStep } from '@tracecourt/instrumentation';
import type { Producer } from 'kafkajs';
import type { Decision } from '../decision.js';
import { REJECTED } from '../topics.js';

/** The step `rejection-notice`: tells everyone that the council said no. */
export function rejectionNoticeStep(producer: Producer) {
  return wrapStep('rejection-notice', async ({ decisionId, model, hours, ballots }: Decision): Promise<void> => {
    const approvals = ballots.filter((ballot) => ballot.vote === 'approve').length;
    const value = JSON.stringify({ decisionId, model, hours, approvals });
    await producer.send({ topic: REJECTED, messages: [{ key: decisionId, value }] });
  });
}
