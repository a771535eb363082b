import { expect } from 'chai';
import { recordsOf } from '../../../src/embedded/kafka/log/batch-records.js';
import { PartitionLog } from '../../../src/embedded/kafka/log/partition-log.js';
import { ErrorCode } from '../../../src/embedded/kafka/protocol/error-code.js';
import { batchOf, LIMITS } from './record-batches.js';

const NOW_MS = 1_700_000_000_000;
const TRANSACTIONAL = 0x10;

/** A log with shorthands for what producers 1, 2, … do to it. */
class Scene {
  readonly log = new PartitionLog(LIMITS);
  readonly #sequences = new Map<number, number>();

  plain(count = 1): void {
    this.log.append(batchOf(count), NOW_MS);
  }

  within(producer: number, { count = 1, epoch = 0, sequence = this.#sequences.get(producer) ?? 0 } = {}) {
    this.#sequences.set(producer, sequence + count);
    const producerId = BigInt(producer);
    return this.log.append(batchOf(count, { producerId, epoch, sequence, attributes: TRANSACTIONAL }), NOW_MS);
  }

  end(producer: number, { committed = true, epoch = 0 } = {}): void {
    this.log.endTransaction({ producerId: BigInt(producer), producerEpoch: epoch, committed }, NOW_MS);
  }

  /** The aborted transactions of all that is stable: producer, first offset. */
  aborted(start = 0n, until = this.log.lastStableOffset): readonly (readonly [number, number])[] {
    return this.log.abortedWithin(start, until).map((one) => [Number(one.producerId), Number(one.firstOffset)]);
  }
}

describe('transactions in a partition', () => {
  it('leave the log stable up to the first that is open', () => {
    const scene = new Scene();
    scene.plain(2);
    expect(scene.log.lastStableOffset).to.equal(2n);
    scene.within(1);
    scene.within(2);
    scene.plain();
    expect(scene.log.lastStableOffset).to.equal(2n);
    scene.end(1);
    expect(scene.log.lastStableOffset).to.equal(3n);
    scene.end(2, { committed: false });
    expect(scene.log.lastStableOffset).to.equal(scene.log.endOffset);
    expect(scene.log.endOffset).to.equal(7n);
  });

  it('are read up to where it is stable by who asks for no more', () => {
    const scene = new Scene();
    scene.plain();
    scene.within(1);
    const all = { maxBytes: 10_000, evenIfLarger: true };
    const whole = scene.log.read(0n, all);
    const stable = scene.log.read(0n, { ...all, until: scene.log.lastStableOffset });
    expect(whole.ok && stable.ok && [whole.records.length, stable.records.length]).to.deep.equal([136, 68]);
    expect(scene.log.read(1n, { ...all, until: 1n })).to.deep.equal({ ok: true, records: Buffer.alloc(0) });
  });

  it('are listed when they were aborted, in the order of their ends', () => {
    const scene = new Scene();
    for (const producer of [1, 2, 3]) scene.within(producer);
    scene.end(2, { committed: false });
    scene.end(3);
    scene.end(1, { committed: false });
    expect(scene.aborted()).to.deep.equal([
      [2, 1],
      [1, 0],
    ]);
  });

  it('are listed only for offsets that they reach', () => {
    const scene = new Scene();
    scene.within(1); // offset 0
    scene.end(1, { committed: false }); // offset 1
    scene.within(2); // offset 2
    scene.end(2, { committed: false }); // offset 3
    expect(scene.aborted(1n, 2n)).to.deep.equal([[1, 0]]);
    expect(scene.aborted(2n, 3n)).to.deep.equal([[2, 2]]);
    expect(scene.aborted(4n, 9n)).to.deep.equal([]);
  });

  it('are forgotten with the records that they wrote', () => {
    const scene = new Scene();
    scene.within(1);
    scene.end(1, { committed: false });
    scene.within(1);
    scene.log.deleteBefore(2n);
    expect(scene.aborted()).to.deep.equal([]);
    scene.log.deleteBefore(3n);
    expect(scene.log.lastStableOffset, 'never before the beginning').to.equal(3n);
  });

  it('end in a record that says who ended how, and when', () => {
    const scene = new Scene();
    scene.within(7, { epoch: 3 });
    scene.end(7, { epoch: 3, committed: false });
    const read = scene.log.read(1n, { maxBytes: 10_000, evenIfLarger: true });
    if (!read.ok) throw new Error('nothing to read');
    const { records } = read;
    expect(records.readBigInt64BE(0), 'offset').to.equal(1n);
    expect(records.readInt32BE(8), 'length').to.equal(records.length - 12);
    expect(records.readInt16BE(21), 'transactional, control').to.equal(0x30);
    expect([records.readBigInt64BE(43), records.readInt16BE(51)]).to.deep.equal([7n, 3]);
    expect(recordsOf(records)?.map(({ timestampMs }) => timestampMs)).to.deep.equal([BigInt(NOW_MS)]);
    expect(records.subarray(66, 70), 'version 0, abort').to.deep.equal(Buffer.from([0, 0, 0, 0]));
  });

  it('refuse a producer of a past epoch as soon as its successor has ended one', () => {
    const scene = new Scene();
    scene.within(1);
    scene.end(1, { committed: false, epoch: 1 });
    expect(scene.within(1)).to.deep.equal({ ok: false, errorCode: ErrorCode.invalidProducerEpoch });
    expect(scene.within(1, { epoch: 1, sequence: 0 })).to.deep.equal({ ok: true, baseOffset: 2n });
  });
});
