import type { Broker, Cluster, Kafka, PartitionAssigner } from 'kafkajs';
import { TracecourtError } from '../errors.js';
import { kafkajsFile } from './kafkajs-file.js';

/** A partition of a topic. */
export interface KafkaPartition {
  readonly topic: string;
  readonly partition: number;
}

/** What a broker says of one partition. */
export interface PartitionAnswer extends KafkaPartition {
  /** As the protocol counts errors; 0 is none. */
  readonly errorCode: number;
  readonly offset: string;
}

/** Which node leads each partition of a topic. */
export type Leaders = ReadonlyMap<number, number>;

/** Where a log begins, and where what may be read of it ends, in the words of the protocol. */
export type LogEnd = 'first' | 'next';
const TIMESTAMPS: Readonly<Record<LogEnd, number>> = { first: -2, next: -1 };

interface Answer {
  readonly responses: readonly { readonly topic: string; readonly partitions: readonly PartitionAnswer[] }[];
  readonly errorCode?: number;
}

/** What of a broker of kafkajs is relied on here beyond what its types tell. */
interface Node extends Broker {
  readonly nodeId: number;
  readonly listOffsets: (request: { readonly topics: readonly object[] }) => Promise<Answer>;
  readonly lookupRequest: (api: unknown, definition: unknown) => (request: unknown) => Call;
}

interface Call {
  readonly request: unknown;
  readonly response: { readonly decode: unknown; readonly parse: (data: unknown) => Promise<unknown> };
}

type ErrorFromCode = (code: number) => Error;

/**
 * Asks single nodes of a cluster, many partitions at once, and tells what each is answered with; kafkajs's admin asks for one topic
 * at a time, for more than is wanted, and fails whole where one partition does.
 *
 * Throws TracecourtError `package-missing` where kafkajs is built otherwise than its 2.2.4.
 */
export class KafkajsCluster {
  readonly #cluster: Cluster;
  readonly #errorFromCode: ErrorFromCode;

  constructor(kafka: Kafka, errorFromCode: ErrorFromCode | undefined = loadErrorFromCode()) {
    this.#cluster = clusterOf(kafka);
    if (typeof errorFromCode !== 'function') throw builtOtherwise();
    this.#errorFromCode = errorFromCode;
  }

  connect(): Promise<void> {
    return this.#cluster.connect();
  }

  disconnect(): Promise<void> {
    return this.#cluster.disconnect();
  }

  /** All topics there are, asked anew each time. */
  async topics(): Promise<ReadonlyMap<string, Leaders>> {
    const metadata: Awaited<ReturnType<Cluster['metadata']>> | null = await this.#cluster.metadata();
    if (!metadata) throw new Error('No broker says which topics there are.');
    return new Map(
      metadata.topicMetadata.map(({ topic, partitionMetadata }) => [
        topic,
        new Map(partitionMetadata.map(({ partitionId, leader }) => [partitionId, leader])),
      ]),
    );
  }

  /** The node that keeps what this group committed, asked anew each time. */
  async coordinatorOf(groupId: string): Promise<number> {
    return asNode(await this.#cluster.findGroupCoordinator({ groupId })).nodeId;
  }

  /** Offsets of partitions that this node is taken to lead. */
  async offsetsAt(node: number, end: LogEnd, asked: readonly KafkaPartition[]): Promise<readonly PartitionAnswer[]> {
    const topics = byTopic(asked, (partition) => ({ partition, timestamp: TIMESTAMPS[end] }));
    return this.#flat(await (await this.#outspoken(node)).listOffsets({ topics }));
  }

  /** What a group committed, from the node that is taken to keep it. Offset -1 says that it never did. */
  async committedAt(
    node: number,
    groupId: string,
    asked: readonly KafkaPartition[],
  ): Promise<readonly PartitionAnswer[]> {
    const topics = byTopic(asked, (partition) => ({ partition, offset: '' }));
    return this.#flat((await (await this.#outspoken(node)).offsetFetch({ groupId, topics })) as unknown as Answer);
  }

  /** What kafkajs throws for an error of the protocol. */
  errorOf(code: number): Error {
    return this.#errorFromCode(code);
  }

  #flat({ errorCode = 0, responses }: Answer): readonly PartitionAnswer[] {
    if (errorCode !== 0) throw this.errorOf(errorCode);
    return responses.flatMap(({ topic, partitions }) => partitions.map((answer) => ({ ...answer, topic })));
  }

  /** A node whose answers come as they are: kafkajs throws a whole answer away for the error of one partition. */
  async #outspoken(nodeId: number): Promise<Node> {
    const node = asNode(await this.#cluster.findBroker({ nodeId: String(nodeId) }));
    const lookupRequest: Node['lookupRequest'] = (api, definition) => {
      const newCall = node.lookupRequest(api, definition);
      return (request) => {
        const call = newCall(request);
        return { ...call, response: { ...call.response, parse: async (data) => data } };
      };
    };
    return Object.create(node, { lookupRequest: { value: lookupRequest } }) as Node;
  }
}

/** kafkajs hands its cluster to whoever assigns partitions. This consumer is never run: it is made for its cluster. */
function clusterOf(kafka: Kafka): Cluster {
  let cluster: Cluster | undefined;
  const assigner: PartitionAssigner = (given) => {
    cluster = given.cluster;
    return {
      name: 'none',
      version: 0,
      assign: async () => [],
      protocol: () => ({ name: 'none', metadata: Buffer.alloc(0) }),
    };
  };
  kafka.consumer({
    groupId: 'tracecourt-probe',
    partitionAssigners: [assigner],
    allowAutoTopicCreation: false,
    // What kafkajs remembers is older than the question.
    metadataMaxAge: 0,
  });
  if (!cluster) throw builtOtherwise();
  return cluster;
}

function asNode(broker: Broker): Node {
  const node = broker as Node;
  if (typeof node.listOffsets !== 'function' || typeof node.lookupRequest !== 'function') throw builtOtherwise();
  if (typeof node.nodeId !== 'number') throw builtOtherwise();
  return node;
}

function byTopic<T>(
  asked: readonly KafkaPartition[],
  form: (partition: number) => T,
): { topic: string; partitions: T[] }[] {
  const topics = new Map<string, T[]>();
  for (const { topic, partition } of asked) {
    const partitions = topics.get(topic) ?? [];
    partitions.push(form(partition));
    topics.set(topic, partitions);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}

function loadErrorFromCode(): ErrorFromCode | undefined {
  return kafkajsFile<{ readonly createErrorFromCode?: ErrorFromCode }>('protocol/error')?.createErrorFromCode;
}

function builtOtherwise(): TracecourtError {
  return new TracecourtError(
    'package-missing',
    'Reading Kafka needs kafkajs 2.2.4; the one installed is built otherwise.',
    {
      nextStep: 'Run: npm install kafkajs@2.2.4',
    },
  );
}
