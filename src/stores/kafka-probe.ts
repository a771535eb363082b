import { randomUUID } from 'node:crypto';
import type { Admin, Kafka } from 'kafkajs';
import { TracecourtError } from '../errors.js';
import { type Clock, systemClock } from '../lib/clock.js';
import type { LogMessage, ProbeRequest, ResolvedQuery, ServerIdentity, StoreObservation } from '../model/index.js';
import { endsOf, groupPositions, newKafka, partitionsByTopic, type TopicEnds } from './kafka-client.js';
import { shakeHands } from './kafka-handshake.js';
import { type IndexLimits, KafkaMessageIndex, type Positions } from './kafka-message-index.js';
import { KafkaTail } from './kafka-tail.js';
import type { StoreProbe } from './store-probe.js';
import { withoutTracing } from './without-tracing.js';

const DEFAULT_TIMEOUT_MS = 3_000;
const JOIN_TIMEOUT_MS = 30_000;
const DEFAULT_LIMITS: IndexLimits = { maxMessages: 200_000, maxBytes: 128 * 1024 * 1024 };
/** The cluster id of our own broker. */
const EMBEDDED_CLUSTER_ID = 'tracecourt-embedded';

export interface KafkaProbeOptions {
  /** `host:port`, one or more of the same cluster. */
  readonly brokers: readonly string[];
  readonly clock?: Clock;
  /** How long a question may take. Default 3000. */
  readonly timeoutMs?: number;
  /** What {@link KafkaProbe.watch} follows when it is not told. */
  readonly topics?: readonly string[];
  /** How much is held in memory. Default 200,000 messages and 128 MiB. */
  readonly limits?: IndexLimits;
}

export interface KafkaProbe extends StoreProbe {
  /**
   * Follows the topics from their ends on: call it before the first request. Topics that do not exist yet are picked up when
   * they are first asked about, from their beginning, as are topics that nobody named. Throws TracecourtError
   * `store-unavailable`.
   */
  watch(topics?: readonly string[]): Promise<void>;
  /** Why nothing can be found on a topic: it does not exist. Undefined when it does. Throws like {@link watch}. */
  explainAbsence(topic: string): Promise<string | undefined>;
}

/**
 * A probe that reads Kafka with one consumer, in a group of its own that commits nothing and is deleted at the end.
 *
 * An observation is given only when the consumer has read up to where the topic ended at the time of the question. A topic
 * that does not exist holds no messages. When messages of the key had to be forgotten, the observation is `unreachable` and
 * says so: an incomplete answer would be a wrong one.
 */
export function createKafkaProbe(options: KafkaProbeOptions): KafkaProbe {
  return new TailingKafkaProbe(options);
}

type KafkaQuery = Extract<ResolvedQuery, { store: 'kafka' }>;

interface Connected {
  readonly admin: Admin;
  readonly tail: KafkaTail;
  readonly index: KafkaMessageIndex;
  readonly server: ServerIdentity;
}

/** What a question is busy with, for the sentence that says where it got stuck. */
interface Progress {
  doing: string;
  readonly signal: AbortSignal;
}

class TailingKafkaProbe implements KafkaProbe {
  readonly store = 'kafka';
  readonly address: string;
  readonly #brokers: readonly string[];
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #topics: readonly string[];
  readonly #limits: IndexLimits;
  #connected: Promise<Connected> | undefined;
  #closing: Promise<void> = Promise.resolve();

  constructor(options: KafkaProbeOptions) {
    this.#brokers = options.brokers;
    this.address = options.brokers.join(',');
    this.#clock = options.clock ?? systemClock;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#topics = options.topics ?? [];
    this.#limits = options.limits ?? DEFAULT_LIMITS;
  }

  identify(): Promise<ServerIdentity> {
    return this.#ask(this.#timeoutMs, async () => (await this.#connect()).server);
  }

