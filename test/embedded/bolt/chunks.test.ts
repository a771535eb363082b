import { expect } from 'chai';
import fc from 'fast-check';
import { ChunkJoiner, MessageTooLong, toChunks } from '../../../src/embedded/bolt/chunks.js';

describe('chunks', () => {
  it('join to the same messages, however the bytes are cut, and whatever becomes of them afterwards', () => {
    const message = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), (messages, cut) => {
        const wire = Buffer.concat(messages.map(toChunks));
        const joiner = new ChunkJoiner(1000);
        const joined: string[] = [];
        for (let at = 0; at < wire.length; at += cut) {
          const bytes = wire.subarray(at, at + cut);
          joined.push(...joiner.add(bytes).map(String));
          bytes.fill(0);
        }
        expect(joined).to.deep.equal(messages.map(String));
      }),
      { numRuns: 300 },
    );
  });

  it('carry a message of more than 65,535 bytes', () => {
    const message = Buffer.alloc(200_000, 'x');
    const wire = toChunks(message);
    expect(wire.readUInt16BE()).to.equal(65_535);
    expect(new ChunkJoiner(200_000).add(wire)).to.deep.equal([message]);
  });

  it('leave out the empty messages that keep a connection alive', () => {
    expect(new ChunkJoiner(10).add(Buffer.from('00000000000161', 'hex'))).to.deep.equal([]);
    expect(new ChunkJoiner(10).add(Buffer.from('00000000000161' + '0000', 'hex'))).to.deep.equal([Buffer.from('a')]);
  });

  it('are refused once a message is longer than allowed, before it is whole', () => {
    expect(() => new ChunkJoiner(10).add(Buffer.concat([Buffer.of(0, 11), Buffer.alloc(11)]))).to.throw(MessageTooLong);
  });
});
