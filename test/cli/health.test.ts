import { expect } from 'chai';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import { MisbehavingServers } from '../helpers/misbehaving-servers.js';
import { startLines } from '../helpers/running-lines.js';
import { tracecourt } from '../helpers/tracecourt.js';

describe('tracecourt health', () => {
  const others = new MisbehavingServers();
  after(() => others[Symbol.asyncDispose]());

  it('shows who is there in a table and exits with 0', async () => {
    await using redis = await startEmbeddedRedis();
    const { stdout, exitCode } = await tracecourt(['health', '--tcp', `127.0.0.1:${redis.port}`], {
      REDIS_URL: redis.url,
    });
    const [heading, ...rows] = stdout.trimEnd().split('\n');
    expect(heading?.split(/ {2,}/)).to.deep.equal(['NAME', 'STATE', 'VERSION', 'LATENCY', 'ADDRESS', 'DETAIL']);
    expect(rows[0]).to.match(
      new RegExp(`^redis +healthy +embedded 7\\.0\\.15 +[\\d.]+ m?s +127\\.0\\.0\\.1:${redis.port} +answers$`),
    );
    expect(rows[1]).to.match(/^127\.0\.0\.1:\d+ +healthy +- +[\d.]+ ms +- +takes connections$/);
    expect(rows).to.have.length(2);
    expect(exitCode).to.equal(0);
  });

  it('takes a password that nobody asks for, and lets the client say nothing of it', async () => {
    await using redis = await startEmbeddedRedis();
    const url = `redis://:needless@127.0.0.1:${redis.port}`;
    const { stdout, stderr, exitCode } = await tracecourt(['health', '--redis-url', url]);
    expect(stdout).to.match(/^redis +healthy /m);
    expect(stderr).to.equal('');
    expect(exitCode).to.equal(0);
  });

  it('exits with 4 when one is not there, says what was seen, and what to do', async () => {
    const gone = await others.gone();
    const { stdout, exitCode } = await tracecourt(['health', '--redis-url', `redis://u:secret@${gone}`]);
    expect(stdout).to.match(/^redis +unhealthy .*refuses the connection: nothing listens there$/m);
    expect(stdout).to.include('Start Redis there, or correct REDIS_URL.').and.include(gone).and.not.include('secret');
    expect(exitCode).to.equal(4);
  });

  it('prints one document with --json', async () => {
    const [gone, http] = [await others.gone(), await others.http()];
    const flags = ['--kafka-brokers', gone, '--http', `http://${http}/`, '--dns', 'localhost', '--json'];
    const { stdout, exitCode } = await tracecourt(['health', ...flags]);
    const { healthy, services, exitCode: told } = JSON.parse(stdout);
    expect([healthy, told, exitCode]).to.deep.equal([false, 4, 4]);
    expect(
      services.map((service: { readonly kind: string; readonly state: string }) => [service.kind, service.state]),
    ).to.deep.equal([
      ['kafka', 'unhealthy'],
      ['http', 'healthy'],
      ['dns', 'healthy'],
    ]);
    expect(services[0]).to.include({ name: 'kafka', address: gone, failure: 'refused', version: null });
    expect(services[1]).to.include({ failure: null, saw: 'answers 200 OK' });
  });

  for (const [what, flags, told] of [
    ['nothing to check', [], 'nothing to check'],
    ['an endpoint that is none', ['--tcp', 'somewhere'], 'expected an address'],
    ['a count that is none', ['--dns', 'localhost', '--failures', '0'], '--failures "0"'],
    ['a pause that is none', ['--dns', 'localhost', '--every', 'soon'], '--every "soon"'],
    ['a flag that is none', ['--redis-ulr', 'redis://h'], 'Did you mean --redis-url?'],
  ] as const) {
    it(`exits with 3 for ${what}`, async () => {
      const { stderr, exitCode } = await tracecourt(['health', ...flags]);
      expect(stderr)
        .to.include(told)
        .and.not.match(/^ {4}at /m);
      expect(exitCode).to.equal(3);
    });
  }

  it('--watch tells each change that lasts, and ends at Ctrl-C with how it stands', async () => {
    const first = await startEmbeddedRedis();
    const flags = ['--redis-url', first.url, '--watch', '--every', '50ms', '--failures', '2', '--successes', '2'];
    await using watching = startLines(['health', ...flags]);
    await watching.said(/^redis +healthy/m);
    await watching.said(/Watching every 50 ms; 2 failures or 2 successes in a row make a change/);
    await first[Symbol.asyncDispose]();
    await watching.said(/^\d\d:\d\d:\d\d {2}redis is unhealthy: .*nothing listens there$/m);
    await using second = await startEmbeddedRedis({ port: first.port });
    await watching.said(/^\d\d:\d\d:\d\d {2}redis is healthy: .*answers$/m);
    expect(second.port).to.equal(first.port);
    watching.kill('SIGINT');
    const { exitCode, stdout, stderr } = await watching.ended;
    expect(exitCode).to.equal(0);
    expect(stdout.match(/ is (un)?healthy: /g)).to.have.length(2);
    expect(stderr).not.to.match(/^ {4}at /m);
  });

  it('--watch --json prints a line a round; ends with 4 while one is away', async () => {
    await using watching = startLines(['health', '--tcp', await others.gone(), '--watch', '--every', '20ms', '--json']);
    await watching.said(/\n.*\n/);
    watching.kill('SIGINT');
    const { exitCode, stdout } = await watching.ended;
    expect(exitCode).to.equal(4);
    const rounds = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rounds.length).to.be.greaterThan(1);
    expect(rounds[0].services[0]).to.include({ state: 'unhealthy', checkedState: 'unhealthy', hasChanged: false });
  });
});
