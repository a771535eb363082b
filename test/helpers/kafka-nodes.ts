import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { ByteWriter } from '../../src/embedded/byte-writer.js';
import { ByteReader } from '../../src/embedded/kafka/codec/byte-reader.js';
import { type Field, int16, int32, nullableString, struct } from '../../src/embedded/kafka/codec/field.js';
import { FrameSplitter } from '../../src/embedded/kafka/codec/frame-splitter.js';
import type { RequestOf, ResponseOf } from '../../src/embedded/kafka/handlers/handler.js';
import { API_TABLE, type ApiName, apiOfKey } from '../../src/embedded/kafka/protocol/api-table.js';

const HOST = '127.0.0.1';
const MAX_FRAME_BYTES = 16 * 1024 * 1024;
const NOT_LEADER = 6;
const NOT_COORDINATOR = 16;

/**
 * One broker, shown to its clients as a cluster of several nodes: each node leads the partitions and coordinates the groups that it is told to, answers for
 * no other, and can go away.
 */
export interface KafkaNodes extends AsyncDisposable {
  /** Of the first node. */
  readonly address: string;
  /** What was asked since this was last emptied, of which node: `2 listOffsets`. */
  readonly calls: string[];
  /** All partitions are led by node 1 until somebody says otherwise. */
  lead(topic: string, partition: number, node: number): void;
  /** All groups are coordinated by node 1 until somebody says otherwise. */
  coordinate(group: string, node: number): void;
  /** What is answered from now on in place of the broker's answer. */
  answer<A extends ApiName>(api: A, change: (response: ResponseOf<A>, request: RequestOf<A>) => ResponseOf<A>): void;
  /** Ends all connections; later ones go through. */
  cut(): void;
  /** The node is gone, and is named no more. */
  stop(node: number): Promise<void>;
}

interface Node {
  readonly id: number;
  readonly server: Server;
  readonly sockets: Set<Socket>;
  readonly port: number;
}

interface Asked {
  readonly api: ApiName;
  readonly version: number;
  readonly request: unknown;
}

type Change = (response: never, request: never) => unknown;

const requestHeader = struct({ apiKey: int16, version: int16, correlationId: int32, clientId: nullableString });

export async function startKafkaNodes(broker: string, count = 2): Promise<KafkaNodes> {
  const cluster = new Cluster(Number(broker.split(':')[1]));
  for (let id = 1; id <= count; id++) await cluster.start(id);
  return cluster;
}

class Cluster implements KafkaNodes {
  readonly calls: string[] = [];
  readonly #brokerPort: number;
  readonly #nodes = new Map<number, Node>();
  readonly #leaders = new Map<string, number>();
  readonly #coordinators = new Map<string, number>();
  readonly #changes = new Map<ApiName, Change>();

  constructor(brokerPort: number) {
    this.#brokerPort = brokerPort;
  }

  get address(): string {
    return `${HOST}:${this.#nodes.get(1)?.port}`;
  }

  async start(id: number): Promise<void> {
    const sockets = new Set<Socket>();
    const server = createServer({ noDelay: true }, (client) => {
      sockets.add(client);
      client.on('error', () => undefined).once('close', () => sockets.delete(client));
      this.#serve(id, client);
    });
    server.listen(0, HOST);
    await once(server, 'listening');
    this.#nodes.set(id, { id, server, sockets, port: (server.address() as AddressInfo).port });
  }

  lead(topic: string, partition: number, node: number): void {
    this.#leaders.set(`${topic}/${partition}`, node);
  }

  coordinate(group: string, node: number): void {
    this.#coordinators.set(group, node);
  }

  answer<A extends ApiName>(api: A, change: (response: ResponseOf<A>, request: RequestOf<A>) => ResponseOf<A>): void {
    this.#changes.set(api, change as Change);
  }

