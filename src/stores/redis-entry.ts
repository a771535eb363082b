import type { Redis } from 'ioredis';
import type { CacheEntry, StoredValue } from '../model/index.js';
import { type LookedAtString, lookAtKey, MAX_STRING_BYTES } from './redis-look.js';
import { storedHash, storedSet, storedSortedSet, storedText } from './redis-stored-value.js';

/** What the probe cannot read, said as the reason of an `unreachable` observation. */
export class UnreadableEntry extends Error {
  override readonly name = 'UnreadableEntry';
}

interface TypeReader {
  /** The command that tells how big the value is. */
  readonly size: string;
  readonly unit: string;
  readonly limit: number;
  readonly read: (key: string) => readonly string[];
  readonly stored: (reply: unknown) => StoredValue;
}

const MAX_MEMBERS = 10_000;
const MAX_ATTEMPTS = 5;

const READERS: Readonly<Record<string, TypeReader>> = {
  hash: {
    size: 'hlen',
    unit: 'fields',
    limit: MAX_MEMBERS,
    read: (key) => ['hgetall', key],
    stored: (reply) => storedHash(asFields(reply)),
  },
  list: {
    size: 'llen',
    unit: 'items',
    limit: MAX_MEMBERS,
    read: (key) => ['lrange', key, '0', String(MAX_MEMBERS - 1)],
    stored: (reply) => asList(reply).map(storedText),
  },
  set: {
    size: 'scard',
    unit: 'members',
    limit: MAX_MEMBERS,
    read: (key) => ['smembers', key],
    stored: (reply) => storedSet(asList(reply)),
  },
  zset: {
    size: 'zcard',
    unit: 'members',
    limit: MAX_MEMBERS,
    read: (key) => ['zrange', key, '0', String(MAX_MEMBERS - 1), 'withscores'],
    stored: (reply) => storedSortedSet(asList(reply)),
  },
};

/**
 * The entry under the key, or undefined when there is none. Type, time to live and value are read in one transaction, so they
 * belong together. Throws UnreadableEntry for a type or a size that cannot be read.
 */
export async function readEntry(redis: Redis, key: string): Promise<CacheEntry | undefined> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const { type, ttlMs, string } = await lookAtKey(redis, key);
    if (type === 'none') return undefined;
    if (string) return { store: 'redis', key, type, ttlMs, value: storedString(key, string) };
    const entry = await readTyped({ redis, key, type, reader: readerOf(type, key) });
    if (entry !== 'changed') return entry;
  }
  throw new UnreadableEntry(
    `the key ${JSON.stringify(key)} changed its type or went away at each of ${MAX_ATTEMPTS} reads`,
  );
}

function storedString(key: string, { length, bytes }: LookedAtString): StoredValue {
  if (length > MAX_STRING_BYTES) throw tooBig(key, length, { unit: 'bytes', limit: MAX_STRING_BYTES });
  return storedText(asBytes(bytes));
}

function readerOf(type: string, key: string): TypeReader {
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (reader !== undefined) return reader;
  const known = ['string', ...Object.keys(READERS)].join(', ');
  throw new UnreadableEntry(`the key ${JSON.stringify(key)} holds a ${type}; the probe reads ${known}`);
}

interface TypedRead {
  readonly redis: Redis;
  readonly key: string;
  readonly type: string;
  readonly reader: TypeReader;
}

async function sizeOf(redis: Redis, key: string, reader: TypeReader): Promise<number | 'changed'> {
  const size = await redis.call(reader.size, key).catch(changedType);
  return size === 'changed' ? size : Number(size);
}

/** `changed` when the value is of another type than the reader's. */
async function readTyped({ redis, key, type, reader }: TypedRead): Promise<CacheEntry | 'changed'> {
  const size = await sizeOf(redis, key, reader);
  if (size === 'changed') return 'changed';
  if (size > reader.limit) throw tooBig(key, size, reader);
  const [command = '', ...args] = reader.read(key);
  const replies = await redis
    .multi()
    .type(key)
    .pttl(key)
    .callBuffer(command, ...args)
    .exec();
  const [typeReply, ttlReply, valueReply] = replies ?? [];
  if (String(typeReply?.[1]) !== type) return 'changed';
  const failure = ttlReply?.[0] ?? valueReply?.[0];
  if (failure) throw failure;
  return { store: 'redis', key, type, ttlMs: Number(ttlReply?.[1]), value: reader.stored(valueReply?.[1]) };
}

function tooBig(key: string, size: number, { unit, limit }: Pick<TypeReader, 'unit' | 'limit'>): UnreadableEntry {
  return new UnreadableEntry(
    `the value of ${JSON.stringify(key)} has ${size} ${unit}; the probe reads at most ${limit}`,
  );
}

function changedType(cause: unknown): 'changed' {
  if (cause instanceof Error && cause.message.startsWith('WRONGTYPE')) return 'changed';
  throw cause;
}

function asBytes(reply: unknown): Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  throw new UnreadableEntry(`the server answered with ${typeof reply} where a string was expected`);
}

/** The client makes an object of HGETALL's reply. */
function asFields(reply: unknown): readonly (readonly [string, Buffer])[] {
  if (typeof reply === 'object' && reply !== null)
    return Object.entries(reply).map(([k, v]) => [k, asBytes(v)] as const);
  throw new UnreadableEntry(`the server answered with ${typeof reply} where a hash was expected`);
}

function asList(reply: unknown): readonly Buffer[] {
  if (Array.isArray(reply)) return reply.map(asBytes);
  throw new UnreadableEntry(`the server answered with ${typeof reply} where a list was expected`);
}
