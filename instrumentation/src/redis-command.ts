/** What is used of a command and of a connection of ioredis; tests with the unmodified client hold each. */
import type { RedisArguments } from './redis-query-text.js';

/** A command of ioredis. Whoever learns how it came out calls one of its two functions. */
export interface RedisCommand {
  readonly name: string;
  readonly args: RedisArguments;
  readonly promise: Promise<unknown>;
  /** True for what is sent between MULTI and EXEC by a pipeline. */
  readonly inTransaction?: boolean;
  resolve: (reply: unknown) => unknown;
  reject: (error: unknown) => unknown;
}

/** A connection to one server, or a cluster, which passes its commands on to connections. */
export interface RedisClient {
  readonly isCluster?: boolean;
  readonly options: { readonly host?: unknown; readonly port?: unknown; readonly path?: unknown };
  once(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
}

export type Reply = { readonly ok: true; readonly reply: unknown } | { readonly ok: false; readonly error: unknown };

/**
 * Calls `onSettled` once, when the command is settled and before anybody learns of it.
 *
 * The command's own functions run first: one that cannot make sense of a reply rejects in place of resolving.
 */
export function whenSettled(command: RedisCommand, onSettled: (reply: Reply) => void): void {
  const { resolve, reject } = command;
  let isSettled = false;
  const settle = (reply: Reply) => {
    if (isSettled) return;
    isSettled = true;
    onSettled(reply);
  };
  command.resolve = function (reply) {
    const result = resolve.call(this, reply);
    settle({ ok: true, reply });
    return result;
  };
  command.reject = function (error) {
    settle({ ok: false, error });
    return reject.call(this, error);
  };
}
