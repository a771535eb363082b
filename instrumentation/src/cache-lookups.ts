/** Which reads of Redis found what they looked for. */
import type { RedisCommand } from './redis-command.js';

export interface CacheLookup {
  /** The command, in capitals. */
  readonly operation: string;
  readonly hits: number;
  readonly misses: number;
}

type Found = Pick<CacheLookup, 'hits' | 'misses'>;
type Listener = (lookup: CacheLookup) => void;

const listeners = new Set<Listener>();

/** Tells of every lookup from here on, until the function that is returned is called. */
export function onCacheLookup(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** To be told of the reply to a command, as the server gave it. Does nothing while nobody measures. */
export function tellCacheLookup({ name }: Pick<RedisCommand, 'name'>, reply: unknown): void {
  if (listeners.size === 0) return;
  const operation = name.toUpperCase();
  const found = FOUND[operation]?.(reply);
  if (found) for (const listener of listeners) listener({ operation, ...found });
}

/** Commands that read values by their keys; what only asks whether a key is there reads nothing. */
const FOUND: Readonly<Record<string, (reply: unknown) => Found>> = {
  GET: one,
  GETDEL: one,
  GETEX: one,
  HGET: one,
  HGETALL: any,
  HMGET: each,
  MGET: each,
};

function one(reply: unknown): Found {
  return reply === null ? { hits: 0, misses: 1 } : { hits: 1, misses: 0 };
}

function each(reply: unknown): Found {
  const replies = Array.isArray(reply) ? reply : [];
  const misses = replies.filter((value) => value === null).length;
  return { hits: replies.length - misses, misses };
}

/** A hash that is not there has no fields: no elements of an array, no entries of a map. */
function any(reply: unknown): Found {
  const size = reply instanceof Map ? reply.size : Object.keys(reply ?? {}).length;
  return size > 0 ? { hits: 1, misses: 0 } : { hits: 0, misses: 1 };
}
