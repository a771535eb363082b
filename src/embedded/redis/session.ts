import type { ProtocolVersion } from './encode-reply.js';
import type { Keyspace, Watcher } from './keyspace.js';
import type { Reply } from './reply.js';
import type { Wait, Waiter } from './waiting-room.js';

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
export class Session implements Watcher, Waiter {
  readonly id: number;
  readonly address: string;
  readonly localAddress: string;
  readonly connectedAtMs: bigint;
  readonly #write: (reply: Reply, protocol: ProtocolVersion) => void;
  readonly #goOn: () => void;
  readonly #watched: WatchedKey[] = [];
  readonly channels = new Set<string>();
  readonly patterns = new Set<string>();
  protocol: ProtocolVersion = 2;
  database = 0;
  clientName = '';
  libraryName = '';
  libraryVersion = '';
  transaction: Transaction | undefined;
  isLeaving = false;
  isAuthenticated: boolean;
  /** Set while a command of this connection waits; the ones behind it are not begun. */
  wait: Wait | undefined;
  #isDirty = false;

  constructor(options: {
    readonly id: number;
    readonly address: string;
    readonly localAddress: string;
    readonly connectedAtMs: bigint;
    readonly isAuthenticated: boolean;
    readonly write: (reply: Reply, protocol: ProtocolVersion) => void;
    /** Called when the connection need not wait any more. */
    readonly goOn: () => void;
  }) {
    this.id = options.id;
    this.address = options.address;
    this.localAddress = options.localAddress;
    this.connectedAtMs = options.connectedAtMs;
    this.isAuthenticated = options.isAuthenticated;
    this.#write = options.write;
    this.#goOn = options.goOn;
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

  goOn(): void {
    this.#goOn();
  }

  /** A watched key has changed or ended. */
  touched(): void {
    this.#isDirty = true;
  }

  watch(keys: Keyspace, key: string): void {
    if (this.#watched.some((watched) => watched.keys === keys && watched.key === key)) return;
    this.#watched.push({ keys, key });
    keys.watch(key, this);
  }

  unwatchAll(): void {
    for (const { keys, key } of this.#watched.splice(0)) keys.unwatch(key, this);
    this.#isDirty = false;
  }

  /** Forgets the queued commands, and what was watched for them. */
  giveUpTransaction(): void {
    this.transaction = undefined;
    this.unwatchAll();
  }

  /** True when a watched key changed or ended since it was watched. */
  hasWatchedChange(): boolean {
    for (const { keys, key } of this.#watched) keys.find(key);
    return this.#isDirty;
  }
}
