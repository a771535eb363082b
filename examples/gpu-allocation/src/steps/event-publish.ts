import { wrapStep } from '@tracecourt/instrumentation';
import type { Producer } from 'kafkajs';
import type { Decision } from '../decision.js';
import { planted } from '../planted-defects.js';
import { ALLOCATED } from '../topics.js';

/** The step `event-publish`: tells everyone that the GPU is taken. */
export function eventPublishStep(producer: Producer) {
  return wrapStep('event-publish', async ({ decisionId, gpu, model, hours }: Decision): Promise<void> => {
    const message = { key: decisionId, value: JSON.stringify({ decisionId, gpu, model, hours }) };
    const messages = planted('duplicate-event') ? [message, { ...message }] : [message];
    if (planted('lost-event')) messages.length = 0;
    await producer.send({ topic: ALLOCATED, messages });
  });
}
