/** A transaction that was aborted, from its first record to its end. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
  /** Where the log says that it was aborted. */
  readonly endOffset: bigint;
}

/** Which transactions are open in one partition, and which were aborted. */
export class TransactionIndex {
  readonly #openSince = new Map<bigint, bigint>();
  #aborted: AbortedTransaction[] = [];

  /** A producer has written at this offset within a transaction. */
  wrote(producerId: bigint, offset: bigint): void {
    if (!this.#openSince.has(producerId)) this.#openSince.set(producerId, offset);
  }

  ended(producerId: bigint, end: { readonly committed: boolean; readonly offset: bigint }): void {
    const firstOffset = this.#openSince.get(producerId);
    if (firstOffset === undefined) return;
    this.#openSince.delete(producerId);
    if (!end.committed) this.#aborted.push({ producerId, firstOffset, endOffset: end.offset });
  }

  /** The first offset of a transaction that is still open. */
  get firstOpenOffset(): bigint | undefined {
    let first: bigint | undefined;
    for (const offset of this.#openSince.values()) if (first === undefined || offset < first) first = offset;
    return first;
  }

  /** Those with records from `start` on and before `until`, in the order in which they ended, as brokers list them. */
  abortedWithin(start: bigint, until: bigint): readonly AbortedTransaction[] {
    return this.#aborted.filter(({ firstOffset, endOffset }) => endOffset >= start && firstOffset < until);
  }

  /** Whether what this producer wrote at this offset was of a transaction that was aborted. */
  isAborted(producerId: bigint, offset: bigint): boolean {
    return this.abortedWithin(offset, offset + 1n).some((one) => one.producerId === producerId);
  }

  /** All before `start` is gone from the log. */
  forgetBefore(start: bigint): void {
    this.#aborted = this.#aborted.filter(({ endOffset }) => endOffset >= start);
  }
}
