import { expect } from 'chai';
import { ErrorCode } from '../../../src/embedded/kafka/protocol/error-code.js';
import { batchWith, SNAPPY } from '../../embedded/kafka/record-batches.js';
import type { Differs } from '../battery.js';
import { type KafkaBench, until } from './kafka-bench.js';
import { fetchOnce, GROUP, rawCall, TRANSACTION, untilCoordinated } from './raw-call.js';

const TRANSACTIONAL = 0x10;
const NAME_OF_CODE = new Map<number, string>(Object.entries(ErrorCode).map(([name, code]) => [code, name]));

/** What kafkajs never sends, and what comes of it. */
export function wireRows(bench: KafkaBench, differs: Differs): void {
  async function newProducerId(transactionalId: string | null = null) {
    if (transactionalId !== null) await untilCoordinated(bench.address, { key: transactionalId, keyType: TRANSACTION });
    const answer = await rawCall(bench.address, 'initProducerId', { transactionalId, transactionTimeoutMs: 60_000 });
    expect(answer.errorCode).to.equal(ErrorCode.none);
    return answer;
  }

  /** `at 3`, or the name of the error. */
  async function produce(
    topic: string,
    records: Buffer,
    { transactionalId = null, partition = 0 }: { transactionalId?: string | null; partition?: number } = {},
  ): Promise<string> {
    const topics = [{ topic, partitions: [{ partition, records }] }];
    const answer = await rawCall(bench.address, 'produce', { transactionalId, acks: -1, timeoutMs: 5_000, topics });
    const { errorCode = -1, baseOffset } = answer.topics[0]?.partitions[0] ?? {};
    return errorCode === ErrorCode.none ? `at ${baseOffset}` : (NAME_OF_CODE.get(errorCode) ?? String(errorCode));
  }

  const record = (value: string) => ({ key: 'k', value });

  describe('on the wire', () => {
    it('takes a batch of an idempotent producer once, however often it comes', async () => {
      const topic = await bench.newTopic();
      const { producerId, producerEpoch: epoch } = await newProducerId();
      const batch = (sequence: number) => batchWith([record('v'), record('w')], { producerId, epoch, sequence });
      for (const sequence of [0, 2, 4]) await produce(topic, batch(sequence));
      expect([await produce(topic, batch(2)), await produce(topic, batch(4))]).to.deep.equal(['at 2', 'at 4']);
      const [offsets] = await bench.admin.fetchTopicOffsets(topic);
      expect(offsets?.high).to.equal('6');
    });

    it('refuses a gap in the sequence of an idempotent producer, and a part of what it had', async () => {
      const topic = await bench.newTopic();
      const { producerId, producerEpoch: epoch } = await newProducerId();
      const batch = (sequence: number, count = 1) =>
        batchWith(
          Array.from({ length: count }, () => record('v')),
          { producerId, epoch, sequence },
        );
      expect(await produce(topic, batch(0, 2))).to.equal('at 0');
      expect(await produce(topic, batch(3))).to.equal('outOfOrderSequenceNumber');
      expect(await produce(topic, batch(1))).to.equal('outOfOrderSequenceNumber');
      for (let sequence = 2; sequence < 8; sequence++) await produce(topic, batch(sequence));
      expect(await produce(topic, batch(0, 2)), 'six batches ago').to.equal('outOfOrderSequenceNumber');
    });

    it('takes a producer that it does not know at any place in its sequence, and its next epoch at the beginning', async () => {
      const topic = await bench.newTopic();
      const { producerId } = await newProducerId();
      const batch = (epoch: number, sequence: number) => batchWith([record('v')], { producerId, epoch, sequence });
      expect(await produce(topic, batch(0, 7))).to.equal('at 0');
      expect(await produce(topic, batch(1, 8))).to.equal('outOfOrderSequenceNumber');
      expect(await produce(topic, batch(1, 0))).to.equal('at 1');
      expect(await produce(topic, batch(0, 8))).to.equal('invalidProducerEpoch');
    });

    it('refuses a message for a partition, and for a topic, that is not there', async () => {
      const topic = await bench.newTopic(2);
      const batch = batchWith([record('v')]);
      expect(await produce(topic, batch, { partition: 1 })).to.equal('at 0');
      expect(await produce(topic, batch, { partition: 2 })).to.equal('unknownTopicOrPartition');
      expect(await produce(bench.unique('absent'), batch)).to.equal('unknownTopicOrPartition');
    });

    it('refuses a batch whose contents are not what its checksum says', async () => {
      const topic = await bench.newTopic();
      const batch = batchWith([record('v')]);
      batch.writeUInt8((batch.at(-2) ?? 0) ^ 1, batch.length - 2);
      expect(await produce(topic, batch)).to.equal('corruptMessage');
    });

    it('refuses records of a transaction for a partition that was not added to it', async () => {
      const topic = await bench.newTopic();
      const transactionalId = bench.unique('transactional');
      const { producerId, producerEpoch: epoch } = await newProducerId(transactionalId);
      const batch = batchWith([record('v')], { producerId, epoch, attributes: TRANSACTIONAL });
      expect(await produce(topic, batch, { transactionalId })).to.equal('invalidTxnState');
    });

    it('keeps a header without a value apart from an empty one', async () => {
      const topic = await bench.newTopic();
      const headers = [
        ['none', null],
        ['empty', ''],
        ['twice', null],
        ['twice', 'x'],
      ] as const;
      await produce(topic, batchWith([{ key: 'k', value: 'v', headers }]));
      const { seen } = await bench.consume(topic);
      await until('it is seen', () => seen.length === 1);
      const [one] = seen;
      expect(one?.headers).to.deep.equal({ none: null, empty: Buffer.alloc(0), twice: [null, Buffer.from('x')] });
    });

    it('keeps batches compressed with snappy', async () => {
      const topic = await bench.newTopic();
      expect(await produce(topic, batchWith([record('v')], { compression: SNAPPY }))).to.equal('at 0');
      const { records } = await fetchOnce(bench.address, { topic, partition: 0, offset: 0n });
      const sent = batchWith([record('v')], { compression: SNAPPY });
      expect(records?.subarray(61)).to.deep.equal(sent.subarray(61));
    });

    differs('looks up a time among records compressed with snappy', {
      see: async () => {
        const topic = await bench.newTopic();
        await produce(topic, batchWith([record('v')], { times: [5], compression: SNAPPY }));
        const partitions = [{ partition: 0, timestampMs: 3n }];
        const request = { replicaId: -1, isolationLevel: 0, topics: [{ topic, partitions }] };
        const { errorCode = -1, offset } =
          (await rawCall(bench.address, 'listOffsets', request)).topics[0]?.partitions[0] ?? {};
        return errorCode === ErrorCode.none ? `at ${offset}` : NAME_OF_CODE.get(errorCode);
      },
      real: { does: 'finds the record', answer: 'at 0' },
      embedded: { does: 'refuses: `UNSUPPORTED_COMPRESSION_TYPE`', answer: 'unsupportedCompressionType' },
    });

    differs('takes records compressed with snappy on a compacted topic', {
      see: async () => {
        const configEntries = [{ name: 'cleanup.policy', value: 'compact' }];
        const topic = await bench.newTopic(1, { configEntries });
        return produce(topic, batchWith([record('v')], { compression: SNAPPY }));
      },
      real: { does: 'takes them', answer: 'at 0' },
      embedded: { does: 'refuses: `UNSUPPORTED_COMPRESSION_TYPE`', answer: 'unsupportedCompressionType' },
    });

    differs('takes a member that keeps its place in a group while it is away (`group.instance.id`)', {
      see: async () => {
        const groupId = bench.unique('group');
        await untilCoordinated(bench.address, { key: groupId, keyType: GROUP });
        const protocols = [{ name: 'any', metadata: Buffer.alloc(0) }];
        const timeouts = { sessionTimeoutMs: 6_000, rebalanceTimeoutMs: 6_000 };
        const member = { memberId: '', groupInstanceId: 'the one', protocolType: 'consumer', protocols };
        const { errorCode } = await rawCall(bench.address, 'joinGroup', { groupId, ...timeouts, ...member });
        return NAME_OF_CODE.get(errorCode);
      },
      real: { does: 'takes it', answer: 'none' },
      embedded: { does: 'refuses: `UNSUPPORTED_VERSION`', answer: 'unsupportedVersion' },
    });
  });
}
