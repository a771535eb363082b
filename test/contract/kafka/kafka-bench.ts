import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import kafkajs, {
  type Admin,
  type Consumer,
  type ConsumerConfig,
  type EachMessagePayload,
  type IHeaders,
  type ITopicConfig,
  type Kafka,
  type KafkaConfig,
  type Message,
  type Producer,
  type ProducerConfig,
} from 'kafkajs';
import { pollUntil } from '../../../src/lib/deadline.js';

const { Partitioners, logLevel } = kafkajs;

export interface Seen {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | undefined;
  readonly value: string | null;
  readonly headers: IHeaders | undefined;
  readonly timestamp: string;
}

export interface Consuming {
  readonly consumer: Consumer;
  /** What it has handled, in that order. */
  readonly seen: readonly Seen[];
  /** Its partitions of the topic since it joined last. */
  readonly assigned: () => readonly number[];
  /** How often the broker has been asked for messages: before the first time it looks up where to begin. */
  readonly fetches: () => number;
}

export interface ConsumeOptions {
  readonly groupId?: string;
  readonly fromBeginning?: boolean;
  /** Default: after every message. */
  readonly autoCommit?: boolean;
  /** Called before a message counts as handled. */
  readonly each?: (payload: EachMessagePayload) => Promise<void>;
  readonly settings?: Partial<ConsumerConfig>;
  /** Another client than the bench's own. */
  readonly kafka?: Kafka;
}

export interface SendOptions {
  readonly compression?: number;
  readonly idempotent?: boolean;
}

/** What the rows work with: clients of one broker, and topics and groups that are of this row alone. */
export class KafkaBench {
  readonly #brokers: () => readonly string[];
  readonly #disposals: (() => PromiseLike<unknown>)[] = [];
  #shared: { readonly kafka: Kafka; readonly admin: Admin } | undefined;

  constructor(brokers: () => readonly string[]) {
    this.#brokers = brokers;
  }

  get brokers(): readonly string[] {
    return this.#brokers();
  }

  /** Of one broker, for requests that kafkajs does not make. */
  get address(): string {
    return this.brokers[0] ?? '';
  }

  get kafka(): Kafka {
    return this.#opened.kafka;
  }

  get admin(): Admin {
    return this.#opened.admin;
  }

  async open(): Promise<void> {
    const kafka = this.client();
    const admin = kafka.admin();
    await admin.connect();
    this.#shared = { kafka, admin };
  }

  /** Ends what the row has started. */
  async clear(): Promise<void> {
    for (const dispose of this.#disposals.splice(0).reverse()) await dispose();
  }

  async close(): Promise<void> {
    await this.#shared?.admin.disconnect();
  }

  /** At the end of the row, before what was said earlier. */
  atEnd(dispose: () => PromiseLike<unknown>): void {
    this.#disposals.push(dispose);
  }

  client(settings: Partial<KafkaConfig> = {}): Kafka {
    return new kafkajs.Kafka({
      brokers: [...this.brokers],
      clientId: 'kafka-battery',
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 50, retries: 8 },
      ...settings,
    });
  }

  unique(what: string): string {
    return `battery-${what}-${randomUUID()}`;
  }

  async newTopic(
    numPartitions = 1,
    { topic = this.unique('topic'), ...settings }: Partial<ITopicConfig> = {},
  ): Promise<string> {
    const topics = [{ topic, numPartitions, ...settings }];
    expect(await this.admin.createTopics({ topics, waitForLeaders: false })).to.equal(true);
    this.atEnd(() => this.admin.deleteTopics({ topics: [topic] }));
    await until('all partitions are led', () => this.isLed(topic, numPartitions));
    return topic;
  }

