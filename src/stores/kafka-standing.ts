import { setTimeout as delay } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { SharedRounds } from '../lib/shared-rounds.js';
import type { GroupPosition } from '../model/index.js';
import { protocolError } from './kafka-failures.js';
import type { Positions } from './kafka-message-index.js';

/** First and next offset of each partition. */
export interface TopicEnds {
  readonly low: Positions;
  readonly high: Positions;
}

const NEVER_COMMITTED = '-1';
/** kafkajs does not try again by itself when it is told this. */
const NOT_LED = 'NOT_LEADER_FOR_PARTITION';
/** Said of a topic that is no more, after some tries. */
const NO_TOPIC = 'UNKNOWN_TOPIC_OR_PARTITION';
const RETRY_MS = 20;
/** While one round is on its way through the broker, the next need not wait for it. */
const ROUNDS = { atOnce: 3 };

type TopicOffsets = Awaited<ReturnType<Admin['fetchTopicOffsets']>>;
type Committed = ReadonlyMap<number, string>;

/** How topics and groups stand, asked anew by every question; questions that come while as many rounds as may be are under way go together. */
export class KafkaStanding {
  readonly #admin: Admin;
  readonly #existence: SharedRounds<string, boolean>;
  readonly #offsets: SharedRounds<string, TopicOffsets | typeof NOT_LED | typeof NO_TOPIC>;
  /** Topics that were there when they were last asked about. */
  readonly #existing = new Set<string>();
  readonly #committed = new Map<string, SharedRounds<string, Committed>>();

  constructor(admin: Admin) {
    this.#admin = admin;
    this.#existence = new SharedRounds((topics) => existence(admin, topics));
    this.#offsets = new SharedRounds((topics) => mapOf(topics, (topic) => offsetsOf(admin, topic)), ROUNDS);
  }

  /**
   * Undefined when there is no such topic. Waits while a partition has no leader that answers for it, as when the topic was made
   * a moment ago: that passes. Rejects when `signal` aborts.
   */
  async endsOf(topic: string, signal: AbortSignal): Promise<TopicEnds | undefined> {
    while (this.#existing.has(topic) || (await this.#exists(topic))) {
      const offsets = await this.#offsets.ask(topic);
      if (offsets === NO_TOPIC) this.#existing.delete(topic);
      else if (offsets === NOT_LED || !offsets) await delay(RETRY_MS, undefined, { signal });
      else return endsFrom(offsets);
    }
    return undefined;
  }

  /** Asking for the ends of a topic that is not there takes the client several tries, each slower than the last. */
  async #exists(topic: string): Promise<boolean> {
    const exists = await this.#existence.ask(topic);
    if (exists) this.#existing.add(topic);
    return exists === true;
  }

  /** Where each group stands on a topic, partition by partition. */
  async groupPositions(
    topic: string,
    groups: readonly string[],
  ): Promise<(partition: number) => readonly GroupPosition[]> {
    const committed = await mapOf(groups, (group) => this.#committedBy(group).ask(topic));
    return (partition) =>
      groups.map((group) => {
        const offset = committed.get(group)?.get(partition) ?? NEVER_COMMITTED;
        return { group, committedOffset: offset === NEVER_COMMITTED ? undefined : offset };
      });
  }

  #committedBy(groupId: string): SharedRounds<string, Committed> {
    const known = this.#committed.get(groupId);
    if (known) return known;
    const ask = (topics: readonly string[]) => committedOffsets(this.#admin, groupId, topics);
    const rounds = new SharedRounds(ask, ROUNDS);
    this.#committed.set(groupId, rounds);
    return rounds;
  }
}

/** Asked anew each time: kafkajs may remember an older answer for minutes. */
async function existence(admin: Admin, asked: readonly string[]): Promise<ReadonlyMap<string, boolean>> {
  const { topics } = await admin.fetchTopicMetadata();
  const names = new Set(topics.map(({ name }) => name));
  return new Map(asked.map((topic) => [topic, names.has(topic)]));
}

async function offsetsOf(admin: Admin, topic: string): Promise<TopicOffsets | typeof NOT_LED | typeof NO_TOPIC> {
  try {
    return await admin.fetchTopicOffsets(topic);
  } catch (error) {
    const said = protocolError(error);
    if (said === NOT_LED || said === NO_TOPIC) return said;
    throw error;
  }
}

function endsFrom(offsets: TopicOffsets): TopicEnds {
  return {
    low: new Map(offsets.map(({ partition, low }) => [partition, BigInt(low)])),
    high: new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)])),
  };
}

async function committedOffsets(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<ReadonlyMap<string, Committed>> {
  const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
  return new Map(
    committed.map(({ topic, partitions }) => [
      topic,
      new Map(partitions.map(({ partition, offset }) => [partition, offset])),
    ]),
  );
}

async function mapOf<K, V>(keys: readonly K[], answer: (key: K) => Promise<V>): Promise<ReadonlyMap<K, V>> {
  return new Map(await Promise.all(keys.map(async (key) => [key, await answer(key)] as const)));
}
