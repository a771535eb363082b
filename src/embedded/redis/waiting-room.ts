import type { Keyspace, Watcher } from './keyspace.js';
import { NIL_ARRAY, type Reply } from './reply.js';

/** A connection that may wait. */
export interface Waiter {
  wait: Wait | undefined;
  send(reply: Reply): void;
  /** Does what has come meanwhile. */
  goOn(): void;
}

/** A connection does nothing more until one of these keys holds what it wants, or its time is over. */
export interface Wait {
  readonly waiter: Waiter;
  readonly keys: Keyspace;
  readonly names: readonly string[];
  /** Milliseconds since the epoch; undefined: as long as it takes. */
  readonly endsAtMs: bigint | undefined;
  /** Takes from the key and gives the reply, or undefined when there is nothing in it. */
  readonly take: (name: string) => Reply | undefined;
}

/**
 * Where connections wait in BLPOP and BRPOP. A key serves them in the order in which they came; of several keys that one
 * command or transaction filled, the first that it touched is served first, as in Redis.
 */
export class WaitingRoom {
  readonly #watchers = new Map<Waiter, Watcher>();
  readonly #touched: { readonly wait: Wait; readonly name: string }[] = [];

  enter(wait: Wait): void {
    const watcher = { touched: (name: string) => void this.#touched.push({ wait, name }) };
    this.#watchers.set(wait.waiter, watcher);
    for (const name of wait.names) wait.keys.watch(name, watcher);
    wait.waiter.wait = wait;
  }

  /** Serves those whose keys were touched since the last time. To be called when a command is over, and answered. */
  serve(): void {
    for (let next = this.#touched.shift(); next !== undefined; next = this.#touched.shift()) {
      const { wait, name } = next;
      if (wait.waiter.wait !== wait) continue;
      const reply = wait.take(name);
      if (reply !== undefined) this.#end(wait, reply);
    }
  }

  /** Answers nil to those whose time is over. */
  endDue(nowMs: bigint): void {
    for (const { wait } of [...this.#watchers.keys()]) {
      if (wait?.endsAtMs !== undefined && wait.endsAtMs <= nowMs) this.#end(wait, NIL_ARRAY);
    }
  }

  /** Forgets a connection that is gone. */
  leave(waiter: Waiter): void {
    const { wait } = waiter;
    const watcher = this.#watchers.get(waiter);
    if (watcher !== undefined) for (const name of wait?.names ?? []) wait?.keys.unwatch(name, watcher);
    this.#watchers.delete(waiter);
    waiter.wait = undefined;
  }

  #end({ waiter }: Wait, reply: Reply): void {
    this.leave(waiter);
    waiter.send(reply);
    waiter.goOn();
  }
}
