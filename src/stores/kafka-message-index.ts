import type { LogMessage } from '../model/index.js';

/** A message as it lies in the log; where the groups stand is asked when somebody wants to know. */
export type IndexedMessage = Omit<LogMessage, 'groups'>;

export interface IndexLimits {
  readonly maxMessages: number;
  readonly maxBytes: number;
}

export type Positions = ReadonlyMap<number, bigint>;

const OVERHEAD_BYTES = 200;

/**
 * What a consumer has read so far, found by topic and key, and how far it has read. Bounded: the oldest messages are forgotten
 * first, and it is remembered of which keys.
 */
export class KafkaMessageIndex {
  readonly #limits: IndexLimits;
  readonly #byKey = new Map<string, IndexedMessage[]>();
  readonly #inOrder = new Set<IndexedMessage>();
  readonly #positions = new Map<string, Map<number, bigint>>();
  readonly #forgottenKeys = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #heldBytes = 0;
  /** Too many keys were forgotten to remember which. */
  #anyKeyMayBeForgotten = false;

  constructor(limits: IndexLimits) {
    this.#limits = limits;
  }

  /** Where reading begins on the partitions that are not known yet. */
  begin(topic: string, starts: Positions): void {
    const positions = this.#positions.get(topic) ?? new Map<number, bigint>();
    for (const [partition, start] of starts) if (!positions.has(partition)) positions.set(partition, start);
    this.#positions.set(topic, positions);
  }

  /** The offset that is read next; undefined for a partition that nobody said to read. */
  position(topic: string, partition: number): bigint | undefined {
    return this.#positions.get(topic)?.get(partition);
  }

  /** Where reading stands on each partition, as it is now; undefined for a topic that nobody said to read. */
  positions(topic: string): Positions | undefined {
    const positions = this.#positions.get(topic);
    return positions && new Map(positions);
  }

  knows(topic: string): boolean {
    return this.#positions.has(topic);
  }

  /** Takes a message in. One that was read before, after a rebalance say, is passed over. */
  add(message: IndexedMessage): void {
    const position = this.position(message.topic, message.partition);
    if (position === undefined || BigInt(message.offset) < position) return;
    this.advance(message.topic, message.partition, BigInt(message.offset) + 1n);
    const name = nameOf(message.topic, message.key);
    const held = this.#byKey.get(name);
    if (held) held.push(message);
    else this.#byKey.set(name, [message]);
    this.#inOrder.add(message);
    this.#heldBytes += sizeOf(message);
    this.#forgetOldest();
  }

  /** As if this message, of an aborted transaction, had never been read. */
  remove(message: IndexedMessage): void {
    if (this.#inOrder.has(message)) this.#remove(message);
  }

  /** All before `next` was read. Never goes back. */
  advance(topic: string, partition: number, next: bigint): void {
    const position = this.position(topic, partition);
    if (position === undefined || next <= position) return;
    this.#positions.get(topic)?.set(partition, next);
    for (const listener of [...this.#listeners]) listener();
  }

  hasReached(topic: string, ends: Positions): boolean {
    return [...ends].every(([partition, end]) => (this.position(topic, partition) ?? -1n) >= end);
  }

  /** Resolves when all before `ends` was read, or when `signal` aborts. */
  whenReached(topic: string, ends: Positions, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!this.hasReached(topic, ends) && !signal.aborted) return;
        this.#listeners.delete(check);
        signal.removeEventListener('abort', check);
        resolve();
      };
      this.#listeners.add(check);
      signal.addEventListener('abort', check);
      check();
    });
  }

  /** In the order of partitions and offsets. */
  find(topic: string, key: string): { readonly messages: readonly IndexedMessage[]; readonly isComplete: boolean } {
    const name = nameOf(topic, key);
    const messages = [...(this.#byKey.get(name) ?? [])].sort(byPlace);
    return { messages, isComplete: !this.#anyKeyMayBeForgotten && !this.#forgottenKeys.has(name) };
  }

  /** As if the topic had never been read. */
  drop(topic: string): void {
    this.#positions.delete(topic);
    for (const message of [...this.#inOrder].filter((one) => one.topic === topic)) this.#remove(message);
  }

  #forgetOldest(): void {
    const { maxMessages, maxBytes } = this.#limits;
    for (const oldest of this.#inOrder) {
      if (this.#inOrder.size <= maxMessages && this.#heldBytes <= maxBytes) return;
      this.#remove(oldest);
      this.#forgottenKeys.add(nameOf(oldest.topic, oldest.key));
      if (this.#forgottenKeys.size > maxMessages) this.#anyKeyMayBeForgotten = true;
    }
  }

  #remove(message: IndexedMessage): void {
    const name = nameOf(message.topic, message.key);
    const left = this.#byKey.get(name)?.filter((one) => one !== message) ?? [];
    if (left.length > 0) this.#byKey.set(name, left);
    else this.#byKey.delete(name);
    this.#inOrder.delete(message);
    this.#heldBytes -= sizeOf(message);
  }
}

/**
 * Whether the topic is another one under the same name: it ends before what was read of it. What was read has to be from before the question for its end, since messages go on coming.
 */
export function isAnother(readBefore: Positions, ends: Positions): boolean {
  return [...ends].some(([partition, end]) => (readBefore.get(partition) ?? 0n) > end);
}

function nameOf(topic: string, key: string): string {
  // Topic names hold no slash.
  return `${topic}/${key}`;
}

function sizeOf({ key, value, headers }: IndexedMessage): number {
  const texts = [key, value ?? '', ...Object.entries(headers).flat()];
  return texts.reduce((sum, text) => sum + text.length, OVERHEAD_BYTES);
}

function byPlace(a: IndexedMessage, b: IndexedMessage): number {
  if (a.partition !== b.partition) return a.partition - b.partition;
  return BigInt(a.offset) < BigInt(b.offset) ? -1 : 1;
}
