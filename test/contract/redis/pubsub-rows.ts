import { once } from 'node:events';
import { expect } from 'chai';
import type { Bench } from './bench.js';
import { encodeCommand } from './raw-redis.js';

export function pubsubRows({ client, raw, keyPrefix, protocol }: Bench): void {
  it('delivers what is published to channels and patterns', async () => {
    const subscriber = client({ protocol });
    const publisher = client({ protocol });
    const channel = keyPrefix();
    await subscriber.subscribe(`${channel}a`, `${channel}b`);
    await subscriber.psubscribe(`${channel}*`);
    const message = once(subscriber, 'message');
    const patterned = once(subscriber, 'pmessage');
    expect(await publisher.publish(`${channel}a`, 'hello')).to.equal(2);
    expect(await message).to.deep.equal([`${channel}a`, 'hello']);
    expect(await patterned).to.deep.equal([`${channel}*`, `${channel}a`, 'hello']);
    expect(await subscriber.unsubscribe(`${channel}a`, `${channel}b`)).to.equal(1);
    expect(await subscriber.punsubscribe(`${channel}*`)).to.equal(0);
    expect(await publisher.publish(`${channel}a`, 'nobody')).to.equal(0);
    expect(await subscriber.get(`${channel}a`)).to.equal(null);
  });

  it('delivers to each pattern that fits, and to no other', async () => {
    const subscriber = client({ protocol });
    const publisher = client({ protocol });
    const channel = keyPrefix();
    const seen: string[] = [];
    subscriber.on('pmessage', (pattern, from) => seen.push(`${pattern}<${from}`.replaceAll(channel, '')));
    await subscriber.psubscribe(
      ...['news.*', 'news.?x', 'news.[a-c]*', 'news', '*'].map((pattern) => channel + pattern),
    );
    expect(await publisher.publish(`${channel}news.bx`, 'm')).to.equal(4);
    expect(await publisher.publish(`${channel}news`, 'm')).to.equal(2);
    expect(await publisher.publish(`${channel}News.bx`, 'm')).to.equal(1);
    await subscriber.ping();
    expect(seen.sort()).to.deep.equal(
      [
        'news.*<news.bx',
        'news.?x<news.bx',
        'news.[a-c]*<news.bx',
        '*<news.bx',
        'news<news',
        '*<news',
        '*<News.bx',
      ].sort(),
    );
  });

  it('keeps the order of what one connection publishes, and every byte of it', async () => {
    const subscriber = client({ protocol });
    const publisher = client({ protocol });
    const channel = keyPrefix();
    const seen: Buffer[] = [];
    const all = new Promise<void>((resolve) => {
      subscriber.on('messageBuffer', (_channel, message) => seen.push(message) === 500 && resolve());
    });
    await subscriber.subscribe(channel);
    const sent = Array.from({ length: 500 }, (_, n) => Buffer.from([0, 255, 13, 10, n >> 8, n & 255]));
    const pipeline = publisher.pipeline();
    for (const message of sent) pipeline.publish(channel, message);
    const receivers = await pipeline.exec();
    await all;
    expect(seen).to.deep.equal(sent);
    expect(new Set(receivers?.map(([, count]) => count))).to.deep.equal(new Set([1]));
  });

  it('publishes from a transaction when it is done, and not when it is discarded', async () => {
    const subscriber = client({ protocol });
    const publisher = client({ protocol });
    const channel = keyPrefix();
    const seen: string[] = [];
    subscriber.on('message', (_channel, message) => seen.push(message));
    await subscriber.subscribe(channel);
    await publisher.multi({ pipeline: false });
    await publisher.publish(channel, 'discarded');
    await publisher.discard();
    expect(await publisher.multi().publish(channel, 'a').publish(channel, 'b').exec()).to.deep.equal([
      [null, 1],
      [null, 1],
    ]);
    await subscriber.ping();
    expect(seen).to.deep.equal(['a', 'b']);
  });

  it('counts channels, their subscribers, and patterns', async () => {
    const [one, two] = [client({ protocol }), client({ protocol })];
    const asking = client({ protocol });
    const channel = keyPrefix();
    await one.subscribe(`${channel}a`, `${channel}b`);
    await two.subscribe(`${channel}a`);
    await one.psubscribe(`${channel}*`);
    await two.psubscribe(`${channel}*`);
    const channels = (await asking.pubsub('CHANNELS', `${channel}*`)) as string[];
    expect(channels.sort()).to.deep.equal([`${channel}a`, `${channel}b`]);
    const counts = await asking.pubsub('NUMSUB', `${channel}a`, `${channel}b`, `${channel}c`);
    expect(counts).to.deep.equal([`${channel}a`, 2, `${channel}b`, 1, `${channel}c`, 0]);
    // Others may have theirs too.
    expect(await asking.pubsub('NUMPAT')).to.be.at.least(1);
  });

  it('forgets a subscriber that has gone', async () => {
    const publisher = client({ protocol });
    const channel = keyPrefix();
    const leaving = await raw();
    leaving.write(encodeCommand(['SUBSCRIBE', channel]));
    await leaving.takeUpTo(':1\r\n');
    expect(await publisher.publish(channel, 'hello')).to.equal(1);
    leaving.disconnect();
    while ((await publisher.publish(channel, 'anybody?')) > 0) await new Promise((resolve) => setTimeout(resolve, 2));
  });

  it('tells of each subscription and of its end, in the frames of its protocol', async () => {
    const connection = await raw();
    const channel = keyPrefix();
    const mark = protocol === 3 ? '>' : '*';
    const frame = (word: string, name: string | null, count: number) => {
      const nil = protocol === 3 ? '_\r\n' : '$-1\r\n';
      const told = name === null ? nil : `$${name.length}\r\n${name}\r\n`;
      return `${mark}3\r\n$${word.length}\r\n${word}\r\n${told}:${count}\r\n`;
    };
    const [a, b] = [`${channel}a`, `${channel}b`];
    connection.write(
      [
        ['SUBSCRIBE', a, b, a],
        ['PSUBSCRIBE', b],
        ['UNSUBSCRIBE', a],
        ['PUNSUBSCRIBE'],
        ['UNSUBSCRIBE'],
        ['UNSUBSCRIBE'],
        ['ECHO', 'end'],
      ]
        .map(encodeCommand)
        .join(''),
    );
    expect(await connection.takeUpTo('$3\r\nend\r\n')).to.equal(
      [
        frame('subscribe', a, 1),
        frame('subscribe', b, 2),
        frame('subscribe', a, 2),
        frame('psubscribe', b, 3),
        frame('unsubscribe', a, 2),
        frame('punsubscribe', b, 1),
        frame('unsubscribe', b, 0),
        frame('unsubscribe', null, 0),
      ].join(''),
    );
  });

  if (protocol === 2) {
    it('lets a subscribed connection say little else, and all of it again after RESET', async () => {
      const connection = await raw();
      const channel = keyPrefix();
      const only = 'only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context';
      connection.write(
        [['SUBSCRIBE', channel], ['GET', channel], ['MULTI'], ['PING'], ['PING', 'hi'], ['RESET'], ['PING']]
          .map(encodeCommand)
          .join(''),
      );
      await connection.takeUpTo(':1\r\n');
      expect(await connection.takeUpTo('+PONG\r\n')).to.equal(
        `-ERR Can't execute 'get': ${only}\r\n-ERR Can't execute 'multi': ${only}\r\n` +
          '*2\r\n$4\r\npong\r\n$0\r\n\r\n*2\r\n$4\r\npong\r\n$2\r\nhi\r\n+RESET\r\n',
      );
    });
    return;
  }

  it('pushes messages between the replies of a connection that goes on asking', async () => {
    const connection = await raw();
    const publisher = client();
    const channel = keyPrefix();
    connection.write(encodeCommand(['SUBSCRIBE', channel]));
    await connection.takeUpTo(':1\r\n');
    expect(await connection.ask(['SET', channel, 'v'], ['GET', channel], ['PING'])).to.equal(
      '+OK\r\n$1\r\nv\r\n+PONG\r\n',
    );
    await publisher.publish(channel, 'hello');
    const pushed = `>3\r\n$7\r\nmessage\r\n$${channel.length}\r\n${channel}\r\n$5\r\nhello\r\n`;
    expect(await connection.ask(['GET', channel])).to.equal(`${pushed}$1\r\nv\r\n`);
    const own = await connection.ask(['PUBLISH', channel, 'hello'], ['EXISTS', channel]);
    expect([`${pushed}:1\r\n:1\r\n`, `:1\r\n${pushed}:1\r\n`]).to.include(own);
  });
}
