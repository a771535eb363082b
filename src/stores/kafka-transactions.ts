import type { Batch, KafkaMessage } from 'kafkajs';
import type { IndexedMessage } from './kafka-message-index.js';

/** A record as kafkajs has decoded it, with what it does not show: who wrote it, and the records that end transactions. */
export type RawRecord = KafkaMessage & {
  readonly isControlRecord?: boolean;
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean };
};

const COMMIT = 1;

/**
 * All records of a batch that were asked for. The `messages` of kafkajs 2 are not enough: of two aborted transactions that
 * overlap it shows some messages as if they had been committed.
 */
export function rawRecords(batch: Batch): readonly RawRecord[] {
  const { messagesWithinOffset } = batch as Batch & { readonly messagesWithinOffset?: readonly RawRecord[] };
  return messagesWithinOffset ?? batch.messages;
}

/** Whether a record that ends a transaction commits it. */
export function isCommit({ key }: RawRecord): boolean {
  return key?.readInt16BE(2) === COMMIT;
}

/** Messages whose transactions have not ended where the reader stands: whether they count is decided later in the log. */
export class UndecidedMessages {
  readonly #byWriter = new Map<string, IndexedMessage[]>();

  hold(message: IndexedMessage, producerId: string): void {
    const writer = writerOf(message, producerId);
    const held = this.#byWriter.get(writer);
    if (held) held.push(message);
    else this.#byWriter.set(writer, [message]);
  }

  /** A producer's transaction has ended in this partition. Gives the messages that it was about. */
  decide(place: Place, producerId: string): readonly IndexedMessage[] {
    const writer = writerOf(place, producerId);
    const decided = this.#byWriter.get(writer) ?? [];
    this.#byWriter.delete(writer);
    return decided;
  }

  drop(topic: string): void {
    for (const [writer, [first]] of this.#byWriter) if (first?.topic === topic) this.#byWriter.delete(writer);
  }
}

interface Place {
  readonly topic: string;
  readonly partition: number;
}

function writerOf({ topic, partition }: Place, producerId: string): string {
  return `${topic}/${partition}/${producerId}`;
}
