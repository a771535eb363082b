import { expect } from 'chai';
import fc from 'fast-check';
import { PartitionLog } from '../../../src/embedded/kafka/log/partition-log.js';
import { ErrorCode } from '../../../src/embedded/kafka/protocol/error-code.js';
import { batchOf, LIMITS } from './record-batches.js';

const newLog = (over: { maxBatchBytes?: number; retentionBytes?: number } = {}): PartitionLog =>
  new PartitionLog({ ...LIMITS, ...over });

const NOW_MS = 1_700_000_000_000;

const all = { maxBytes: 1_000_000, evenIfLarger: true };

describe('a partition log', () => {
  it('gives back from every offset the batches from the one that holds it on', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }), (counts) => {
        const log = newLog();
        const bases = counts.map((count) => {
          const result = log.append(batchOf(count), NOW_MS);
          return result.ok ? result.baseOffset : -1n;
        });
        for (let offset = 0n; offset < log.endOffset; offset++) {
          const read = log.read(offset, all);
          const expected = bases.filter((base) => base <= offset).at(-1);
          expect(read.ok && read.records.readBigInt64BE(0)).to.equal(expected);
        }
        const atEnd = log.read(log.endOffset, all);
        expect(atEnd.ok && atEnd.records.length).to.equal(0);
      }),
    );
  });

  it('refuses offsets outside the log', () => {
    const log = newLog();
    log.append(batchOf(1), NOW_MS);
    for (const offset of [-1n, 2n]) {
      expect(log.read(offset, all)).to.deep.equal({ ok: false, errorCode: ErrorCode.offsetOutOfRange });
    }
  });

  it('gives one batch that is larger than asked, when otherwise there would be none', () => {
    const log = newLog();
    log.append(batchOf(3), NOW_MS);
    const some = log.read(0n, { maxBytes: 1, evenIfLarger: true });
    const none = log.read(0n, { maxBytes: 1, evenIfLarger: false });
    expect([some.ok && some.records.length > 0, none.ok && none.records.length]).to.deep.equal([true, 0]);
  });

  it('refuses each batch with any one bit of its contents changed', () => {
    const good = batchOf(3);
    for (let at = 16; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 1;
      expect(newLog().append(bad, NOW_MS).ok, `byte ${at}`).to.equal(false);
    }
  });

  it('refuses batches that are too large, of control records, cut short, or that somebody has a reason against', () => {
    const codeOf = (log: PartitionLog, batch: Buffer) => log.append(batch, NOW_MS);
    expect(codeOf(newLog({ maxBatchBytes: 50 }), batchOf(1))).to.include({ errorCode: ErrorCode.messageTooLarge });
    expect(codeOf(newLog(), batchOf(1, { attributes: 0x20 }))).to.include({ errorCode: ErrorCode.invalidRecord });
    expect(codeOf(newLog(), batchOf(1).subarray(0, 65))).to.include({ errorCode: ErrorCode.corruptMessage });
    const log = newLog();
    const refused = log.append(batchOf(1), NOW_MS, () => ErrorCode.invalidTxnState);
    expect(refused).to.deep.equal({ ok: false, errorCode: ErrorCode.invalidTxnState });
    expect(log.endOffset).to.equal(0n);
  });

  it('appends a batch of an idempotent producer once, however often it is sent', () => {
    const log = newLog();
    const batch = batchOf(2, { producerId: 7n, sequence: 0 });
    log.append(batchOf(1), NOW_MS);
    expect(log.append(batch, NOW_MS)).to.deep.equal({ ok: true, baseOffset: 1n });
    expect(log.append(batch, NOW_MS)).to.deep.equal({ ok: true, baseOffset: 1n });
    expect(log.endOffset).to.equal(3n);
  });

  it('refuses gaps, repetitions that are no copies, and producers of a past epoch', () => {
    const log = newLog();
    const send = (sequence: number, count: number, epoch = 1) =>
      log.append(batchOf(count, { producerId: 7n, epoch, sequence }), NOW_MS);
    send(0, 2);
    expect(send(3, 1)).to.include({ errorCode: ErrorCode.outOfOrderSequenceNumber });
    expect(send(1, 5)).to.include({ errorCode: ErrorCode.outOfOrderSequenceNumber });
    expect(send(2, 1, 0)).to.include({ errorCode: ErrorCode.invalidProducerEpoch });
    expect(send(5, 1, 2)).to.include({ errorCode: ErrorCode.outOfOrderSequenceNumber });
    expect(send(2, 1)).to.deep.equal({ ok: true, baseOffset: 2n });
  });

  it('finds the first record of a time', () => {
    const log = newLog();
    log.append(batchOf(3, { times: [1, 5, 9] }), NOW_MS);
    log.append(batchOf(1, { times: [20] }), NOW_MS);
    expect(log.findTime(4n)).to.deep.equal({ kind: 'found', offset: 1n, timestampMs: 5n });
    expect(log.findTime(10n)).to.deep.equal({ kind: 'found', offset: 3n, timestampMs: 20n });
    expect(log.findTime(21n)).to.deep.equal({ kind: 'later-than-all' });
  });

  it('drops the oldest when it holds too much, and says where it begins', () => {
    const log = newLog({ retentionBytes: batchOf(1).length * 2 });
    for (let i = 0; i < 5; i++) log.append(batchOf(1), NOW_MS);
    expect([log.startOffset, log.endOffset]).to.deep.equal([3n, 5n]);
    expect(log.read(2n, all).ok).to.equal(false);
  });

  it('forgets what is deleted', () => {
    const log = newLog();
    for (let i = 0; i < 3; i++) log.append(batchOf(1), NOW_MS);
    expect(log.deleteBefore(2n)).to.equal(2n);
    expect(log.deleteBefore(9n)).to.equal(undefined);
    expect(log.deleteBefore(-1n)).to.equal(3n);
  });
});
