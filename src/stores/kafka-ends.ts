import { setTimeout as delay } from 'node:timers/promises';
import { SharedRounds } from '../lib/shared-rounds.js';
import type { Positions } from './kafka-message-index.js';
import type { KafkajsCluster, KafkaPartition, Leaders, LogEnd, PartitionAnswer } from './kafkajs-cluster.js';

const UNKNOWN_TOPIC_OR_PARTITION = 3;
const LEADER_NOT_AVAILABLE = 5;
const NOT_LEADER_FOR_PARTITION = 6;
/** Said of a partition that was made, moved or deleted a moment ago: who leads it is to be asked anew. */
const MOVED: ReadonlySet<number> = new Set([
  UNKNOWN_TOPIC_OR_PARTITION,
  LEADER_NOT_AVAILABLE,
  NOT_LEADER_FOR_PARTITION,
]);
const RETRY_MS = 20;
/** While one round is on its way through the broker, the next need not wait for it. */
const ROUNDS = { atOnce: 3 };

type Found = { readonly offsets: Positions } | { readonly hasMoved: true } | { readonly failure: unknown };
type Said = PartitionAnswer | (KafkaPartition & { readonly failure: unknown });

/** A topic whose leaders are known. */
interface Led {
  readonly topic: string;
  readonly leaders: Leaders;
  /** From an earlier round: it may have changed. */
  readonly isRemembered: boolean;
}

/**
 * Where topics begin and end, asked anew by every question: of each leader once for all topics of a round.
 *
 * Who leads which partition is remembered. That it holds is part of each answer: a partition that moved says so, and a topic is
 * asked about one partition more than is known of it, which has to be unknown to the broker too.
 */
export class KafkaEnds {
  readonly #cluster: KafkajsCluster;
  readonly #leaders = new Map<string, Leaders>();
  readonly #rounds: Readonly<Record<LogEnd, SharedRounds<string, Found>>>;

  constructor(cluster: KafkajsCluster) {
    this.#cluster = cluster;
    this.#rounds = {
      first: new SharedRounds((topics) => this.#askAll(topics, 'first'), ROUNDS),
      next: new SharedRounds((topics) => this.#askAll(topics, 'next'), ROUNDS),
    };
  }

  /**
   * The first or next offset of each partition; undefined when there is no such topic. Waits while a partition has no leader that answers for it, as when
   * the topic was made a moment ago: that passes. Rejects when `signal` aborts.
   */
  async of(topic: string, end: LogEnd, signal: AbortSignal): Promise<Positions | undefined> {
    for (;;) {
      const found = await this.#rounds[end].ask(topic);
      if (!found) return undefined;
      if ('failure' in found) throw found.failure;
      if ('offsets' in found) return found.offsets;
      await delay(RETRY_MS, undefined, { signal });
    }
  }

  async #askAll(topics: readonly string[], end: LogEnd): Promise<ReadonlyMap<string, Found>> {
    const led = await this.#ledOf(topics);
    const byNode = new Map<number, KafkaPartition[]>();
    for (const one of led) for (const [node, asked] of questionsOf(one)) append(byNode, node, asked);
    const said = await Promise.all([...byNode].map(([node, asked]) => this.#askOne(node, end, asked)));
    const byTopic = new Map<string, Map<number, Said>>(led.map(({ topic }) => [topic, new Map()]));
    for (const answer of said.flat()) byTopic.get(answer.topic)?.set(answer.partition, answer);
    return new Map(led.map((one) => [one.topic, this.#judge(one, byTopic.get(one.topic) ?? new Map())]));
  }

  /** Leaves out topics that are not there. */
  async #ledOf(topics: readonly string[]): Promise<readonly Led[]> {
    const remembered = new Map(this.#leaders);
    const isKnown = topics.every((topic) => remembered.has(topic));
    const fresh = isKnown ? new Map<string, Leaders>() : await this.#cluster.topics();
    return topics.flatMap((topic) => {
      const leaders = remembered.get(topic) ?? fresh.get(topic);
      if (!leaders) return [];
      this.#leaders.set(topic, leaders);
      return [{ topic, leaders, isRemembered: remembered.has(topic) }];
    });
  }

  /** A node that cannot be asked fails for the topics that it leads. */
  async #askOne(node: number, end: LogEnd, asked: readonly KafkaPartition[]): Promise<readonly Said[]> {
    try {
      return await this.#cluster.offsetsAt(node, end, asked);
    } catch (failure) {
      return asked.map((one) => ({ ...one, failure }));
    }
  }

  #judge(led: Led, said: ReadonlyMap<number, Said>): Found {
    const found = this.#offsetsFrom(led, said);
    // Another round may have learned better meanwhile.
    if ('hasMoved' in found && this.#leaders.get(led.topic) === led.leaders) this.#leaders.delete(led.topic);
    return found;
  }

  #offsetsFrom({ leaders, isRemembered }: Led, said: ReadonlyMap<number, Said>): Found {
    const offsets = new Map<number, bigint>();
    for (const partition of leaders.keys()) {
      const answer = said.get(partition);
      if (!answer) return { hasMoved: true };
      // A node that cannot be asked may have left the partition to another one.
      if ('failure' in answer) return isRemembered ? { hasMoved: true } : answer;
      if (MOVED.has(answer.errorCode)) return { hasMoved: true };
      if (answer.errorCode !== 0) return { failure: this.#cluster.errorOf(answer.errorCode) };
      offsets.set(partition, BigInt(answer.offset));
    }
    return isThereMore(leaders, said) ? { hasMoved: true } : { offsets };
  }
}

/** By node, the partitions to ask it about; where they are remembered, with the one that would come next. */
function questionsOf({ topic, leaders, isRemembered }: Led): ReadonlyMap<number, readonly KafkaPartition[]> {
  const questions = new Map<number, KafkaPartition[]>();
  for (const [partition, node] of leaders) append(questions, node, [{ topic, partition }]);
  const [first] = leaders.values();
  if (isRemembered && first !== undefined) append(questions, first, [{ topic, partition: leaders.size }]);
  return questions;
}

function isThereMore(leaders: Leaders, said: ReadonlyMap<number, Said>): boolean {
  const next = said.get(leaders.size);
  return next !== undefined && 'errorCode' in next && next.errorCode !== UNKNOWN_TOPIC_OR_PARTITION;
}

function append<K, V>(lists: Map<K, V[]>, key: K, values: readonly V[]): void {
  const list = lists.get(key);
  if (list) list.push(...values);
  else lists.set(key, [...values]);
}
