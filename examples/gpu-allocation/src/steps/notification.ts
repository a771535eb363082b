import { wrapStep } from '@tracecourt/instrumentation';
import type { Redis } from 'ioredis';

const NOTICE_SECONDS = 24 * 3600;

/** The steps `notification` and `rejection-notification`: what somebody who waits for the decision gets to read. */
export function notificationSteps(cache: Redis) {
  const record = async (key: string, message: string): Promise<void> => {
    await cache.set(key, message, 'EX', NOTICE_SECONDS);
  };
  return { notify: wrapStep('notification', record), notifyRejection: wrapStep('rejection-notification', record) };
}
