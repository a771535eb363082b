import { once } from 'node:events';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { type Bench, type ClientOptions, type LockedRedis, PASSWORD, RESTRICTED_USER } from './bench.js';
import { connectRaw, type RawRedis } from './raw-redis.js';
import { arity, type Call, repliesTo } from './row.js';

const NOAUTH = 'NOAUTH Authentication required.';
const WRONGPASS = 'WRONGPASS invalid username-password pair or user is disabled.';
const HELLO_NOAUTH =
  'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time';

/** On a server with a password, of the same kind. */
export function authRows({ protocol, startLocked, keyPrefix, differs }: Bench): void {
  let locked: LockedRedis;
  const open: { disconnect(): void }[] = [];

  // One for all rows: each has connections of its own, and what one of them knows is not known to another.
  before(async () => {
    locked = await startLocked();
  });
  afterEach(() => {
    for (const connection of open.splice(0)) connection.disconnect();
  });
  after(() => locked?.[Symbol.asyncDispose]());

  function client(options: ClientOptions): Redis {
    const redis = new Redis(locked.url, { protocol, retryStrategy: () => null, maxRetriesPerRequest: 0, ...options });
    redis.on('error', () => undefined);
    open.push(redis);
    return redis;
  }

  async function stranger(): Promise<RawRedis> {
    const raw = await connectRaw(locked.url, 2);
    open.push(raw);
    return raw;
  }

  /** The replies to commands of somebody who is not known yet, up to the end that the server makes after QUIT. */
  async function said(...commands: readonly (readonly string[])[]): Promise<readonly string[]> {
    const raw = await stranger();
    for (const words of [...commands, ['QUIT']])
      raw.write(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`);
    const lines = (await raw.takeAll()).split('\r\n');
    return lines.slice(0, -2);
  }

  it('lets nobody do anything before the password', async () => {
    const commands = [
      ['PING'],
      ['GET', 'a'],
      ['SET', 'a', 'b'],
      ['MULTI'],
      ['CLIENT', 'ID'],
      ['SUBSCRIBE', 'a'],
      ['INFO'],
    ];
    expect(await said(...commands)).to.deep.equal(commands.map(() => `-${NOAUTH}`));
  });

  it('names what no password would help with, also to strangers', async () => {
    expect(await said(['FOO'], ['GET'], ['CLIENT', 'FOO'], ['EXEC'])).to.deep.equal([
      "-ERR unknown command 'FOO', with args beginning with: ",
      "-ERR wrong number of arguments for 'get' command",
      "-ERR unknown subcommand 'FOO'. Try CLIENT HELP.",
      `-EXECABORT Transaction discarded because of: ${NOAUTH}`,
    ]);
  });

  it('tells a wrong password from none, and no user from another', async () => {
    expect(
      await said(
        ['AUTH', 'wrong'],
        ['AUTH', 'default', 'wrong'],
        ['AUTH', 'nobody', PASSWORD],
        ['AUTH', ''],
        ['GET', 'a'],
        ['AUTH'],
      ),
    ).to.deep.equal([
      ...Array.from({ length: 4 }, () => `-${WRONGPASS}`),
      `-${NOAUTH}`,
      "-ERR wrong number of arguments for 'auth' command",
    ]);
  });

  it('lets in who gives the password, keeps him in after a wrong one, and puts him out at RESET', async () => {
    expect(
      await said(['AUTH', PASSWORD], ['EXISTS', 'a'], ['AUTH', 'wrong'], ['EXISTS', 'a'], ['RESET'], ['EXISTS', 'a']),
    ).to.deep.equal(['+OK', ':0', `-${WRONGPASS}`, ':0', '+RESET', `-${NOAUTH}`]);
    expect(await said(['AUTH', 'default', PASSWORD], ['EXISTS', 'a'])).to.deep.equal(['+OK', ':0']);
  });

  it('greets with HELLO only whom it knows, and changes the protocol for nobody else, but notes his name', async () => {
    const wanted = String(protocol);
    expect(
      await said(
        ['HELLO'],
        ['HELLO', wanted],
        ['HELLO', '9'],
        ['HELLO', wanted, 'AUTH', 'default', 'wrong'],
        ['HELLO', wanted, 'AUTH', 'default'],
        ['HELLO', wanted, 'SETNAME', 'me'],
        ['AUTH', PASSWORD],
        ['GET', 'a'],
        ['CLIENT', 'GETNAME'],
      ),
    ).to.deep.equal([
      `-${HELLO_NOAUTH}`,
      `-${HELLO_NOAUTH}`,
      '-NOPROTO unsupported protocol version',
      `-${WRONGPASS}`,
      "-ERR Syntax error in HELLO option 'AUTH'",
      `-${HELLO_NOAUTH}`,
      '+OK',
      '$-1',
      '$2',
      'me',
    ]);
  });

  it('serves a client that has the password', async () => {
    const key = keyPrefix();
    const redis = client({ password: PASSWORD });
    expect(await redis.set(key, 'v')).to.equal('OK');
    expect(await client({ username: 'default', password: PASSWORD }).getdel(key)).to.equal('v');
  });

  it('takes a password back that a transaction has queued', async () => {
    const calls: readonly Call[] = [
      ['multi'],
      ['auth', 'wrong'],
      ['exists', 'k1'],
      ['exec'],
      ['auth', 'a', 'b', 'c'],
      ['auth'],
    ];
    expect(await repliesTo(client({ password: PASSWORD }), calls, keyPrefix())).to.deep.equal([
      'OK',
      'QUEUED',
      'QUEUED',
      [`Error: ${WRONGPASS}`, 0],
      'Error: ERR syntax error',
      arity('auth'),
    ]);
  });

  it('refuses a client whose password is wrong, with the reason', async () => {
    const redis = client({ password: 'wrong', lazyConnect: true });
    const told = once(redis, 'error');
    void redis.connect().catch(() => undefined);
    const [error] = await told;
    expect(String(error)).to.include('WRONGPASS');
  });

  it('refuses a client without a password, with the reason', async () => {
    const failure = await client({})
      .get(keyPrefix())
      .catch((cause: unknown) => cause);
    expect(String(failure)).to.include('NOAUTH');
  });

  const { name, password } = RESTRICTED_USER;

  differs('another user than `default` enters with his own password', {
    see: () => said(['AUTH', name, password], ['GET', 'cached:1']),
    real: { does: 'lets him in', answer: ['+OK', '$-1'] },
    embedded: { does: 'has one user, `default`, and refuses him', answer: [`-${WRONGPASS}`, `-${NOAUTH}`] },
  });

  differs('a user is kept to the commands and keys of his access rules', {
    see: () => said(['AUTH', name, password], ['GET', 'other'], ['SET', 'cached:1', 'v']),
    real: {
      does: 'answers NOPERM to the others',
      answer: [
        '+OK',
        '-NOPERM this user has no permissions to access one of the keys used as arguments',
        "-NOPERM this user has no permissions to run the 'set' command",
      ],
    },
    embedded: { does: 'has no access rules', answer: [`-${WRONGPASS}`, `-${NOAUTH}`, `-${NOAUTH}`] },
  });
}
