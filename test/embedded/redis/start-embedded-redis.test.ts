import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { EmbeddedServer } from '../../../src/embedded/embedded-server.js';
import { startEmbeddedRedis } from '../../../src/embedded/redis/index.js';
import { TracecourtError } from '../../../src/errors.js';

/** Everything that the server answers to some bytes until it hangs up. */
async function conversation(server: EmbeddedServer, bytes: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

describe('Embedded Redis server', () => {
  let server: EmbeddedServer;
  const clock = { nanos: 1_000_000_000_000_000n, now: () => clock.nanos };
  beforeEach(async () => {
    server = await startEmbeddedRedis({ clock });
  });
  const clients: Redis[] = [];
  afterEach(async () => {
    for (const redis of clients.splice(0)) redis.disconnect();
    await server[Symbol.asyncDispose]();
  });

  function client(): Redis {
    const redis = new Redis(server.url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
    clients.push(redis);
    return redis;
  }

  it('ends keys by the clock that it was given', async () => {
    const redis = client();
    await redis.set('k', 'v', 'EX', 60);
    clock.nanos += 60_000_000_000n;
    expect(await redis.pttl('k')).to.equal(0);
    clock.nanos += 1_000_000n;
    expect(await redis.get('k')).to.equal(null);
  });

  it('says in HELLO and in INFO that it is embedded', async () => {
    const redis = client();
    expect(await redis.info('server')).to.include('server_name:tracecourt-embedded\r\nredis_version:7.0.');
    expect(String(await redis.call('HELLO'))).to.include('tracecourt-embedded');
  });

  it('ends a wait by the clock that it was given', async () => {
    const [redis, other] = [client(), client()];
    await redis.ping();
    let isOver = false;
    const popped = redis.blpop('k', 3600).finally(() => {
      isOver = true;
    });
    await other.ping();
    clock.nanos += 3_599_999_000_000n;
    await new Promise((resolve) => setTimeout(resolve, 250));
    await other.ping();
    expect(isOver).to.equal(false);
    clock.nanos += 1_000_000n;
    expect(await popped).to.equal(null);
  });

  it('leaves a client that waits when it is disposed', async () => {
    const redis = client();
    await redis.ping();
    const failure = redis.blpop('k', 0).catch((cause: unknown) => cause);
    await client().ping();
    await server[Symbol.asyncDispose]();
    expect(await failure).to.be.instanceOf(Error);
  });

  it('names a port that is taken', async () => {
    const failure = await startEmbeddedRedis({ port: server.port }).catch((cause: unknown) => cause);
    expect(failure).to.be.instanceOf(TracecourtError);
    expect(failure).to.include({ code: 'port-in-use' });
  });

  it('answers a protocol error with its reason and hangs up', async () => {
    expect(await conversation(server, '*1\r\n:1\r\n')).to.equal("-ERR Protocol error: expected '$', got ':'\r\n");
    expect(await conversation(server, 'PING\r\n*x\r\n')).to.equal(
      '+PONG\r\n-ERR Protocol error: invalid multibulk length\r\n',
    );
  });

  it('hangs up on a web page that posts to it', async () => {
    expect(await conversation(server, 'POST / HTTP/1.1\r\nSET a 1\r\n\r\n')).to.equal('');
  });

  it('reads no more commands of a client that does not read their replies, until it does', async () => {
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    const megabyte = 'x'.repeat(1 << 20);
    const echo = `*2\r\n$4\r\nECHO\r\n$${megabyte.length}\r\n${megabyte}\r\n`;
    socket.pause();
    for (let n = 0; n < 40; n++) socket.write(echo);
    let unsent = 0;
    while (unsent !== socket.writableLength) {
      unsent = socket.writableLength;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(unsent).to.be.greaterThan(megabyte.length);
    let missing = 40 * (megabyte.length + `$${megabyte.length}\r\n\r\n`.length);
    for await (const chunk of socket) {
      missing -= (chunk as Buffer).length;
      if (missing <= 0) break;
    }
    expect(missing).to.equal(0);
  });

  it('ends every connection when it is disposed, and may be disposed twice', async () => {
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    socket.resume();
    await server[Symbol.asyncDispose]();
    await closed;
    await server[Symbol.asyncDispose]();
  });
});
