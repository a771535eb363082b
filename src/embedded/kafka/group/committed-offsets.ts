export interface CommittedOffset {
  readonly offset: bigint;
  readonly metadata: string | null;
}

/** Where a group stands on each partition: the offset that it reads next. */
export class CommittedOffsets {
  readonly #byTopic = new Map<string, Map<number, CommittedOffset>>();

  commit(topic: string, partition: number, committed: CommittedOffset): void {
    const partitions = this.#byTopic.get(topic) ?? new Map<number, CommittedOffset>();
    partitions.set(partition, committed);
    this.#byTopic.set(topic, partitions);
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
  }
}
