import { once } from 'node:events';
import { connect } from 'node:net';
import { ByteWriter } from '../../../src/embedded/byte-writer.js';
import { ByteReader } from '../../../src/embedded/kafka/codec/byte-reader.js';
import { type Field, int16, int32, nullableString, struct } from '../../../src/embedded/kafka/codec/field.js';
import { FrameSplitter } from '../../../src/embedded/kafka/codec/frame-splitter.js';
import type { RequestOf, ResponseOf } from '../../../src/embedded/kafka/handlers/handler.js';
import { API_TABLE, type ApiName } from '../../../src/embedded/kafka/protocol/api-table.js';
import { ErrorCode } from '../../../src/embedded/kafka/protocol/error-code.js';
import { until } from './kafka-bench.js';

const header = struct({ apiKey: int16, version: int16, correlationId: int32, clientId: nullableString });
const MAX_ANSWER_BYTES = 1_000_000;

/** One request on a connection of its own, for what kafkajs would never send. */
export async function rawCall<A extends ApiName>(
  address: string,
  api: A,
  request: RequestOf<A>,
): Promise<ResponseOf<A>> {
  const { key: apiKey, max: version } = API_TABLE[api];
  const to = new ByteWriter();
  to.int32(0);
  header.write(to, { apiKey, version, correlationId: 1, clientId: 'raw' }, version);
  (API_TABLE[api].request as Field<RequestOf<A>>).write(to, request, version);
  const bytes = to.finish();
  bytes.writeInt32BE(bytes.length - 4, 0);
  const answer = new ByteReader(await exchange(address, bytes));
  answer.int32(); // correlation id
  return (API_TABLE[api].response as Field<ResponseOf<A>>).read(answer, version);
}

async function exchange(address: string, bytes: Buffer): Promise<Buffer> {
  const [host = '', port] = address.split(':');
  const socket = connect(Number(port), host);
  try {
    await once(socket, 'connect');
    socket.write(bytes);
    const splitter = new FrameSplitter(MAX_ANSWER_BYTES);
    for await (const chunk of socket) {
      const [frame] = splitter.push(chunk as Buffer);
      if (frame) return frame;
    }
    throw new Error(`${address} hung up without an answer`);
  } finally {
    socket.destroy();
  }
}

export const GROUP = 0;
export const TRANSACTION = 1;

/** Resolves when a group or a transactional id has its coordinator, which a new broker makes when it is first asked for. */
export async function untilCoordinated(
  address: string,
  name: { readonly key: string; readonly keyType: number },
): Promise<void> {
  await until('there is a coordinator', async () => {
    const { errorCode } = await rawCall(address, 'findCoordinator', name);
    return errorCode === ErrorCode.none;
  });
}

type Fetched = ResponseOf<'fetch'>['topics'][number]['partitions'][number];

/** What the partition answers to a reader at this offset, within a second. */
export async function fetchOnce(
  address: string,
  { topic, partition, offset }: { readonly topic: string; readonly partition: number; readonly offset: bigint },
): Promise<Pick<Fetched, 'errorCode' | 'records'>> {
  const limits = { maxWaitMs: 1_000, minBytes: 1, maxBytes: 10_000 };
  const place = { currentLeaderEpoch: -1, fetchOffset: offset, logStartOffset: -1n, partitionMaxBytes: 10_000 };
  const reader = { replicaId: -1, isolationLevel: 0, sessionId: 0, sessionEpoch: -1, rackId: '' };
  const topics = [{ topic, partitions: [{ partition, ...place }] }];
  const answer = await rawCall(address, 'fetch', { ...limits, ...reader, topics, forgottenTopics: [] });
  const [fetched] = answer.topics[0]?.partitions ?? [];
  if (!fetched) throw new Error(`${address} answered for another partition`);
  return fetched;
}
