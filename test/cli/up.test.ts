import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import { runProgram } from '../helpers/child-program.js';
import { isGone } from '../helpers/processes.js';
import { startLines } from '../helpers/running-lines.js';
import { tracecourt } from '../helpers/tracecourt.js';

const ANY_STORES = ['--embedded-neo4j-port', '0', '--embedded-redis-port', '0', '--embedded-kafka-port', '0'];
const EMBEDDED = ['up', '--port', '0', '--embedded', ...ANY_STORES];

/** A service as anybody would write one: it finds everything in its environment. */
const SERVICE = `
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import neo4j from 'neo4j-driver';
import { currentTracing, withRequestId, wrapStep } from '@tracecourt/instrumentation';
const { REDIS_URL, NEO4J_URL, KAFKA_BROKERS } = process.env;
const redis = new Redis(REDIS_URL);
const driver = neo4j.driver(NEO4J_URL);
const admin = new Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING }).admin();
await admin.connect();
const save = wrapStep('save', async () => {
  await redis.set('k', 'v');
  await driver.executeQuery('CREATE (:Toy)');
});
await withRequestId('toy-4711', save);
await currentTracing().flush();
redis.disconnect();
await Promise.all([driver.close(), admin.disconnect()]);
`;

describe('tracecourt up', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracecourt-up-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('starts all that a service needs, says where, and tells of each request that is completed', async () => {
    const file = join(folder, 'service.env');
    writeFileSync(file, 'OLD=1\n');
    chmodSync(file, 0o644);
    await using up = startLines([...EMBEDDED, '--write-env', file]);
    await up.said(/^Requests, as they are completed:$/m);
    const [, endpoint = ''] = await up.said(/^ {2}export OTEL_EXPORTER_OTLP_ENDPOINT=(http:\/\/127\.0\.0\.1:\d+)$/m);
    const printed = (await up.said(/(?:^ {2}export .*\n)+/m))[0].replaceAll('  export ', '');
    expect(readFileSync(file, 'utf8')).to.equal(printed);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(printed).to.match(/^NEO4J_URL=bolt:\/\/127\.0\.0\.1:\d+$/m);
    await up.said(new RegExp(`^ {2}spans +${endpoint}/v1/traces$`, 'm'));
    expect((await fetch(`${endpoint}/healthz`)).status).to.equal(200);

    const arguments_ = [`--env-file=${file}`, '--import', '@tracecourt/instrumentation/register'];
    const environment = { OTEL_SERVICE_NAME: 'toy' };
    // A file's variables give way to those that are set already.
    const without = ['NEO4J_URL', 'NEO4J_USER', 'NEO4J_PASSWORD', 'REDIS_URL', 'KAFKA_BROKERS'];
    await using service = await runProgram({ source: SERVICE, nodeArguments: arguments_, environment, without });
    const { code, stderr } = await service.end();
    expect(code, stderr).to.equal(0);
    const [line] = await up.said(/^toy-4711 .*$/m);
    expect(line).to.match(/^toy-4711 {2}accounted {2}\d+ spans of toy$/);
    up.kill('SIGINT');
    expect((await up.ended).exitCode).to.equal(0);
  });

  it('speaks to a program with --json: one line when ready, one a request, and no secrets', async () => {
    const environment = {
      NEO4J_URL: 'bolt://127.0.0.1:7687',
      NEO4J_USER: 'neo4j',
      NEO4J_PASSWORD: 'hush-1',
      REDIS_URL: 'redis://:hush-2@127.0.0.1:6379',
    };
    await using up = startLines(['up', '--port', '0', '--json'], { environment });
    const [ready] = await up.said(/^\{.*\}$/m);
    expect(JSON.parse(ready)).to.deep.include({ ready: true });
    expect(JSON.parse(ready).environment).to.include({ NEO4J_URL: 'bolt://127.0.0.1:7687', NEO4J_USER: 'neo4j' });
    const { http } = JSON.parse(ready);
    const source = `
      import { currentTracing, withRequestId, wrapStep } from '@tracecourt/instrumentation';
      withRequestId('toy-1', wrapStep('save', () => 1));
      await currentTracing().flush();
    `;
    const nodeArguments = ['--import', '@tracecourt/instrumentation/register'];
    const known = { OTEL_EXPORTER_OTLP_ENDPOINT: http, OTEL_SERVICE_NAME: 'toy' };
    await using service = await runProgram({ source, nodeArguments, environment: known });
    await service.end();
    const [line] = await up.said(/^\{"requestId".*\}$/m);
    expect(JSON.parse(line)).to.deep.equal({
      requestId: 'toy-1',
      revision: 1,
      completedBy: 'accounted',
      spans: 1,
      services: ['toy'],
    });
    up.closeInput();
    const { exitCode, stdout, stderr } = await up.ended;
    expect(exitCode).to.equal(0);
    expect(`${stdout}${stderr}`).not.to.include('hush');
  });

  it('prints the stores of the settings, and leaves their secrets to whoever has them', async () => {
    const environment = { NEO4J_URL: 'bolt://127.0.0.1:7687', NEO4J_PASSWORD: 'hush', REDIS_URL: 'redis://:hush@h:1' };
    await using up = startLines(['up', '--port', '0'], { environment });
    await up.said(/^ {2}# NEO4J_PASSWORD: as you have it$/m);
    await up.said(/^ {2}# REDIS_URL: as you have it$/m);
    await up.said(/^ {2}export NEO4J_URL=bolt:\/\/127\.0\.0\.1:7687$/m);
    up.kill('SIGTERM');
    const { stdout, exitCode } = await up.ended;
    expect(stdout).not.to.include('hush');
    expect(exitCode).to.equal(0);
  });

  it('ends when its standard input closes, if it has a pipe there, and stays without one', async () => {
    await using child = startLines(['up', '--port', '0']);
    await using alone = startLines(['up', '--port', '0'], { input: 'ignore' });
    await Promise.all([child.said(/as they are completed/), alone.said(/as they are completed/)]);
    child.closeInput();
    expect((await child.ended).exitCode).to.equal(0);
    expect(isGone(alone.pid)).to.equal(false);
    alone.kill('SIGINT');
    expect((await alone.ended).exitCode).to.equal(0);
  });

  it('lets what is under way come to its end at the first Ctrl-C, and exits at once at the second', async () => {
    await using up = startLines(['up', '--port', '0', '--json']);
    const [, port] = await up.said(/"http":"http:\/\/127\.0\.0\.1:(\d+)"/);
    const slow = connect(Number(port), '127.0.0.1');
    slow.on('error', () => undefined);
    await once(slow, 'connect');
    const head = [
      'POST /v1/traces HTTP/1.1',
      'Host: localhost',
      'Content-Type: application/json',
      'Content-Length: 99',
    ];
    await new Promise((resolve) => slow.write(`${head.join('\r\n')}\r\n\r\n{`, resolve));
    await fetch(`http://127.0.0.1:${port}/healthz`);
    up.kill('SIGINT');
    await up.complained(/press Ctrl-C again/);
    expect(isGone(up.pid), 'gone though a post is under way').to.equal(false);
    up.kill('SIGINT');
    expect((await up.ended).exitCode).to.equal(130);
    slow.destroy();
  });

  it('names who holds a port that is taken, and what to do', async () => {
    await using redis = await startEmbeddedRedis();
    const taken = await tracecourt([
      'up',
      '--port',
      '0',
      '--embedded',
      ...ANY_STORES,
      '--embedded-redis-port',
      `${redis.port}`,
    ]);
    expect(taken.exitCode).to.equal(3);
    expect(taken.stderr).to.include(`port-in-use: Port ${redis.port} of 127.0.0.1 is taken`);
    expect(taken.stderr).to.include('--embedded-redis-port 0 takes any free one');
    const otlp = await tracecourt(['up', '--port', `${redis.port}`]);
    expect(otlp.exitCode).to.equal(3);
    expect(otlp.stderr)
      .to.include('--port 0 takes any free one')
      .and.not.match(/^ {4}at /m);
    if (process.platform === 'linux') expect(otlp.stderr).to.include(`(process ${process.pid})`);
  });

  it('refuses a file that cannot be written, and leaves nothing running', async () => {
    const { exitCode, stderr } = await tracecourt([
      'up',
      '--port',
      '0',
      '--write-env',
      join(folder, 'no', 'such', 'file'),
    ]);
    expect(exitCode).to.equal(3);
    expect(stderr).to.include('--write-env').and.include('ENOENT');
  });
});