  /**
   * A broker tells of a new partition's leader a moment before it takes records for it. kafkajs does not wait for that, and a
   * plain producer that meets one such partition sends all it has again, to those that took it the first time too.
   */
  async isLed(topic: string, numPartitions: number): Promise<boolean> {
    return (await this.#isKnown(topic)) && (await this.offsetsSoFar(topic)).length === numPartitions;
  }

  /** Empty while there is a partition that the broker does not lead yet. */
  async offsetsSoFar(topic: string) {
    try {
      return await this.admin.fetchTopicOffsets(topic);
    } catch (error) {
      if ((error as { type?: string }).type === 'NOT_LEADER_FOR_PARTITION') return [];
      throw error;
    }
  }

  async newProducer(settings: ProducerConfig = {}, kafka = this.kafka): Promise<Producer> {
    const producer = kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      ...settings,
    });
    this.atEnd(() => producer.disconnect());
    await producer.connect();
    return producer;
  }

  newTransactional(
    transactionalId = this.unique('transactional'),
    settings: Partial<ProducerConfig> = {},
    kafka = this.kafka,
  ): Promise<Producer> {
    return this.newProducer({ transactionalId, idempotent: true, maxInFlightRequests: 1, ...settings }, kafka);
  }

  async send(topic: string, messages: Message[], { compression, idempotent = false }: SendOptions = {}) {
    const producer = await this.newProducer({ idempotent });
    try {
      return await producer.send({ topic, messages, acks: -1, ...(compression === undefined ? {} : { compression }) });
    } finally {
      await producer.disconnect();
    }
  }

  newConsumer(groupId: string, settings: Partial<ConsumerConfig> = {}, kafka = this.kafka): Consumer {
    const consumer = kafka.consumer({
      groupId,
      sessionTimeout: 6_000,
      heartbeatInterval: 100,
      rebalanceTimeout: 6_000,
      maxWaitTimeInMs: 100,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 50, retries: 8 },
      ...settings,
    });
    this.atEnd(() => consumer.disconnect());
    return consumer;
  }

  async consume(topic: string, options: ConsumeOptions = {}): Promise<Consuming> {
    const consumer = this.newConsumer(options.groupId ?? this.unique('group'), options.settings, options.kafka);
    const seen: Seen[] = [];
    let assigned: readonly number[] = [];
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      assigned = payload.memberAssignment[topic] ?? [];
    });
    let fetches = 0;
    consumer.on(consumer.events.FETCH, () => {
      fetches++;
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: options.fromBeginning ?? true });
    await consumer.run({
      autoCommit: options.autoCommit ?? true,
      autoCommitThreshold: 1,
      async eachMessage(payload) {
        await options.each?.(payload);
        seen.push(seenOf(payload));
      },
    });
    return { consumer, seen, assigned: () => assigned, fetches: () => fetches };
  }

  get #opened(): { readonly kafka: Kafka; readonly admin: Admin } {
    if (!this.#shared) throw new Error('The bench is not open yet.');
    return this.#shared;
  }

  /** kafkajs's own wait gives up when a broker has not heard of the topic yet. */
  async #isKnown(topic: string): Promise<boolean> {
    const { topics } = await this.admin.fetchTopicMetadata();
    const partitions = topics.find((one) => one.name === topic)?.partitions ?? [];
    return partitions.length > 0 && partitions.every(({ leader }) => leader >= 0);
  }
}

export function valuesOf(seen: readonly Seen[]): readonly (string | null)[] {
  return seen.map(({ value }) => value);
}

export async function until(what: string, holds: () => boolean | Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const held = await pollUntil(async () => ((await holds()) ? true : undefined), { timeoutMs, everyMs: 10 });
  expect(held, what).to.equal(true);
}

export interface KafkaFailure {
  readonly name: string;
  readonly type?: string;
  readonly message: string;
  readonly cause?: { readonly type?: string };
}

export async function failureOf(work: Promise<unknown>): Promise<KafkaFailure> {
  try {
    await work;
  } catch (error) {
    return error as KafkaFailure;
  }
  throw new Error('expected a failure');
}

function seenOf({ topic, partition, message }: EachMessagePayload): Seen {
  return {
    topic,
    partition,
    offset: message.offset,
    key: message.key?.toString(),
    value: message.value?.toString() ?? null,
    headers: message.headers,
    timestamp: message.timestamp,
  };
}
