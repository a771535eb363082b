import { randomUUID } from 'node:crypto';
import type { Admin, Kafka } from 'kafkajs';
import { TracecourtError } from '../errors.js';
import { type Clock, systemClock } from '../lib/clock.js';
import { SharedRounds } from '../lib/shared-rounds.js';
import { within } from '../lib/within.js';
import type {
  ObservationRead,
  ProbeRequest,
  ResolvedQuery,
  ServerIdentity,
  StoreFailure,
  StoreObservation,
} from '../model/index.js';
import { loadKafkajs, newKafka } from './kafka-client.js';
import { KafkaCommits, type Standing } from './kafka-commits.js';
import { KafkaEnds } from './kafka-ends.js';
import { explainKafkaFailure } from './kafka-failures.js';
import {
  type IndexedMessage,
  type IndexLimits,
  isAnother,
  KafkaMessageIndex,
  type Positions,
} from './kafka-message-index.js';
import { kafkaPlace, lookAtBrokers } from './kafka-place.js';
import { kafkaRelease } from './kafka-release.js';
import { KafkaTail } from './kafka-tail.js';
import { KafkajsCluster } from './kafkajs-cluster.js';
import type { Look, Place } from './meeting.js';
import { StoreFailed, unreachable } from './store-failed.js';
import type { Identification, StoreProbe } from './store-probe.js';
import { withoutTracing } from './without-tracing.js';

const DEFAULT_TIMEOUT_MS = 5_000;
const JOIN_TIMEOUT_MS = 30_000;
/** Whoever answered before is looked at again only when a question takes longer than this. */
const UNSUSPICIOUS_MS = 250;
const DEFAULT_LIMITS: IndexLimits = { maxMessages: 200_000, maxBytes: 128 * 1024 * 1024 };
/** The cluster id of our own broker. */
const EMBEDDED_CLUSTER_ID = 'tracecourt-embedded';

export interface KafkaProbeOptions {
  /** `host:port`, one or more of the same cluster. */
  readonly brokers: readonly string[];
  readonly clock?: Clock;
  /** How long a question may take. Default 5000. */
  readonly timeoutMs?: number;
  /** What {@link KafkaProbe.watch} follows when it is not told. */
  readonly topics?: readonly string[];
  /** How much is held in memory. Default 200,000 messages and 128 MiB. */
  readonly limits?: IndexLimits;
}

export interface KafkaProbe extends StoreProbe {
  /**
   * Follows the topics from their ends on: call it before the first request. Topics that do not exist yet are picked up when
   * they are first asked about, from their beginning, as are topics that nobody named. Gives why it could not, if so.
   */
  watch(topics?: readonly string[]): Promise<StoreFailure | undefined>;
}

/**
 * A probe that reads Kafka with one consumer, in a group of its own that commits nothing and is deleted at the end.
 *
 * An observation is given only when the consumer has read up to where the topic ended at the time of the question. A topic
 * that does not exist holds no messages, and the observation says so. When messages of the key had to be forgotten, the observation is `unreachable` and
 * says so: an incomplete answer would be a wrong one.
 */
export function createKafkaProbe(options: KafkaProbeOptions): KafkaProbe {
  return new TailingKafkaProbe(options);
}

type KafkaQuery = Extract<ResolvedQuery, { store: 'kafka' }>;

interface Connected {
  readonly admin: Admin;
  readonly cluster: KafkajsCluster;
  readonly ends: KafkaEnds;
  readonly commits: KafkaCommits;
  readonly tail: KafkaTail;
  readonly index: KafkaMessageIndex;
  readonly server: ServerIdentity;
}

type Asked<T> = { readonly value: T } | { readonly failure: StoreFailure };

/** What a question is busy with, for the sentence that says where it got stuck. */
interface Progress {
  doing: string;
  readonly signal: AbortSignal;
}

class TailingKafkaProbe implements KafkaProbe {
  readonly store = 'kafka';
  readonly address: string;
  readonly #brokers: readonly string[];
  readonly #places: readonly Place[];
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #topics: readonly string[];
  readonly #limits: IndexLimits;
  readonly #looks: SharedRounds<'look', Look>;
  #release = 'unknown';
  #connected: Promise<Connected> | undefined;
  #closing: Promise<void> = Promise.resolve();

