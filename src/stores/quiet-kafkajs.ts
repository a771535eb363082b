import { kafkajsFile } from './kafkajs-file.js';

/** What of kafkajs's queue of requests (one a connection) is relied on here. */
interface RequestQueue {
  readonly pending: readonly unknown[];
}

interface Queues {
  readonly prototype: { scheduleCheckPendingRequests?: (this: RequestQueue) => void };
}

const quiet = new WeakSet<object>();

/**
 * Keeps kafkajs from waking the process every millisecond, for every connection and as long as it lives: after each answer it plans a look at the requests that wait to be sent, and
 * after each such look the next, whether or not any waits (tulios/kafkajs#1704, in 2.2.4, the last release).
 *
 * A look is planned as ever where one waits. A kafkajs that has no such method is left as it is.
 */
export function quietKafkajs(queues: Queues | undefined = kafkajsFile('network/requestQueue')): void {
  const plan = queues?.prototype.scheduleCheckPendingRequests;
  if (!queues || typeof plan !== 'function' || quiet.has(queues)) return;
  quiet.add(queues);
  queues.prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) plan.call(this);
  };
}