  cut(): void {
    for (const { sockets } of this.#nodes.values()) for (const socket of sockets) socket.destroy();
  }

  async stop(id: number): Promise<void> {
    const node = this.#nodes.get(id);
    if (!node) return;
    this.#nodes.delete(id);
    const closed = once(node.server, 'close');
    node.server.close();
    for (const socket of node.sockets) socket.destroy();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const id of [...this.#nodes.keys()]) await this.stop(id);
  }

  #serve(id: number, client: Socket): void {
    const upstream = connect({ host: HOST, port: this.#brokerPort, noDelay: true });
    client.once('close', () => upstream.destroy());
    upstream.on('error', () => undefined).once('close', () => client.destroy());
    const asked: Asked[] = [];
    const requests = new FrameSplitter(MAX_FRAME_BYTES);
    client.on('data', (chunk: Buffer) => {
      for (const frame of requests.push(chunk)) {
        const one = read(frame);
        this.calls.push(`${id} ${one.api}`);
        asked.push(one);
        upstream.write(framed(frame));
      }
    });
    const answers = new FrameSplitter(MAX_FRAME_BYTES);
    upstream.on('data', (chunk: Buffer) => {
      for (const frame of answers.push(chunk)) client.write(framed(this.#changed(id, frame, asked.shift())));
    });
  }

  #changed(id: number, frame: Buffer, asked: Asked | undefined): Buffer {
    const own = asked && OWN[asked.api];
    const change = asked && this.#changes.get(asked.api);
    if (!asked || (!own && !change)) return frame;
    const from = new ByteReader(frame);
    const correlationId = from.int32();
    const field = API_TABLE[asked.api].response as Field<unknown>;
    let response = field.read(from, asked.version);
    if (own) response = own({ id, view: this.#view }, response as never, asked.request as never);
    if (change) response = change(response as never, asked.request as never);
    const to = new ByteWriter();
    to.int32(correlationId);
    field.write(to, response, asked.version);
    return to.finish();
  }

  readonly #view: View = {
    brokers: () => [...this.#nodes.values()].map(({ id, port }) => ({ nodeId: id, host: HOST, port, rack: null })),
    leaderOf: (topic, partition) => this.#leaders.get(`${topic}/${partition}`) ?? 1,
    coordinatorOf: (group) => this.#coordinators.get(group) ?? 1,
  };
}

interface View {
  brokers(): ResponseOf<'metadata'>['brokers'];
  leaderOf(topic: string, partition: number): number;
  coordinatorOf(group: string): number;
}

type Own<A extends ApiName> = (
  node: { readonly id: number; readonly view: View },
  response: ResponseOf<A>,
  request: RequestOf<A>,
) => ResponseOf<A>;

const metadata: Own<'metadata'> = ({ view }, response) => ({
  ...response,
  brokers: view.brokers(),
  topics: response.topics.map((one) => ({
    ...one,
    partitions: one.partitions.map((each) => ({ ...each, leader: view.leaderOf(one.topic, each.partition) })),
  })),
});

const findCoordinator: Own<'findCoordinator'> = ({ view }, response, request) => {
  const nodeId = view.coordinatorOf(request.key);
  const { host, port } = view.brokers().find((broker) => broker.nodeId === nodeId) ?? { host: HOST, port: 1 };
  return { ...response, nodeId, host, port };
};

const listOffsets: Own<'listOffsets'> = ({ id, view }, response) => ({
  ...response,
  topics: response.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((one) => {
      const isElsewhere = one.errorCode === 0 && view.leaderOf(topic, one.partition) !== id;
      return isElsewhere ? { ...one, errorCode: NOT_LEADER, offset: -1n } : one;
    }),
  })),
});

const offsetFetch: Own<'offsetFetch'> = ({ id, view }, response, { groupId }) =>
  view.coordinatorOf(groupId) === id ? response : { ...response, topics: [], errorCode: NOT_COORDINATOR };

const OWN: {
  readonly [A in ApiName]?: (node: { id: number; view: View }, response: never, request: never) => unknown;
} = {
  metadata,
  findCoordinator,
  listOffsets,
  offsetFetch,
};

function read(frame: Buffer): Asked {
  const from = new ByteReader(frame);
  const { apiKey, version } = requestHeader.read(from, 0);
  const api = apiOfKey(apiKey);
  if (!api) throw new Error(`api key ${apiKey} is not known`);
  return { api, version, request: (API_TABLE[api].request as Field<unknown>).read(from, version) };
}

function framed(frame: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(frame.length, 0);
  return Buffer.concat([length, frame]);
}