  watch(topics: readonly string[] = this.#topics): Promise<void> {
    return this.#ask(JOIN_TIMEOUT_MS, async (progress) => {
      const { admin, tail } = await this.#connect();
      const existing = await partitionsByTopic(admin);
      const starts = new Map<string, Positions>();
      for (const topic of topics) {
        if (existing.has(topic) && !tail.isFollowing(topic)) starts.set(topic, (await endsOf(admin, topic)).high);
      }
      progress.doing = 'joining its group';
      if (starts.size > 0) await tail.follow(starts);
    });
  }

  explainAbsence(topic: string): Promise<string | undefined> {
    return this.#ask(this.#timeoutMs, async () => {
      const existing = await partitionsByTopic((await this.#connect()).admin);
      return existing.has(topic) ? undefined : `Kafka at ${this.address} has no topic "${topic}".`;
    });
  }

  async observe({ effect, query }: ProbeRequest): Promise<StoreObservation> {
    if (query.store !== 'kafka') throw new TracecourtError('defect', `A question for ${query.store} came to Kafka.`);
    try {
      const seen = await this.#ask(this.#timeoutMs, (progress) => this.#read(query, progress));
      return { status: 'read', effect, query, ...seen, observedAtUnixNano: this.#clock.now() };
    } catch (error) {
      if (!(error instanceof TracecourtError) || error.code !== 'store-unavailable') throw error;
      const reason = error.message;
      const observedAtUnixNano = this.#clock.now();
      return { status: 'unreachable', effect, query, address: this.address, reason, observedAtUnixNano };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#closing, this.#close()]);
  }

  async #close(): Promise<void> {
    const opening = this.#connected;
    this.#connected = undefined;
    const connected = await opening?.catch(() => undefined);
    if (!connected) return;
    const { admin, tail } = connected;
    await withoutTracing(async () => {
      await tail.stop().catch(() => undefined);
      // The group has committed nothing; where it may not be deleted, the broker forgets it by itself.
      await admin.deleteGroups([tail.groupId]).catch(() => undefined);
      await admin.disconnect().catch(() => undefined);
    });
  }

  async #read(
    query: KafkaQuery,
    progress: Progress,
  ): Promise<{ readonly server: ServerIdentity; readonly records: readonly LogMessage[] }> {
    const { admin, tail, index, server } = await this.#connect();
    const { topic, key, consumedBy } = query;
    progress.doing = `asking for the end of topic "${topic}"`;
    const existing = await partitionsByTopic(admin);
    const partitions = existing.get(topic);
    if (!partitions) {
      if (index.knows(topic)) await tail.unfollow(topic);
      return { server, records: [] };
    }
    const ends = await endsOf(admin, topic);
    if (partitions.some((partition) => !ends.high.has(partition))) {
      // The topic has grown. kafkajs would go on without the new partitions for minutes: only a new client sees them.
      await this.#close();
      return this.#read(query, progress);
    }
    progress.doing = `joining its group for topic "${topic}"`;
    await ensureFollowing({ tail, index }, topic, ends);
    progress.doing = `reading topic "${topic}" to its end`;
    await index.whenReached(topic, ends.high, progress.signal);
    progress.doing = `asking where ${consumedBy.join(', ')} stand on topic "${topic}"`;
    const groupsOn = await groupPositions(admin, { topic, groups: consumedBy });
    const { messages, isComplete } = index.find(topic, key);
    if (!isComplete)
      throw unavailable(`messages of key "${key}" on topic "${topic}" were read, but forgotten to bound the memory`);
    return { server, records: messages.map((message) => ({ ...message, groups: groupsOn(message.partition) })) };
  }

  /** Runs a question with tracing off and a limit on its time. Whatever goes wrong is a `store-unavailable` that says what. */
  async #ask<T>(limitMs: number, question: (progress: Progress) => Promise<T>): Promise<T> {
    const patience = new AbortController();
    const progress: Progress = { doing: 'connecting', signal: patience.signal };
    const answer = withoutTracing(async () => {
      const handshake = await shakeHands(this.#brokers, Math.min(limitMs, this.#timeoutMs));
      if (!handshake.ok) {
        // What comes back may be a broker that has lost its memory: only reading from the beginning is right then.
        this.#closing = this.#close();
        throw unavailable(handshake.reason);
      }
      return question(progress);
    });
    const timer = setTimeout(() => patience.abort(), limitMs);
    const timeIsUp = new Promise<never>((_, reject) => {
      patience.signal.addEventListener('abort', () => {
        reject(unavailable(`${this.address} did not answer within ${limitMs} ms while ${progress.doing}`));
      });
    });
    try {
      return await Promise.race([answer, timeIsUp]);
    } catch (error) {
      throw error instanceof TracecourtError
        ? error
        : unavailable(`${this.address} failed: ${messageOf(error)}`, error);
    } finally {
      clearTimeout(timer);
    }
  }

  #connect(): Promise<Connected> {
    this.#connected ??= this.#open().catch((error) => {
      this.#connected = undefined;
      throw error;
    });
    return this.#connected;
  }

  async #open(): Promise<Connected> {
    const kafka = await newKafka(this.#brokers, this.#timeoutMs);
    const admin = kafka.admin();
    await admin.connect();
    try {
      return { admin, server: await this.#recognise(admin), ...this.#newTail(kafka) };
    } catch (error) {
      await admin.disconnect();
      throw error;
    }
  }

  #newTail(kafka: Kafka): Pick<Connected, 'tail' | 'index'> {
    const index = new KafkaMessageIndex(this.#limits);
    return { index, tail: new KafkaTail({ kafka, index, groupId: `tracecourt-probe-${randomUUID()}` }) };
  }

  async #recognise(admin: Admin): Promise<ServerIdentity> {
    const { clusterId } = await admin.describeCluster();
    const product = clusterId === EMBEDDED_CLUSTER_ID ? 'embedded' : 'kafka';
    // The protocol does not tell a broker's version.
    return { store: 'kafka', address: this.address, product, version: 'unknown' };
  }
}

/** Begins, goes on with partitions that are new, or begins anew when the topic is another one under the same name. */
async function ensureFollowing(
  { tail, index }: Pick<Connected, 'tail' | 'index'>,
  topic: string,
  ends: TopicEnds,
): Promise<void> {
  const isAnother = [...ends.high].some(([partition, end]) => (index.position(topic, partition) ?? 0n) > end);
  if (isAnother) await tail.unfollow(topic);
  const hasGrown = [...ends.high.keys()].some((partition) => index.position(topic, partition) === undefined);
  if (hasGrown || !tail.isFollowing(topic)) await tail.follow(new Map([[topic, ends.low]]));
}

function unavailable(reason: string, cause?: unknown): TracecourtError {
  return new TracecourtError('store-unavailable', reason, cause === undefined ? {} : { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
