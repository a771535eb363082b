import type { ProtocolVersion } from './encode-reply.js';
import type { Keyspace, Watcher } from './keyspace.js';
import type { Reply } from './reply.js';

/** Commands that wait for EXEC. `isAborted`: one of them was refused, so EXEC must refuse them all. */
export interface Transaction {
  readonly queue: (() => Reply)[];
  isAborted: boolean;
}

interface WatchedKey {
  readonly keys: Keyspace;
  readonly key: string;
}

/** What one connection has said so far, and the way to write to it. */
export class Session implements Watcher {
  readonly id: number;
  readonly address: string;
  readonly localAddress: string;
  readonly connectedAtMs: bigint;
  readonly #write: (reply: Reply, protocol: ProtocolVersion) => void;
  readonly #watched: WatchedKey[] = [];
  readonly channels = new Set<string>();
  readonly patterns = new Set<string>();
  protocol: ProtocolVersion = 2;
  database = 0;
  clientName = '';
  libraryName = '';
  libraryVersion = '';
  transaction: Transaction | undefined;
  isDirty = false;
  isLeaving = false;

  constructor(options: {
    readonly id: number;
    readonly address: string;
    readonly localAddress: string;
    readonly connectedAtMs: bigint;
    readonly write: (reply: Reply, protocol: ProtocolVersion) => void;
  }) {
    this.id = options.id;
    this.address = options.address;
    this.localAddress = options.localAddress;
    this.connectedAtMs = options.connectedAtMs;
    this.#write = options.write;
  }

  get subscriptionCount(): number {
    return this.channels.size + this.patterns.size;
  }

  /** RESP2 has no place for other replies on a connection that is subscribed. */
  get isSubscriberOnly(): boolean {
    return this.protocol === 2 && this.subscriptionCount > 0;
  }

  send(reply: Reply): void {
    this.#write(reply, this.protocol);
  }

  watch(keys: Keyspace, key: string): void {
    if (this.#watched.some((watched) => watched.keys === keys && watched.key === key)) return;
    this.#watched.push({ keys, key });
    keys.watch(key, this);
  }

  unwatchAll(): void {
    for (const { keys, key } of this.#watched.splice(0)) keys.unwatch(key, this);
    this.isDirty = false;
  }

  /** True when a watched key changed or ended since it was watched. */
  hasWatchedChange(): boolean {
    for (const { keys, key } of this.#watched) keys.find(key);
    return this.isDirty;
  }
}
