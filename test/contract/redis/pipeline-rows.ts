import { expect } from 'chai';
import { seeded } from '../../helpers/seeded.js';
import type { Bench } from './bench.js';
import { encodeCommand } from './raw-redis.js';
import { arity, INTEGER_ERROR, WRONG_TYPE } from './row.js';

/** Commands and replies as bytes, with line breaks and look-alikes of both within the values. */
const WORDS = [
  ['SET', 'KEY', '$3\r\nfoo\r\n*1\r\n\0\xff'],
  ['GET', 'KEY'],
  ['FOO'],
  ['RPUSH', 'KEY', 'a'],
  ['ECHO', ''],
  ['STRLEN', 'KEY'],
];
const ANSWERS = [
  '+OK\r\n$15\r\n$3\r\nfoo\r\n*1\r\n\0\xff\r\n',
  "-ERR unknown command 'FOO', with args beginning with: \r\n",
  '-WRONGTYPE Operation against a key holding the wrong kind of value\r\n',
  '$0\r\n\r\n:15\r\n',
].join('');

export function pipelineRows({ client, raw, keyPrefix, protocol }: Bench): void {
  const numbers = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

  it('answers the 20,000 commands of a pipeline in order', async () => {
    const pipeline = client({ protocol }).pipeline();
    for (const n of numbers(20_000)) pipeline.echo(String(n));
    const answers = await pipeline.exec();
    expect(answers?.map(([, said]) => Number(said))).to.deep.equal(numbers(20_000));
  });

  it('puts each error of a pipeline in its place, and does the rest', async () => {
    const redis = client({ protocol });
    const key = keyPrefix();
    const pipeline = redis.pipeline().set(key, 'v').incr(key).rpush(key, 'a').call('foo', 'bar');
    const answers = await pipeline.call('get').append(key, 'w').get(key).exec();
    expect(answers?.map(([error, reply]) => (error ? `Error: ${error.message}` : reply))).to.deep.equal([
      'OK',
      INTEGER_ERROR,
      WRONG_TYPE,
      "Error: ERR unknown command 'foo', with args beginning with: 'bar' ",
      arity('get'),
      2,
      'vw',
    ]);
  });

  it('keeps the replies of two pipelines on one key apart, each in its order', async () => {
    const key = keyPrefix();
    const counted = await Promise.all(
      [client({ protocol }), client({ protocol })].map(async (redis) => {
        const pipeline = redis.pipeline();
        for (const _ of numbers(2_000)) pipeline.incr(key);
        return ((await pipeline.exec()) ?? []).map(([, count]) => Number(count));
      }),
    );
    const ascending = (a: number, b: number) => a - b;
    for (const own of counted) expect(own).to.deep.equal([...own].sort(ascending));
    expect(counted.flat().sort(ascending)).to.deep.equal(numbers(4_000));
  });

  it('reads commands however their packets are cut', async () => {
    const connection = await raw();
    const random = seeded(20 + protocol);
    for (const longest of [1, 3, 17, 1_000]) {
      const key = keyPrefix();
      const bytes = WORDS.map((words) => encodeCommand(words.map((word) => (word === 'KEY' ? key : word)))).join('');
      for (let at = 0; at < bytes.length; ) {
        const end = at + 1 + random.below(longest);
        connection.write(bytes.slice(at, end));
        await new Promise(setImmediate);
        at = end;
      }
      expect(await connection.ask(), `pieces of at most ${longest}`).to.equal(ANSWERS);
    }
  });

  it('reads commands that were typed by hand, among others', async () => {
    const connection = await raw();
    const key = keyPrefix();
    connection.write(
      `SET ${key} "a\\x00 \\"b\\""\r\n\r\n${encodeCommand(['STRLEN', key])}  get ${key}  \nECHO 'it''s'\r\n`,
    );
    expect(await connection.takeAll()).to.equal(
      '+OK\r\n:6\r\n$6\r\na\0 "b"\r\n-ERR Protocol error: unbalanced quotes in request\r\n',
    );
  });

  it('answers all of a pipeline whose client reads nothing until the end', async () => {
    const connection = await raw();
    const key = keyPrefix();
    const value = 'x'.repeat(100_000);
    await connection.ask(['SET', key, value]);
    connection.socket.pause();
    await new Promise((resolve) => connection.socket.write(encodeCommand(['GET', key]).repeat(150), resolve));
    await client().get(key);
    connection.socket.resume();
    const answers = await connection.ask(['STRLEN', key]);
    expect(answers.length).to.equal(150 * (value.length + '$100000\r\n\r\n'.length) + ':100000\r\n'.length);
    expect(answers).to.match(/:100000\r\n$/);
  });

  const unreadable = [
    ['*1\r\n:1\r\n', "expected '$', got ':'"],
    ['*x\r\n', 'invalid multibulk length'],
    ['*01\r\n', 'invalid multibulk length'],
    ['*1\r\n$-1\r\n', 'invalid bulk length'],
    ['*1\r\n$04\r\nPING\r\n', 'invalid bulk length'],
    ['x'.repeat(70_000), 'too big inline request'],
  ] as const;
  it('answers what came before bytes that nobody can read, says what is wrong with these, and hangs up', async () => {
    for (const [bytes, reason] of unreadable) {
      const connection = await raw();
      connection.write(`${encodeCommand(['PING'])}${bytes}`);
      expect(await connection.takeAll()).to.equal(`+PONG\r\n-ERR Protocol error: ${reason}\r\n`);
    }
  });

  it('hangs up on a web page without a word', async () => {
    for (const bytes of ['POST / HTTP/1.1\r\n\r\n', 'Host: example.org\r\n']) {
      const connection = await raw();
      connection.write(bytes);
      expect(await connection.takeAll()).to.equal('');
    }
  });
}
