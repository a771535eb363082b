import type { Redis } from 'ioredis';
import { oncePer } from '../lib/once-per.js';
import { SharedRounds } from '../lib/shared-rounds.js';

/** Longer strings are not read to their end. */
export const MAX_STRING_BYTES = 4 * 1024 * 1024;

/** What is under a key, all at the same moment. */
export interface KeyLook {
  /** As Redis names it; `none` where nothing is. */
  readonly type: string;
  readonly ttlMs: number;
  /** Undefined for what is no string. */
  readonly string: LookedAtString | undefined;
}

export interface LookedAtString {
  readonly length: number;
  /** The first {@link MAX_STRING_BYTES} of it, as the client gives them: a Buffer. */
  readonly bytes: unknown;
}

type Reply = readonly [error: Error | null, result: unknown];

/** Most keys hold strings: a look reads these along. */
const COMMANDS = ['multi', 'type', 'pttl', 'strlen', 'getrangeBuffer', 'exec'] as const;

const looksThrough = oncePer((redis: Redis) => new SharedRounds((keys: readonly string[]) => lookAtAll(redis, keys)));

/**
 * Looks at a key. Keys that are asked for at once are looked at in one round trip, each in a transaction of its own. Throws
 * what the client throws.
 */
export async function lookAtKey(redis: Redis, key: string): Promise<KeyLook> {
  const replies = (await looksThrough(redis).ask(key)) ?? [];
  const failure = replies.find(([error]) => error)?.[0];
  if (failure) throw failure;
  const [type, ttlMs, length, bytes] = (replies.at(-1)?.[1] ?? []) as readonly unknown[];
  const string = type === 'string' ? { length: Number(given(length)), bytes: given(bytes) } : undefined;
  return { type: String(given(type)), ttlMs: Number(given(ttlMs)), string };
}

async function lookAtAll(redis: Redis, keys: readonly string[]): Promise<ReadonlyMap<string, readonly Reply[]>> {
  const commands = keys.flatMap((key) => COMMANDS.map((name) => [name, ...argumentsOf(name, key)]));
  const replies = (await redis.pipeline(commands).exec()) ?? [];
  return new Map(keys.map((key, i) => [key, replies.slice(i * COMMANDS.length, (i + 1) * COMMANDS.length)]));
}

function argumentsOf(name: (typeof COMMANDS)[number], key: string): readonly (string | number)[] {
  if (name === 'multi' || name === 'exec') return [];
  return name === 'getrangeBuffer' ? [key, 0, MAX_STRING_BYTES - 1] : [key];
}

/** The client puts what goes wrong within a transaction in the place of the result. */
function given(result: unknown): unknown {
  if (result instanceof Error) throw result;
  return result;
}
