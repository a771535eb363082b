import { expect } from 'chai';
import fc from 'fast-check';
import { CommandDecoder, DEFAULT_LIMITS, type DecoderLimits } from '../../../src/embedded/redis/command-decoder.js';

const SMALL: DecoderLimits = { maxBulkBytes: 8, maxArguments: 3, maxCommandBytes: 12, maxLineBytes: 20 };

function encode(command: readonly string[]): Buffer {
  return Buffer.from(
    `*${command.length}\r\n${command.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`,
    'latin1',
  );
}

function decode(chunks: readonly Buffer[], limits = DEFAULT_LIMITS) {
  const decoder = new CommandDecoder(limits);
  const results = chunks.map((chunk) => decoder.push(chunk));
  return {
    commands: results.flatMap(({ commands }) => commands),
    protocolError: results.find(({ protocolError }) => protocolError !== undefined)?.protocolError,
    isWithinCommand: decoder.isWithinCommand,
  };
}

function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const word = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const commands = fc.array(fc.array(word, { minLength: 1, maxLength: 5 }), { maxLength: 8 });

describe('RESP command decoder', () => {
  it('gives the same commands however the bytes are cut', () => {
    fc.assert(
      fc.property(commands, fc.array(fc.nat(), { maxLength: 30 }), (sent, places) => {
        const bytes = Buffer.concat(sent.map(encode));
        expect(decode(cut(bytes, places))).to.deep.equal({
          commands: sent,
          protocolError: undefined,
          isWithinCommand: false,
        });
      }),
    );
  });

  it('gives the same commands byte by byte, inline ones too', () => {
    const bytes = Buffer.from('PING\r\n\r\nSET "a b" \'c\'\n*1\r\n$4\r\nPING\r\n*0\r\n*-1\r\n', 'latin1');
    const wanted = [['PING'], ['SET', 'a b', 'c'], ['PING']];
    expect(decode([bytes]).commands).to.deep.equal(wanted);
    expect(decode(Array.from(bytes, (byte) => Buffer.from([byte]))).commands).to.deep.equal(wanted);
  });

  it('knows that a command has begun and not ended', () => {
    expect(decode([Buffer.from('*2\r\n$3\r\nGET\r\n')]).isWithinCommand).to.equal(true);
    expect(decode([Buffer.from('GE')]).isWithinCommand).to.equal(true);
    expect(decode([Buffer.from('PING\r\n')]).isWithinCommand).to.equal(false);
  });

  const refused: readonly (readonly [sent: string, error: string])[] = [
    ['*x\r\n', 'invalid multibulk length'],
    ['*4\r\n', 'invalid multibulk length'],
    ['*1\r\n:3\r\n', "expected '$', got ':'"],
    ['*1\r\n$-1\r\n', 'invalid bulk length'],
    ['*1\r\n$9\r\n', 'invalid bulk length'],
    ['*3\r\n$8\r\n12345678\r\n$8\r\n', 'invalid bulk length'],
    [`${'a'.repeat(21)}`, 'too big inline request'],
    [`*${'1'.repeat(21)}`, 'too big mbulk count string'],
    [`*1\r\n$${'1'.repeat(21)}`, 'too big bulk count string'],
    ['PING "a\r\n', 'unbalanced quotes in request'],
  ];
  for (const [sent, protocolError] of refused) {
    it(`refuses ${JSON.stringify(sent)}: ${protocolError}`, () => {
      expect(decode([Buffer.from(sent)], SMALL).protocolError).to.equal(protocolError);
    });
  }

  it('gives the commands that came before what it refuses', () => {
    const { commands: before, protocolError } = decode([Buffer.from('PING\r\n*x\r\n')]);
    expect(before).to.deep.equal([['PING']]);
    expect(protocolError).to.equal('invalid multibulk length');
  });
});
