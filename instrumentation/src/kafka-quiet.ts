import type { Method } from './patches.js';

/** What of a connection's queue of requests is relied on. */
interface RequestQueue {
  readonly pending?: readonly unknown[];
}

/** The class of those queues, in the file that exports nothing else. */
export const REQUEST_QUEUE_FILE = 'kafkajs/src/network/requestQueue/index.js';

/**
 * In place of `scheduleCheckPendingRequests` of a connection's queue: plans a look at the requests that wait only where one waits.
 *
 * kafkajs plans one after each answer, and after each such look the next, a millisecond later (tulios/kafkajs#1704). Under tracing each is a timer that carries the context of the request
 * under which the first one was planned, for as long as the connection lives.
 */
export function onlyWhereOneWaits(original: Method): Method {
  return function scheduleCheckPendingRequests(this: RequestQueue) {
    if (this.pending?.length !== 0) original.call(this);
  };
}
