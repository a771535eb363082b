import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { skip } from '../helpers/skip.js';
import { LauncherError } from './launcher-error.js';
import { freePorts } from './ports.js';
import { isAlive } from './process-identity.js';
import { waitUntilReady } from './readiness.js';
import { readRecords, runningServices } from './record.js';
import { OUTPUT_LOG, type ServicePlan } from './service-plan.js';
import { startService } from './start-service.js';
import { stopProcesses } from './stop-processes.js';

describe('starting a service', () => {
  let folder: string;
  let home: string;
  before(function () {
    if (process.platform !== 'linux') skip(this, 'run it on Linux');
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracecourt-start-'));
    home = join(folder, 'redis-home');
    mkdirSync(home);
  });
  afterEach(async () => {
    await stopProcesses(
      readRecords(folder).map(({ process }) => process),
      { graceMs: 0 },
    );
    rmSync(folder, { recursive: true, force: true });
  });

  /** A service that is a line of JavaScript. */
  function plan(source: string, more: Partial<ServicePlan> = {}): ServicePlan {
    return {
      name: 'redis',
      ports: [],
      files: {},
      preparation: [],
      processEnvironment: {},
      command: [process.execPath, '-e', source],
      readyLog: OUTPUT_LOG,
      readyText: 'is ready',
      environment: { REDIS_URL: 'redis://127.0.0.1:1' },
      ...more,
    };
  }

  const start = (what: ServicePlan, readyLimitMs = 10_000, signal?: AbortSignal) =>
    startService(what, { folder, home, readyLimitMs, signal });

  const lives = `console.log('is ready'); setInterval(() => {}, 1000)`;

  it('writes its files, prepares it, waits for its word and records it', async () => {
    const read = `process.stdout.write(require('node:fs').readFileSync('conf/a', 'utf8'))`;
    const prepare = `require('node:fs').appendFileSync('conf/a', ' ' + process.env.WORD)`;
    const record = await start(
      plan(`${read}; ${lives.replace('is ready', '')}`, {
        files: { 'conf/a': 'is' },
        preparation: [[process.execPath, '-e', prepare]],
        processEnvironment: { WORD: 'ready' },
      }),
    );
    expect(isAlive(record.process)).to.equal(true);
    expect(runningServices(folder)).to.deep.equal([record]);
  });

  it('fails at once, with what it said, when it ends before it is ready', async () => {
    const failure = await errorOf(start(plan(`console.error('the disk is full'); process.exit(3)`), 600_000));
    expect(failure).to.be.instanceOf(LauncherError);
    expect(failure.message)
      .to.match(/^redis ended before it was ready/)
      .and.include('the disk is full');
  });

  it('does not believe the word of a process that has died', async () => {
    writeFileSync(join(home, OUTPUT_LOG), 'is ready');
    const failure = await errorOf(waitUntilReady(plan(''), { home, isAlive: () => false, limitMs: 600_000 }));
    expect(failure.message).to.match(/^redis ended before it was ready/);
  });

  it('gives up after the limit, with what it said; the record is left for whoever ends it', async () => {
    const failure = await errorOf(start(plan(`console.log('thinking …'); setInterval(() => {}, 1000)`), 300));
    expect(failure.message).to.match(/was not ready within 0\.3 s/);
    expect(runningServices(folder)).to.deep.equal([]);
    expect(readRecords(folder).map((record) => isAlive(record.process))).to.deep.equal([true]);
  });

  it('says which preparation failed, and how', async () => {
    const failed = [process.execPath, '-e', `console.error('no such format'); process.exit(1)`] as const;
    const failure = await errorOf(start(plan(lives, { preparation: [failed] })));
    expect(failure.message)
      .to.match(/^Preparing redis failed/)
      .and.include('no such format');
    expect(readRecords(folder)).to.deep.equal([]);
  });

  it('says when the program is not there', async () => {
    const failure = await errorOf(start(plan('', { command: ['no-such-program-of-ours'] })));
    expect(failure.message).to.equal('redis could not be started: no-such-program-of-ours');
  });

  it('neither takes nor uses a port that somebody else has', async () => {
    const [port = 0] = await freePorts(1);
    const somebody = createServer().listen(port, '127.0.0.1');
    try {
      const failure = await errorOf(start(plan(lives, { ports: [port] })));
      expect(failure.message).to.include(`port ${port} of 127.0.0.1: somebody else listens there`);
      expect(readRecords(folder)).to.deep.equal([]);
    } finally {
      somebody.close();
    }
  });

  it('stops waiting when it is told to', async () => {
    const controller = new AbortController();
    const starting = errorOf(start(plan('setInterval(() => {}, 1000)'), 600_000, controller.signal));
    while (readRecords(folder).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    expect((await starting).name).to.equal('AbortError');
  });
});

async function errorOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error, and there was none');
}
