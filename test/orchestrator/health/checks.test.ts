import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { startEmbeddedKafka } from '../../../src/embedded/kafka/index.js';
import { startEmbeddedRedis } from '../../../src/embedded/redis/index.js';
import { ServiceHealthValidator } from '../../../src/index.js';
import type { ServiceHealth } from '../../../src/model/index.js';
import { createKafkaProbe, createRedisProbe } from '../../../src/stores/index.js';
import { MisbehavingServers } from '../../helpers/misbehaving-servers.js';

describe('ServiceHealthValidator', () => {
  const others = new MisbehavingServers();
  const validator = new ServiceHealthValidator(new Map());
  /** For an answer that never comes. */
  const hasty = new ServiceHealthValidator(new Map(), { timeoutMs: 600 });
  after(() => others[Symbol.asyncDispose]());

  function failureIn(health: ServiceHealth): readonly [string, string] {
    if (health.state === 'healthy') throw new Error(`healthy: ${health.saw}`);
    expect(health.nextStep).to.match(/^[A-Z].*\.$/);
    return [health.failure, health.saw];
  }

  describe('asked for a page', () => {
    const site = createServer((request, response) => {
      const [, status = '200'] = /^\/(\d{3})/.exec(request.url ?? '') ?? [];
      const isKnown = request.headers.authorization === `Basic ${Buffer.from('me:it is').toString('base64')}`;
      response.writeHead(request.url === '/private' && !isKnown ? 401 : Number(status), { server: 'toy/1.2' });
      response.end('x'.repeat(100_000));
    });
    let at = '';
    before(async () => {
      await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
      at = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    });
    after(() => site.close());

    it('tells what it answers, its version, its latency and its address', async () => {
      const { latencyMs, ...health } = await validator.validateHttpEndpoint(`${at}/204?x=y`);
      expect(health).to.deep.equal({
        name: `${at}/204?x=y`,
        kind: 'http',
        state: 'healthy',
        address: `${at}/204?x=y`,
        product: undefined,
        version: 'toy/1.2',
        saw: 'answers 204 No Content',
      });
      expect(latencyMs).to.be.greaterThan(0);
    });

    it('takes a redirect for an answer, and an error for none', async () => {
      expect(await validator.validateHttpEndpoint(`${at}/302`)).to.include({ state: 'healthy' });
      expect(failureIn(await validator.validateHttpEndpoint(`${at}/404`))).to.deep.equal([
        'unable',
        'answers 404 Not Found',
      ]);
      expect(failureIn(await validator.validateHttpEndpoint(`${at}/503`))[0]).to.equal('unable');
    });

    it('tells a refused logon from absence, and logs on with what the URL holds, unprinted', async () => {
      expect(failureIn(await validator.validateHttpEndpoint(`${at}/private`))[0]).to.equal('credentials');
      const known = await validator.validateHttpEndpoint(`${at.replace('//', '//me:it%20is@')}/private`);
      expect(known).to.include({ state: 'healthy', name: `${at}/private` });
    });

    it('tells who is there instead', async () => {
      await using redis = await startEmbeddedRedis();
      const rows = {
        gone: `http://${await others.gone()}`,
        redis: `http://127.0.0.1:${redis.port}`,
        secure: `http://${await others.https()}`,
        plain: at.replace('http:', 'https:'),
        untrusted: `https://${await others.https()}`,
      };
      const failures = Object.entries(rows).map(async ([name, url]) => {
        const [kind, saw] = failureIn(await validator.validateHttpEndpoint(url));
        return [name, `${kind}: ${saw}`];
      });
      expect(Object.fromEntries(await Promise.all(failures))).to.deep.equal({
        gone: 'refused: refuses the connection: nothing listens there',
        redis: 'other-protocol: speaks the Redis protocol, not HTTP',
        secure: 'tls-expected: speaks HTTP inside TLS only',
        plain: 'plain-expected: speaks HTTP without TLS',
        untrusted: 'untrusted: shows a certificate that is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)',
      });
    });
  });

  it('says how long it waited for a page', async () => {
    const silent = `http://${await others.silent()}`;
    expect(failureIn(await hasty.validateHttpEndpoint(silent))).to.deep.equal([
      'silent',
      'takes the connection, but says nothing within 540 ms',
    ]);
  });

  it('looks whether a port takes connections', async () => {
    const [silent, gone] = [await others.silent(), await others.gone()];
    expect(await validator.validateTcpEndpoint(silent)).to.include({ state: 'healthy', name: silent, kind: 'tcp' });
    expect(failureIn(await validator.validateTcpEndpoint(gone))[0]).to.equal('refused');
    expect(failureIn(await validator.validateTcpEndpoint('no-such-host.invalid:1'))[0]).to.equal('unknown-host');
  });

  it('looks whether a name has an address', async () => {
    const known = await validator.validateDnsName('localhost');
    expect(known).to.include({ state: 'healthy', kind: 'dns' });
    expect(known.saw).to.match(/is .*(127\.0\.0\.1|::1)/);
    expect(failureIn(await validator.validateDnsName('no-such-host.invalid'))[0]).to.be.oneOf([
      'unknown-host',
      'unable',
    ]);
  });

  it('refuses what is no endpoint, without its secrets', () => {
    for (const attempt of [
      () => validator.validateHttpEndpoint('ftp://me:secret@h/'),
      () => validator.validateTcpEndpoint('127.0.0.1:0'),
      () => validator.validateTcpEndpoint('127.0.0.1'),
      () => validator.validateDnsName('a b'),
    ]) {
      expect(attempt)
        .to.throw(/expected/)
        .with.property('code', 'usage');
      expect(attempt).not.to.throw(/secret/);
    }
  });

  it('asks the stores by name, each time anew', async () => {
    const redis = await startEmbeddedRedis();
    await using kafka = await startEmbeddedKafka();
    await using cache = createRedisProbe({ url: redis.url });
    await using log = createKafkaProbe({ brokers: [kafka.url] });
    const stores = new ServiceHealthValidator(
      new Map([
        ['redis', cache],
        ['kafka', log],
      ]),
    );
    expect(await stores.validateNeo4jConnectivity()).to.equal(undefined);
    expect(await stores.validateRedisConnectivity()).to.include({
      state: 'healthy',
      product: 'embedded',
      version: '7.0.15',
    });
    expect(await stores.validateKafkaConnectivity()).to.include({ state: 'healthy', version: undefined });
    await redis[Symbol.asyncDispose]();
    expect((await stores.validateAll()).map(({ name, state }) => [name, state])).to.deep.equal([
      ['redis', 'unhealthy'],
      ['kafka', 'healthy'],
    ]);
  });
});