  constructor(options: KafkaProbeOptions) {
    this.#brokers = options.brokers;
    this.#places = options.brokers.map(kafkaPlace);
    this.address = options.brokers.join(',');
    this.#clock = options.clock ?? systemClock;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#topics = options.topics ?? [];
    this.#limits = options.limits ?? DEFAULT_LIMITS;
    this.#looks = new SharedRounds(async () => new Map([['look', await lookAtBrokers(this.#places, this.#timeoutMs)]]));
  }

  async load(): Promise<void> {
    await loadKafkajs();
  }

  async identify(): Promise<Identification> {
    const asked = await this.#ask(this.#timeoutMs, async () => this.#recognise((await this.#connect()).admin));
    return 'failure' in asked
      ? { status: 'unreachable', failure: asked.failure }
      : { status: 'identified', server: asked.value };
  }

  async watch(topics: readonly string[] = this.#topics): Promise<StoreFailure | undefined> {
    const asked = await this.#ask(JOIN_TIMEOUT_MS, async (progress) => {
      const { ends, tail } = await this.#connect();
      const unread = topics.filter((topic) => !tail.isFollowing(topic));
      const asked = unread.map(async (topic) => ({ topic, next: await ends.of(topic, 'next', progress.signal) }));
      const starts = new Map<string, Positions>();
      for (const { topic, next } of await Promise.all(asked)) if (next) starts.set(topic, next);
      progress.doing = 'joining its group';
      if (starts.size > 0) await tail.follow(starts);
    });
    return 'failure' in asked ? asked.failure : undefined;
  }

  async observe(request: ProbeRequest): Promise<StoreObservation> {
    const { effect, query } = request;
    if (query.store !== 'kafka') throw new TracecourtError('defect', `A question for ${query.store} came to Kafka.`);
    const asked = await this.#ask(this.#timeoutMs, (progress) => this.#read(query, progress));
    const observedAtUnixNano = this.#clock.now();
    if ('failure' in asked) return unreachable(request, asked.failure, observedAtUnixNano);
    return { status: 'read', effect, query, ...asked.value, observedAtUnixNano };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#closing, this.#close()]);
  }

  async #close(): Promise<void> {
    const opening = this.#connected;
    this.#connected = undefined;
    const connected = await opening?.catch(() => undefined);
    if (!connected) return;
    const { admin, cluster, tail } = connected;
    await withoutTracing(async () => {
      await tail.stop().catch(() => undefined);
      // The group has committed nothing; where it may not be deleted, the broker forgets it by itself.
      await admin.deleteGroups([tail.groupId]).catch(() => undefined);
      await Promise.allSettled([admin.disconnect(), cluster.disconnect()]);
    });
  }

  async #read(query: KafkaQuery, progress: Progress): Promise<Pick<ObservationRead, 'server' | 'records' | 'missing'>> {
    const { ends, commits, tail, index, server } = await this.#connect();
    const { topic, key, consumedBy } = query;
    progress.doing = `asking for the end of topic "${topic}"`;
    const readBefore = index.positions(topic);
    const askGroups = (messages: readonly IndexedMessage[]): Promise<Standing> =>
      commits.of(consumedBy, topic, partitionsOf(messages));
    // What was read already is most likely there: then both are asked at once.
    const seen = index.find(topic, key).messages;
    const early = seen.length > 0 ? askGroups(seen) : undefined;
    early?.catch(() => undefined);
    const next = await ends.of(topic, 'next', progress.signal);
    if (!next) {
      if (index.knows(topic)) await tail.unfollow(topic);
      return { server, records: [], missing: noTopic(topic, this.address) };
    }
    progress.doing = `joining its group for topic "${topic}"`;
    const isNew = readBefore !== undefined && isAnother(readBefore, next);
    if (isNew) await tail.unfollow(topic);
    if (!(await tail.isReading(topic, next.keys()))) {
      const first = await ends.of(topic, 'first', progress.signal);
      if (!first) return this.#read(query, progress);
      await tail.follow(new Map([[topic, first]]));
    }
    progress.doing = `reading topic "${topic}" to its end`;
    await index.whenReached(topic, next, progress.signal);
    const { messages, isComplete } = index.find(topic, key);
    // Another question may have found that the topic is another one, and begun to read it anew.
    if (!index.hasReached(topic, next) && !progress.signal.aborted) return this.#read(query, progress);
    if (!isComplete) throw forgotten(query, this.address);
    // Nobody can have consumed what is not there.
    if (messages.length === 0) return { server, records: [] };
    progress.doing = `asking where ${consumedBy.join(', ')} stand on topic "${topic}"`;
    const known = isNew ? undefined : await early;
    const isEnough = known && messages.every(({ partition }) => known.partitions.has(partition));
    const { groupsOn } = isEnough ? known : await askGroups(messages);
    return { server, records: messages.map((message) => ({ ...message, groups: groupsOn(message.partition) })) };
  }

  /** Runs a question with tracing off and a limit on its time. */
  async #ask<T>(limitMs: number, question: (progress: Progress) => Promise<T>): Promise<Asked<T>> {
    await this.load();
    const patience = new AbortController();
    const progress: Progress = { doing: 'connecting', signal: patience.signal };
    const answer = withoutTracing(() => this.#askIfThere(progress, question));
    const outcome = await within(answer, limitMs).finally(() => patience.abort());
    if (outcome !== 'late') return outcome.value;
    const saw = `gives no answer within ${limitMs} ms while ${progress.doing}`;
    return { failure: { kind: 'silent', address: this.address, saw, nextStep: 'Look into its log.' } };
  }

  async #askIfThere<T>(progress: Progress, question: (progress: Progress) => Promise<T>): Promise<Asked<T>> {
    const gone = this.#connected ? undefined : await this.#look();
    if (gone) return { failure: gone };
    const answer = this.#answer(progress, question);
    const soon = await within(answer, UNSUSPICIOUS_MS);
    if (soon !== 'late') return soon.value;
    const goneSince = await this.#look();
    return goneSince ? { failure: goneSince } : answer;
  }

  async #answer<T>(progress: Progress, question: (progress: Progress) => Promise<T>): Promise<Asked<T>> {
    try {
      return { value: await question(progress) };
    } catch (error) {
      if (error instanceof TracecourtError) throw error;
      const attempt = { address: this.address, brokers: this.#brokers, doing: progress.doing };
      const failure = explainKafkaFailure(error, attempt);
      // It may have gone in the middle of the question: then that is what to say.
      const wasLost = failure.kind === 'hung-up' || failure.kind === 'silent';
      return { failure: (wasLost ? await this.#look() : undefined) ?? failure };
    }
  }

  async #look(): Promise<StoreFailure | undefined> {
    const look = await this.#looks.ask('look');
    if (look?.status !== 'not-there') {
      if (look) this.#release = kafkaRelease(look.answer);
      return undefined;
    }
    // What comes back may be a broker that has lost its memory: only reading from the beginning is right then.
    this.#closing = this.#close();
    return look.failure;
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
    const cluster = new KafkajsCluster(kafka);
    try {
      await Promise.all([admin.connect(), cluster.connect()]);
      const server = await this.#recognise(admin);
      const [ends, commits] = [new KafkaEnds(cluster), new KafkaCommits(cluster)];
      return { admin, cluster, ends, commits, server, ...this.#newTail(kafka) };
    } catch (error) {
      await Promise.allSettled([admin.disconnect(), cluster.disconnect()]);
      throw error;
    }
  }

  #newTail(kafka: Kafka): Pick<Connected, 'tail' | 'index'> {
    const index = new KafkaMessageIndex(this.#limits);
    return { index, tail: new KafkaTail({ kafka, index, groupId: `tracecourt-probe-${randomUUID()}` }) };
  }

  async #recognise(admin: Admin): Promise<ServerIdentity> {
    const { clusterId } = await admin.describeCluster();
    const isOurs = clusterId === EMBEDDED_CLUSTER_ID;
    const who = isOurs ? { product: 'embedded', version: 'unknown' } : { product: 'kafka', version: this.#release };
    return { store: 'kafka', address: this.address, ...who };
  }
}

function partitionsOf(messages: readonly IndexedMessage[]): ReadonlySet<number> {
  return new Set(messages.map(({ partition }) => partition));
}

function noTopic(topic: string, address: string): StoreFailure {
  const nextStep = "Correct the topic in the flow's effect, or see who should create it.";
  return { kind: 'no-topic', address, saw: `has no topic "${topic}"`, nextStep };
}

function forgotten({ key, topic }: KafkaQuery, address: string): StoreFailed {
  const saw = `holds more on topic "${topic}" than is kept: messages of key "${key}" were read, but forgotten to bound the memory`;
  return new StoreFailed({ kind: 'unreadable', address, saw, nextStep: 'Send fewer requests in one run.' });
}
