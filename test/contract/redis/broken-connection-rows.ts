import { expect } from 'chai';
import { Redis } from 'ioredis';
import { startTcpProxy, type TcpProxy } from '../../helpers/tcp-proxy.js';
import type { Bench, ClientOptions } from './bench.js';
import { connectRaw, encodeCommand, type RawRedis } from './raw-redis.js';

const ready = (redis: Redis) => new Promise<void>((resolve) => redis.once('ready', () => resolve()));

/** Through a proxy that breaks connections on purpose. */
export function brokenConnectionRows({ client, raw, url, keyPrefix, protocol }: Bench): void {
  let proxy: TcpProxy;
  const open: { disconnect(): void }[] = [];

  beforeEach(async () => {
    const { hostname, port } = new URL(url());
    proxy = await startTcpProxy({ host: hostname, port: Number(port) });
  });
  afterEach(async () => {
    for (const connection of open.splice(0)) connection.disconnect();
    await proxy[Symbol.asyncDispose]();
  });

  function throughProxy(): string {
    const address = new URL(url());
    address.hostname = '127.0.0.1';
    address.port = String(proxy.port);
    return address.href;
  }

  function breakable(options: ClientOptions = {}): Redis {
    const redis = new Redis(throughProxy(), { protocol, retryStrategy: () => 10, ...options });
    redis.on('error', () => undefined);
    open.push(redis);
    return redis;
  }

  async function breakableRaw(): Promise<RawRedis> {
    const connection = await connectRaw(throughProxy(), protocol);
    open.push(connection);
    return connection;
  }

  it('settles every command of a pipeline that is cut, and serves the client again', async () => {
    const key = keyPrefix();
    const redis = breakable({ autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 });
    await redis.ping();
    const pipeline = redis.pipeline();
    for (let n = 0; n < 1_000; n++) pipeline.incr(key);
    proxy.cutAfter(1_000);
    const answers = (await pipeline.exec().catch(() => [])) ?? [];
    const counted = answers.filter(([error]) => error === null).map(([, count]) => Number(count));
    await ready(redis);
    const stored = Number(await redis.get(key));
    expect(stored).to.be.within(counted.at(-1) ?? 0, 1_000);
    expect(counted.length).to.be.lessThan(1_000);
    expect(await redis.incr(key)).to.equal(stored + 1);
  });

  it('sends again by the client what was not answered, as the client is told to', async () => {
    const redis = breakable({ maxRetriesPerRequest: null });
    const key = keyPrefix();
    await redis.set(key, 'v');
    proxy.hold();
    const answers = [redis.get(key), redis.exists(key), redis.strlen(key)];
    await new Promise(setImmediate);
    proxy.cut();
    proxy.release();
    expect(await Promise.all(answers)).to.deep.equal(['v', 1, 1]);
  });

  it('does nothing of a transaction that is cut before its EXEC', async () => {
    const key = keyPrefix();
    const connection = await breakableRaw();
    connection.write([['MULTI'], ['SET', key, 'v']].map(encodeCommand).join(''));
    await connection.takeUpTo('+QUEUED\r\n');
    proxy.cut();
    await connection.closed;
    await client().ping();
    expect(await client().get(key)).to.equal(null);
  });

  it('does nothing of a command that is cut in the middle, and all of those before it', async () => {
    const key = keyPrefix();
    const connection = await raw();
    await connection.ask();
    const whole = encodeCommand(['SET', `${key}whole`, 'v']);
    const half = encodeCommand(['SET', `${key}half`, 'v'.repeat(1_000)]).slice(0, -500);
    connection.socket.end(Buffer.from(whole + half, 'latin1'));
    await connection.closed;
    expect(await client().mget(`${key}whole`, `${key}half`)).to.deep.equal(['v', null]);
  });

  it('subscribes a client again whose connection was cut', async () => {
    const channel = keyPrefix();
    const subscriber = breakable();
    const publisher = client();
    await subscriber.subscribe(channel);
    await subscriber.psubscribe(`${channel}*`);
    proxy.cut();
    await ready(subscriber);
    while ((await publisher.publish(channel, 'early')) < 2) await new Promise((resolve) => setTimeout(resolve, 2));
    const message = new Promise<string>((resolve) => {
      subscriber.on('message', (_channel, text) => text === 'late' && resolve(text));
    });
    await publisher.publish(channel, 'late');
    expect(await message).to.equal('late');
  });

  it('forgets what a cut connection had selected, watched and named', async () => {
    const key = keyPrefix();
    const first = await breakableRaw();
    await first.ask(['SELECT', '3'], ['CLIENT', 'SETNAME', 'me'], ['WATCH', key]);
    proxy.cut();
    await first.closed;
    const second = await breakableRaw();
    await client().set(key, 'here');
    const nil = protocol === 3 ? '_\r\n' : '$-1\r\n';
    expect(await second.ask(['CLIENT', 'GETNAME'], ['EXISTS', key], ['MULTI'], ['EXEC'])).to.equal(
      `${nil}:1\r\n+OK\r\n*0\r\n`,
    );
  });
}
