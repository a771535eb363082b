import { SharedRounds } from '../lib/shared-rounds.js';
import type { GroupPosition } from '../model/index.js';
import type { KafkajsCluster, KafkaPartition, PartitionAnswer } from './kafkajs-cluster.js';

const NEVER_COMMITTED = '-1';
/** While one round is on its way through the broker, the next need not wait for it. */
const ROUNDS = { atOnce: 3 };

/** Where groups stand on some partitions of a topic. */
export interface Standing {
  readonly partitions: ReadonlySet<number>;
  readonly groupsOn: (partition: number) => readonly GroupPosition[];
}

/**
 * Where groups stand, asked anew by every question: once of each group's coordinator for all partitions of a round.
 *
 * Who a group's coordinator is, is remembered until a question to it fails.
 */
export class KafkaCommits {
  readonly #cluster: KafkajsCluster;
  readonly #coordinators = new Map<string, number>();
  readonly #rounds = new Map<string, SharedRounds<string, PartitionAnswer>>();

  constructor(cluster: KafkajsCluster) {
    this.#cluster = cluster;
  }

  async of(groups: readonly string[], topic: string, partitions: ReadonlySet<number>): Promise<Standing> {
    const offsets = await Promise.all(groups.map((group) => this.#committedBy(group, topic, partitions)));
    const groupsOn = (partition: number): readonly GroupPosition[] =>
      groups.map((group, at) => ({ group, committedOffset: offsets[at]?.get(partition) }));
    return { partitions, groupsOn };
  }

  async #committedBy(group: string, topic: string, partitions: ReadonlySet<number>): Promise<Map<number, string>> {
    const committed = new Map<number, string>();
    const rounds = this.#roundsOf(group);
    const answers = await Promise.all([...partitions].map((partition) => rounds.ask(nameOf({ topic, partition }))));
    for (const answer of answers) {
      if (!answer) throw new Error(`The coordinator of group "${group}" leaves out what it was asked.`);
      if (answer.errorCode !== 0) throw this.#cluster.errorOf(answer.errorCode);
      if (answer.offset !== NEVER_COMMITTED) committed.set(answer.partition, answer.offset);
    }
    return committed;
  }

  #roundsOf(group: string): SharedRounds<string, PartitionAnswer> {
    const known = this.#rounds.get(group);
    if (known) return known;
    const rounds = new SharedRounds<string, PartitionAnswer>(async (names) => {
      const answers = await this.#ask(group, names.map(partitionOf));
      return new Map(answers.map((answer) => [nameOf(answer), answer]));
    }, ROUNDS);
    this.#rounds.set(group, rounds);
    return rounds;
  }

  async #ask(group: string, asked: readonly KafkaPartition[]): Promise<readonly PartitionAnswer[]> {
    const remembered = this.#coordinators.get(group);
    if (remembered !== undefined) {
      // Whatever went wrong there, the group may have another coordinator by now: whose error that is, is the one to tell.
      const answers = await this.#cluster.committedAt(remembered, group, asked).catch(() => undefined);
      if (answers) return answers;
      if (this.#coordinators.get(group) === remembered) this.#coordinators.delete(group);
    }
    const coordinator = await this.#cluster.coordinatorOf(group);
    const answers = await this.#cluster.committedAt(coordinator, group, asked);
    this.#coordinators.set(group, coordinator);
    return answers;
  }
}

function nameOf({ topic, partition }: KafkaPartition): string {
  // Topic names hold no slash.
  return `${topic}/${partition}`;
}

function partitionOf(name: string): KafkaPartition {
  const [topic = '', partition] = name.split('/');
  return { topic, partition: Number(partition) };
}
