import { kafkajsFile } from './kafkajs-file.js';

/** What of kafkajs's loop of a consumer is relied on here. */
interface Runner {
  readonly running: boolean;
}

interface Runners {
  readonly prototype: { fetch?: (this: Runner, nodeId: number) => Promise<unknown> };
}

const stoppable = new WeakSet<object>();

/**
 * Keeps a stopped consumer of kafkajs from running for ever: when the nodes of its cluster change while it is stopped, as when a connection breaks just then, it begins to fetch
 * once more, is told that there is nothing, and asks again at once, without ever letting the process do anything else (in 2.2.4, the last release).
 *
 * Who fetches for a consumer that is stopped is told so with an error, which ends it. A kafkajs that has no such method is left as it is.
 */
export function stoppableKafkajs(runners: Runners | undefined = kafkajsFile('consumer/runner')): void {
  const fetch = runners?.prototype.fetch;
  if (!runners || typeof fetch !== 'function' || stoppable.has(runners)) return;
  stoppable.add(runners);
  runners.prototype.fetch = function (nodeId) {
    return this.running ? fetch.call(this, nodeId) : Promise.reject(new Error('The consumer is stopped.'));
  };
}
