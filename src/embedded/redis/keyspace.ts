import { CommandError, WRONG_TYPE } from './command-error.js';

/** How each type of value is held. Strings are bytes, one character a byte. */
export interface ValueByType {
  readonly string: string;
  readonly hash: Map<string, string>;
  readonly list: string[];
  readonly set: Set<string>;
  readonly zset: Map<string, number>;
}
export type ValueType = keyof ValueByType;

export interface Entry {
  readonly type: ValueType;
  readonly value: ValueByType[ValueType];
  /** Milliseconds since the epoch, or undefined: never. */
  readonly expiresAtMs: bigint | undefined;
  /** Grows with each key that is created; a SCAN cursor is the last one seen. */
  readonly sequence: number;
}

/** Something that wants to know when a key changes or ends. */
export interface Watcher {
  touched(key: string): void;
}

/** What the time is; all databases of a server share it, so that a transaction happens at one instant. */
export interface TimeSource {
  readonly nowMs: bigint;
}

/**
 * One database: keys, their values and their ends. A key whose time has come is never seen again, whether or not a sweep
 * removed it; a collection that becomes empty stops existing.
 */
export class Keyspace {
  readonly #time: TimeSource;
  readonly #entries = new Map<string, Entry>();
  readonly #expiring = new Set<string>();
  readonly #watchers = new Map<string, Set<Watcher>>();
  /** No key ends before; undefined: none ends at all. */
  #firstEndMs: bigint | undefined;
  #lastSequence = 0;

  constructor(time: TimeSource) {
    this.#time = time;
  }

  get size(): number {
    this.sweep();
    return this.#entries.size;
  }

  get expiringCount(): number {
    return this.#expiring.size;
  }

  find(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || !this.#isOver(entry)) return entry;
    this.delete(key);
    return undefined;
  }

  /** The value, or undefined when there is no such key. Throws WRONGTYPE when it is of another type. */
  read<T extends ValueType>(key: string, type: T): ValueByType[T] | undefined {
    const entry = this.find(key);
    if (entry === undefined) return undefined;
    if (entry.type !== type) throw new CommandError(WRONG_TYPE);
    return entry.value as ValueByType[T];
  }

  /** Like read, but creates the collection that is not there. The caller MUST call `changed` after writing to it. */
  open<T extends Exclude<ValueType, 'string'>>(key: string, type: T, create: () => ValueByType[T]): ValueByType[T] {
    const present = this.read(key, type);
    if (present !== undefined) return present;
    const value = create();
    this.put(key, { type, value, expiresAtMs: undefined });
    return value;
  }

  put(key: string, entry: Omit<Entry, 'sequence'>): void {
    const sequence = this.#entries.get(key)?.sequence ?? ++this.#lastSequence;
    this.#entries.set(key, { ...entry, sequence });
    if (entry.expiresAtMs === undefined) this.#expiring.delete(key);
    else this.#expectEnd(key, entry.expiresAtMs);
    this.#touch(key);
  }

  /** Says that a collection was written to; removes it if that emptied it. */
  changed(key: string): void {
    const value = this.#entries.get(key)?.value;
    const isEmpty = Array.isArray(value) ? value.length === 0 : typeof value === 'object' && value.size === 0;
    if (isEmpty) this.delete(key);
    else this.#touch(key);
  }

  /** Sets or clears (undefined) when the key ends; a time that has come removes it. */
  expire(key: string, expiresAtMs: bigint | undefined): void {
    const entry = this.find(key);
    if (entry === undefined) return;
    if (expiresAtMs !== undefined && expiresAtMs <= this.#time.nowMs) this.delete(key);
    else this.put(key, { ...entry, expiresAtMs });
  }

  delete(key: string): boolean {
    const existed = this.#entries.delete(key);
    this.#expiring.delete(key);
    if (existed) this.#touch(key);
    return existed;
  }

  clear(): void {
    for (const key of [...this.#entries.keys()]) this.delete(key);
  }

  /** Keys that exist, in the order of their creation. */
  *keys(): Generator<readonly [string, Entry]> {
    for (const [key, entry] of this.#entries) if (!this.#isOver(entry)) yield [key, entry];
  }

  /** Removes every key whose time has come. */
  sweep(): void {
    if (this.#firstEndMs === undefined || this.#firstEndMs >= this.#time.nowMs) return;
    this.#firstEndMs = undefined;
    for (const key of [...this.#expiring]) {
      const expiresAtMs = this.find(key)?.expiresAtMs;
      if (expiresAtMs !== undefined) this.#expectEnd(key, expiresAtMs);
    }
  }

  watch(key: string, watcher: Watcher): void {
    const watchers = this.#watchers.get(key) ?? new Set();
    this.#watchers.set(key, watchers.add(watcher));
  }

  unwatch(key: string, watcher: Watcher): void {
    const watchers = this.#watchers.get(key);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#watchers.delete(key);
  }

  #expectEnd(key: string, expiresAtMs: bigint): void {
    this.#expiring.add(key);
    if (this.#firstEndMs === undefined || expiresAtMs < this.#firstEndMs) this.#firstEndMs = expiresAtMs;
  }

  #touch(key: string): void {
    for (const watcher of this.#watchers.get(key) ?? []) watcher.touched(key);
  }

  /** A key is still there in the millisecond in which it ends, as in Redis. */
  #isOver(entry: Entry): boolean {
    return entry.expiresAtMs !== undefined && entry.expiresAtMs < this.#time.nowMs;
  }
}
