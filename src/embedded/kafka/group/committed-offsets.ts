export interface CommittedOffset {
  readonly offset: bigint;
  readonly metadata: string | null;
}

/** An offset that counts when a transaction is committed. */
export interface ProposedOffset extends CommittedOffset {
  readonly topic: string;
  readonly partition: number;
}

/** Where a group stands on each partition: the offset that it reads next. */
export class CommittedOffsets {
  readonly #byTopic = new Map<string, Map<number, CommittedOffset>>();
  /** By the producers whose transactions are still open. */
  readonly #proposed = new Map<bigint, ProposedOffset[]>();

  commit(topic: string, partition: number, committed: CommittedOffset): void {
    const partitions = this.#byTopic.get(topic) ?? new Map<number, CommittedOffset>();
    partitions.set(partition, committed);
    this.#byTopic.set(topic, partitions);
  }

  propose(producerId: bigint, proposed: ProposedOffset): void {
    const earlier = this.#proposed.get(producerId) ?? [];
    this.#proposed.set(producerId, [...earlier, proposed]);
  }

  /** The producer's transaction is over: what it proposed counts, or is forgotten. */
  settle(producerId: bigint, committed: boolean): void {
    const proposed = this.#proposed.get(producerId) ?? [];
    this.#proposed.delete(producerId);
    if (!committed) return;
    for (const { topic, partition, offset, metadata } of proposed) this.commit(topic, partition, { offset, metadata });
  }

  get(topic: string, partition: number): CommittedOffset | undefined {
    return this.#byTopic.get(topic)?.get(partition);
  }

  /** All that was committed, topic by topic. */
  all(): readonly { readonly topic: string; readonly partitions: readonly number[] }[] {
    return [...this.#byTopic].map(([topic, partitions]) => ({ topic, partitions: [...partitions.keys()] }));
  }

  forgetTopic(topic: string): void {
    this.#byTopic.delete(topic);
    for (const [producerId, proposed] of this.#proposed) {
      this.#proposed.set(
        producerId,
        proposed.filter((one) => one.topic !== topic),
      );
    }
  }
}
