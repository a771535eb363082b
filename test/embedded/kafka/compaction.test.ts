import { expect } from 'chai';
import fc from 'fast-check';
import { hasRightChecksum, headerOf, isControl, statedLength } from '../../../src/embedded/kafka/log/batch-header.js';
import { recordsOf } from '../../../src/embedded/kafka/log/batch-records.js';
import { type LogLimits, PartitionLog } from '../../../src/embedded/kafka/log/partition-log.js';
import { ErrorCode } from '../../../src/embedded/kafka/protocol/error-code.js';
import { batchWith, GZIP, type KeyedRecord, LIMITS, SNAPPY } from './record-batches.js';

const SEGMENT_MS = 2;
const TOMBSTONE_MS = 1_000;
const TRANSACTIONAL = 0x10;

function newLog(over: Partial<LogLimits> = {}, minDirtyRatio = 0): PartitionLog {
  const compaction = { segmentMs: SEGMENT_MS, minDirtyRatio, tombstoneMs: TOMBSTONE_MS };
  return new PartitionLog({ ...LIMITS, compaction, ...over });
}

/** What a reader finds, batch by batch, each of them whole and as its header says: `offset key`, `offset key gone`. */
function contentOf(log: PartitionLog): readonly string[] {
  const found: string[] = [];
  for (let offset = log.startOffset; offset < log.endOffset; ) {
    const read = log.read(offset, { maxBytes: 1, evenIfLarger: true });
    if (!read.ok) throw new Error(`no batch at ${offset}`);
    const { records: bytes } = read;
    expect([statedLength(bytes), hasRightChecksum(bytes)]).to.deep.equal([bytes.length, true]);
    const base = bytes.readBigInt64BE(0);
    if (!isControl(headerOf(bytes))) {
      for (const { offsetDelta, key, isTombstone } of recordsOf(bytes) ?? []) {
        found.push(`${base + BigInt(offsetDelta)} ${key}${isTombstone ? ' gone' : ''}`);
      }
    }
    offset = base + BigInt(headerOf(bytes).lastOffsetDelta) + 1n;
  }
  return found;
}

const put = (key: string): KeyedRecord => ({ key, value: 'v' });
const gone = (key: string): KeyedRecord => ({ key, value: null });

