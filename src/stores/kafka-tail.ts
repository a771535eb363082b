import type { Batch, Consumer, Kafka } from 'kafkajs';
import { indexedMessage } from './kafka-message.js';
import type { KafkaMessageIndex, Positions } from './kafka-message-index.js';
import { isCommit, type RawRecord, rawRecords, UndecidedMessages } from './kafka-transactions.js';

const MAX_WAIT_MS = 100;

/**
 * One consumer, in a group of its own, that reads topics into an index and commits nothing.
 *
 * kafkajs cannot take up a topic while it runs, so a topic that comes later makes a new consumer, which goes on where the last
 * one stood.
 */
export class KafkaTail {
  readonly groupId: string;
  readonly #kafka: Kafka;
  readonly #index: KafkaMessageIndex;
  readonly #undecided = new UndecidedMessages();
  readonly #topics = new Set<string>();
  #consumer: Consumer | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: { readonly kafka: Kafka; readonly groupId: string; readonly index: KafkaMessageIndex }) {
    this.#kafka = options.kafka;
    this.groupId = options.groupId;
    this.#index = options.index;
  }

  /** Whether a consumer is reading this topic. */
  isFollowing(topic: string): boolean {
    return this.#consumer !== undefined && this.#topics.has(topic);
  }

  /** Whether it reads these partitions of a topic, once it has joined what it was told to read before. */
  isReading(topic: string, partitions: Iterable<number>): Promise<boolean> {
    return this.#next(async () => this.#reads(topic, partitions));
  }

  /**
   * Reads these existing topics from `starts` on, or from where it stood. Resolves when the consumer has joined; at once where it reads all of them already.
   */
  follow(starts: ReadonlyMap<string, Positions>): Promise<void> {
    return this.#next(async () => {
      // Many ask for the same while it is joining.
      if ([...starts].every(([topic, positions]) => this.#reads(topic, positions.keys()))) return;
      for (const [topic, positions] of starts) {
        this.#topics.add(topic);
        this.#index.begin(topic, positions);
      }
      await this.#restart();
    });
  }

  /** Forgets topics that are no more, or are others under the same name. */
  unfollow(topic: string): Promise<void> {
    return this.#next(async () => {
      this.#topics.delete(topic);
      this.#index.drop(topic);
      this.#undecided.drop(topic);
      await this.#leave();
    });
  }

  stop(): Promise<void> {
    return this.#next(() => this.#leave());
  }

  #reads(topic: string, partitions: Iterable<number>): boolean {
    if (!this.isFollowing(topic)) return false;
    return [...partitions].every((partition) => this.#index.position(topic, partition) !== undefined);
  }

  /** One change at a time: two consumers of one group would share the partitions. */
  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  async #restart(): Promise<void> {
    await this.#leave();
    if (this.#topics.size === 0) return;
    const consumer = this.#newConsumer();
    this.#consumer = consumer;
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...this.#topics], fromBeginning: true });
      await this.#runUntilJoined(consumer);
    } catch (error) {
      await this.#leave();
      throw error;
    }
  }

  #newConsumer(): Consumer {
    const consumer = this.#kafka.consumer({
      groupId: this.groupId,
      allowAutoTopicCreation: false,
      maxWaitTimeInMs: MAX_WAIT_MS,
      // A consumer that kafkajs restarts on its own would do so behind our back, from where we do not know.
      retry: { initialRetryTime: 50, retries: 4, restartOnFailure: async () => false },
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.#takePositions(consumer, payload.memberAssignment));
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      // Counts what is never handed out too: markers and messages of aborted transactions.
      if (payload.lastOffset) this.#index.advance(payload.topic, payload.partition, BigInt(payload.lastOffset) + 1n);
    });
    consumer.on(consumer.events.CRASH, () => {
      if (this.#consumer === consumer) this.#consumer = undefined;
    });
    return consumer;
  }

  /** kafkajs resolves `run` also when the consumer could not join and gave up. */
  async #runUntilJoined(consumer: Consumer): Promise<void> {
    let failure: Error | undefined;
    const forget = consumer.on(consumer.events.CRASH, ({ payload }) => {
      failure = payload.error;
    });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const record of rawRecords(batch)) this.#take(batch, record);
      },
    });
    forget();
    if (failure) throw failure;
  }

  /** What a transaction wrote is indexed at once and taken out again if it aborts: its end comes before the end of the topic. */
  #take(batch: Batch, record: RawRecord): void {
    const { producerId = '', inTransaction = false } = record.batchContext ?? {};
    if (record.isControlRecord) {
      const decided = this.#undecided.decide(batch, producerId);
      if (!isCommit(record)) for (const message of decided) this.#index.remove(message);
      return;
    }
    const message = indexedMessage(batch.topic, batch.partition, record);
    if (!message) return;
    this.#index.add(message);
    if (inTransaction) this.#undecided.hold(message, producerId);
  }

  #takePositions(consumer: Consumer, assignment: Readonly<Record<string, number[]>>): void {
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) {
        this.#index.begin(topic, new Map([[partition, 0n]]));
        const offset = this.#index.position(topic, partition) ?? 0n;
        consumer.seek({ topic, partition, offset: offset.toString() });
      }
    }
  }

  async #leave(): Promise<void> {
    const consumer = this.#consumer;
    this.#consumer = undefined;
    await consumer?.disconnect();
  }
}
