import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { skip } from '../helpers/skip.js';
import { postGuard } from './guard.js';
import { down, type Plans, up } from './launcher.js';
import { isAlive } from './process-identity.js';
import { readRecords, type ServiceRecord, writeRecord } from './record.js';
import { OUTPUT_LOG, type PlanContext, type ServiceName, type ServicePlan } from './service-plan.js';

const LIVES = `console.log('is ready'); setInterval(() => {}, 1000)`;
const DIES = `console.error('no room for me'); process.exit(1)`;
const THINKS = 'setInterval(() => {}, 1000)';

/** Services that are a line of JavaScript each. */
function plansOf(sources: Partial<Record<ServiceName, string>>): Plans {
  const planned = (name: ServiceName) => (): ServicePlan => ({
    name,
    ports: [],
    files: {},
    preparation: [],
    processEnvironment: {},
    command: [process.execPath, '-e', sources[name] ?? LIVES],
    readyLog: OUTPUT_LOG,
    readyText: 'is ready',
    environment: { [name.toUpperCase()]: 'here' },
  });
  return { redis: planned('redis'), kafka: planned('kafka'), neo4j: planned('neo4j') };
}

describe('the launcher', () => {
  // Neo4j is asked a question over its protocol when it has started, and these programs speak none.
  const services: readonly ServiceName[] = ['redis', 'kafka'];
  const ports: PlanContext['ports'] = { redis: 1, kafka: 2, kafkaController: 3, neo4j: 4 };
  let folder: string;
  before(function () {
    if (process.platform !== 'linux') skip(this, 'run it on Linux');
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracecourt-launcher-'));
  });
  afterEach(async () => {
    await down({ folder });
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (sources: Partial<Record<ServiceName, string>> = {}, signal?: AbortSignal) =>
    up({ folder, services, libraries: '/nowhere', ports, plans: plansOf(sources), signal });
  const alive = (records: readonly ServiceRecord[]) => records.map(({ process }) => isAlive(process));

  it('starts what does not run, and nothing twice', async () => {
    const first = await start();
    expect(first.map(({ name }) => name)).to.deep.equal(services);
    expect(alive(first)).to.deep.equal([true, true]);
    expect(await start()).to.deep.equal(first);
  });

  it('starts each once when two launchers want it at the same time', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(one).to.deep.equal(other);
  });

  it('starts again what has died meanwhile, and leaves the rest alone', async () => {
    const [redis, kafka] = await start();
    process.kill(redis!.process.pid, 'SIGKILL');
    while (isAlive(redis!.process)) await new Promise((resolve) => setTimeout(resolve, 5));
    const again = await start();
    expect(again[1]).to.deep.equal(kafka);
    expect(again[0]!.process.pid).not.to.equal(redis!.process.pid);
    expect(
      readdirSync(folder).filter((entry) => entry.startsWith('redis-')),
      'folders of Redis',
    ).to.have.length(1);
  });

  it('ends and starts again what a killed launcher left before it was ready', async () => {
    const [redis] = await start();
    writeRecord(folder, { ...redis!, isReady: false });
    const [again] = await start();
    expect(alive([redis!, again!])).to.deep.equal([false, true]);
  });

  it('ends everything that it has started when one service cannot be started, and says why', async () => {
    let failure: unknown;
    await start({ redis: THINKS, kafka: DIES }).catch((error: unknown) => {
      failure = error;
    });
    expect(String(failure)).to.include('kafka ended before it was ready').and.include('no room for me');
    expect(readdirSync(folder)).to.deep.equal(['lock']);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const controller = new AbortController();
    let failure: unknown;
    const starting = start({ kafka: THINKS }, controller.signal).catch((error: unknown) => {
      failure = error;
    });
    while (readRecords(folder).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const records = readRecords(folder);
    controller.abort();
    await starting;
    expect((failure as Error).name).to.equal('AbortError');
    expect(alive(records)).to.deep.equal([false, false]);
    expect(readdirSync(folder)).to.deep.equal(['lock']);
  });

  it('ends all and removes their data, as often as it is asked', async () => {
    const records = await start();
    expect(await down({ folder })).to.deep.equal(services);
    expect(alive(records)).to.deep.equal([false, false]);
    expect(readdirSync(folder)).to.deep.equal(['lock']);
    expect(await down({ folder })).to.deep.equal([]);
  });

  it('does not signal a stranger who has the number of a service', async () => {
    const [redis, kafka] = await start();
    const stranger = { ...redis!.process, startTicks: redis!.process.startTicks - 1 };
    writeRecord(folder, { ...redis!, process: stranger });
    await down({ folder });
    expect(alive([redis!, kafka!])).to.deep.equal([true, false]);
    process.kill(redis!.process.pid, 'SIGKILL');
  });

  it('has a guard that ends what runs and removes the folder when its pipe closes', async () => {
    const guard = await postGuard(folder);
    const records = await start();
    await guard.release();
    expect(alive(records)).to.deep.equal([false, false]);
    expect(existsSync(folder)).to.equal(false);
  });
});