describe('compaction', () => {
  const batch = fc.record({
    keys: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }),
    laterMs: fc.nat(3),
    gzip: fc.boolean(),
  });

  it('leaves the last record of each key of the closed segments, and all of the active one', () => {
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 10 }), (batches) => {
        const log = newLog();
        let nowMs = 0;
        let bornMs = 0;
        let activeFrom = 0;
        const sent: string[] = [];
        for (const { keys, laterMs, gzip } of batches) {
          nowMs += laterMs;
          if (sent.length === 0) bornMs = nowMs;
          if (nowMs - bornMs > SEGMENT_MS) [bornMs, activeFrom] = [nowMs, sent.length];
          sent.push(...keys);
          log.append(
            batchWith(keys.map(put), { times: keys.map(() => nowMs), ...(gzip ? { compression: GZIP } : {}) }),
            nowMs,
          );
        }
        const stays = (key: string, offset: number) =>
          offset >= activeFrom || !sent.slice(offset + 1, activeFrom).includes(key);
        const expected = sent.flatMap((key, offset) => (stays(key, offset) ? [`${offset} ${key}`] : []));
        expect(contentOf(log)).to.deep.equal(expected);
        expect(log.endOffset).to.equal(BigInt(sent.length));
      }),
    );
  });

  it('waits until there is enough that is new', () => {
    const log = newLog({}, 0.5);
    const keys = ['a', 'b', 'c', 'd'];
    log.append(batchWith(keys.map(put), { times: [0, 0, 0, 0] }), 0);
    log.append(batchWith([put('a')], { times: [10] }), 0);
    log.append(batchWith([put('b')], { times: [20] }), 0);
    expect(contentOf(log), 'one batch of two is new, the smaller one').to.have.length(6);
    log.append(batchWith([put('c')], { times: [30] }), 0);
    expect(contentOf(log), 'two of three are new').to.deep.equal(['2 c', '3 d', '4 a', '5 b', '6 c']);
  });

  it('lets tombstones go at the first compaction after their time', () => {
    const log = newLog();
    const closeSegmentAt = (nowMs: number, time: number) => log.append(batchWith([put('x')], { times: [time] }), nowMs);
    log.append(batchWith([put('a'), gone('a')]), 0);
    closeSegmentAt(0, 10);
    expect(contentOf(log)).to.deep.equal(['1 a gone', '2 x']);
    closeSegmentAt(TOMBSTONE_MS - 1, 20);
    expect(contentOf(log)).to.deep.equal(['1 a gone', '2 x', '3 x']);
    closeSegmentAt(TOMBSTONE_MS, 30);
    expect(contentOf(log)).to.deep.equal(['3 x', '4 x']);
  });

  it('counts an aborted record for nothing, and drops it', () => {
    const log = newLog();
    const ofTransaction = { producerId: 1n, attributes: TRANSACTIONAL };
    log.append(batchWith([put('a')]), 0);
    log.append(batchWith([put('a')], ofTransaction), 0);
    log.endTransaction({ producerId: 1n, producerEpoch: 0, committed: false }, 0);
    log.append(batchWith([put('a')], { ...ofTransaction, sequence: 1, times: [10] }), 0);
    expect(contentOf(log)).to.deep.equal(['0 a', '3 a']);
    log.endTransaction({ producerId: 1n, producerEpoch: 0, committed: true }, 20);
    expect(contentOf(log), 'committed, and closed by the end of its transaction').to.deep.equal(['3 a']);
  });

  it('stops before an open transaction and goes on when it has ended', () => {
    const log = newLog();
    log.append(batchWith([put('a')]), 0);
    log.append(batchWith([put('o')], { producerId: 1n, attributes: TRANSACTIONAL }), 0);
    for (const time of [10, 20, 30]) log.append(batchWith([put('a')], { times: [time] }), 0);
    expect(contentOf(log)).to.deep.equal(['0 a', '1 o', '2 a', '3 a', '4 a']);
    log.endTransaction({ producerId: 1n, producerEpoch: 0, committed: true }, 0);
    expect(contentOf(log)).to.deep.equal(['1 o', '3 a', '4 a']);
  });

  it('finds the record of a time among those that are left', () => {
    const log = newLog();
    log.append(batchWith([put('a'), put('b'), put('a')], { times: [1, 2, 3] }), 0);
    log.append(batchWith([put('c')], { times: [20] }), 0);
    expect(contentOf(log)).to.deep.equal(['1 b', '2 a', '3 c']);
    expect(log.findTime(3n)).to.deep.equal({ kind: 'found', offset: 2n, timestampMs: 3n });
    expect(log.findTime(1n)).to.deep.equal({ kind: 'found', offset: 1n, timestampMs: 2n });
  });

  it('takes no record without a key, and none that it cannot read', () => {
    const log = newLog();
    const refusedWith = (bytes: Buffer) => log.append(bytes, 0);
    expect(refusedWith(batchWith([put('a'), { key: null, value: 'v' }]))).to.include({
      errorCode: ErrorCode.invalidRecord,
    });
    expect(refusedWith(batchWith([put('a')], { compression: SNAPPY }))).to.include({
      errorCode: ErrorCode.unsupportedCompressionType,
    });
    expect(log.endOffset).to.equal(0n);
  });

  it('refuses more than the broker holds rather than lose a key', () => {
    const full = batchWith([put('a')]).length * 2;
    const log = newLog({ retentionBytes: full, whenFull: 'refuse' });
    expect(log.append(batchWith([put('a')]), 0).ok).to.equal(true);
    expect(log.append(batchWith([put('a')], { times: [10] }), 0).ok).to.equal(true);
    expect(log.append(batchWith([put('b')], { times: [10] }), 0)).to.deep.equal({
      ok: false,
      errorCode: ErrorCode.policyViolation,
    });
    expect(contentOf(log)).to.deep.equal(['0 a', '1 a']);
  });
});
