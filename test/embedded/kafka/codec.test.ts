import { expect } from 'chai';
import fc from 'fast-check';
import { ByteWriter } from '../../../src/embedded/byte-writer.js';
import { ByteReader, MalformedBytes } from '../../../src/embedded/kafka/codec/byte-reader.js';
import { crc32c } from '../../../src/embedded/kafka/codec/crc32c.js';
import type { Field } from '../../../src/embedded/kafka/codec/field.js';
import { FrameSplitter } from '../../../src/embedded/kafka/codec/frame-splitter.js';
import { API_NAMES, API_TABLE } from '../../../src/embedded/kafka/protocol/api-table.js';
import * as group from '../../../src/embedded/kafka/protocol/group-messages.js';
import * as log from '../../../src/embedded/kafka/protocol/log-messages.js';

function written<T>(field: Field<T>, value: T, version: number): Buffer {
  const to = new ByteWriter();
  field.write(to, value, version);
  return Buffer.from(to.finish());
}

const int16 = fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 });
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const buffer = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

describe('the codec', () => {
  it('reads what it wrote: produce responses', () => {
    const partition = fc.record({
      partition: int32,
      errorCode: int16,
      baseOffset: int64,
      logAppendTimeMs: int64,
      logStartOffset: int64,
    });
    const topics = fc.array(fc.record({ topic: text, partitions: fc.array(partition, { maxLength: 5 }) }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.record({ topics, throttleTimeMs: int32 }), (value) => {
        const from = new ByteReader(written(log.produceResponse, value, 7));
        expect(log.produceResponse.read(from, 7)).to.deep.equal(value);
        expect(from.remaining).to.equal(0);
      }),
    );
  });

  it('reads what it wrote: joins, with null and bytes', () => {
    const value = fc.record({
      groupId: text,
      sessionTimeoutMs: int32,
      rebalanceTimeoutMs: int32,
      memberId: text,
      groupInstanceId: fc.option(text),
      protocolType: text,
      protocols: fc.array(fc.record({ name: text, metadata: buffer }), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(value, (join) => {
        expect(group.joinGroupRequest.read(new ByteReader(written(group.joinGroupRequest, join, 5)), 5)).to.deep.equal(
          join,
        );
        const older = group.joinGroupRequest.read(new ByteReader(written(group.joinGroupRequest, join, 4)), 4);
        expect(older).to.deep.equal({ ...join, groupInstanceId: null });
      }),
    );
  });

  it('never does anything with random bytes but read them or call them malformed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...API_NAMES), buffer, fc.nat(11), (name, bytes, version) => {
        try {
          API_TABLE[name].request.read(new ByteReader(bytes), version);
        } catch (error) {
          expect(error).to.be.instanceOf(MalformedBytes);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses a list that the frame cannot hold, before making it', () => {
    const bytes = Buffer.alloc(12);
    bytes.writeInt32BE(0x7fffffff, 0);
    expect(() => group.describeGroupsRequest.read(new ByteReader(bytes), 0)).to.throw(MalformedBytes);
  });

  it('reads zigzag variable-length integers', () => {
    const cases: [number[], bigint][] = [
      [[0], 0n],
      [[1], -1n],
      [[2], 1n],
      [[0xac, 0x02], 150n],
    ];
    for (const [bytes, value] of cases) expect(new ByteReader(Buffer.from(bytes)).varint()).to.equal(value);
    expect(() => new ByteReader(Buffer.alloc(11, 0xff)).varint()).to.throw(MalformedBytes);
  });

  it('computes the check value of CRC-32C', () => {
    expect(crc32c(Buffer.from('123456789'))).to.equal(0xe3069283);
  });
});

describe('the frame splitter', () => {
  it('gives the same frames however the stream is cut', () => {
    const sizes = fc.array(fc.nat(50), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(buffer, { maxLength: 8 }), sizes, (frames, cuts) => {
        const stream = Buffer.concat(
          frames.map((frame) => {
            const length = Buffer.alloc(4);
            length.writeInt32BE(frame.length);
            return Buffer.concat([length, frame]);
          }),
        );
        const splitter = new FrameSplitter(1_000);
        const got: Buffer[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const next = at + 1 + (cuts[i % cuts.length] ?? 0);
          got.push(...splitter.push(stream.subarray(at, next)));
          at = next;
        }
        expect(got.map(String)).to.deep.equal(frames.map(String));
      }),
    );
  });

  it('refuses frames that are too large, or of negative length', () => {
    for (const length of [1_001, -1]) {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32BE(length);
      expect(() => new FrameSplitter(1_000).push(bytes)).to.throw(MalformedBytes);
    }
  });
});
