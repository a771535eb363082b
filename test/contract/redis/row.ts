import { expect } from 'chai';
import type { Redis } from 'ioredis';
import type { Bench } from './bench.js';

export type Call = readonly [command: string, ...args: (string | number | Buffer)[]];

/** Commands and their replies, one connection, one after the other. */
export interface Row {
  readonly says: string;
  /** `k1`, `k2`… among the arguments become keys of this run. */
  readonly calls: readonly Call[];
  /** One reply a call; an error reply is `Error: <text>`. */
  readonly replies: readonly unknown[];
}

export const INTEGER_ERROR = 'Error: ERR value is not an integer or out of range';
export const WRONG_TYPE = 'Error: WRONGTYPE Operation against a key holding the wrong kind of value';
export const SYNTAX = 'Error: ERR syntax error';
export const OVERFLOW = 'Error: ERR increment or decrement would overflow';
export const arity = (name: string) => `Error: ERR wrong number of arguments for '${name}' command`;

/** A row of the battery for each row of the table. */
export function tableRows({ client, keyPrefix, protocol }: Bench, rows: readonly Row[]): void {
  for (const { says, calls, replies } of rows) {
    it(says, async () => {
      expect(await repliesTo(client({ protocol }), calls, keyPrefix())).to.deep.equal(replies);
    });
  }
}

/** Sends one command after the other, so that each error is seen where it happened. */
export async function repliesTo(redis: Redis, calls: readonly Call[], keyPrefix: string): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  for (const [command, ...args] of calls) {
    const named = args.map((arg) => (/^k\d$/.test(String(arg)) ? `${keyPrefix}${arg}` : arg));
    seen.push(plain(await redis.call(command, ...named).catch((cause: unknown) => cause), keyPrefix));
  }
  return seen;
}

/** A reply to compare: errors as text, keys as `k1`, maps and typed numbers as what RESP2 has for them. */
function plain(reply: unknown, keyPrefix: string): unknown {
  if (reply instanceof Error) return `Error: ${reply.message}`;
  if (typeof reply === 'string') return reply.replaceAll(keyPrefix, '');
  return Array.isArray(reply) ? reply.map((item) => plain(item, keyPrefix)) : reply;
}
