import { randomInt } from 'node:crypto';
import { expect } from 'chai';
import { STORE_NAMES, type StoreName } from '../../src/model/index.js';
import { probesAt } from '../../src/orchestrator/index.js';
import { type OwnServices, ownServices } from '../helpers/own-services.js';
import { REAL_STORES_WANTED, realStores } from '../helpers/real-stores.js';
import { seeded } from '../helpers/seeded.js';
import { besiege, type Moment, SIEGED_REQUESTS, siegedScenario } from '../helpers/siege.js';
import { complaintsAbout } from '../helpers/siege-complaints.js';
import { skip } from '../helpers/skip.js';
import { startStoreProcess } from '../helpers/store-process.js';
import { temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

const APPROVE = 'examples/gpu-allocation/approve.scenario.yaml';
const SEED = Number(process.env['TRACECOURT_SEED'] ?? randomInt(2 ** 31));
const KILLS = Number(process.env['TRACECOURT_KILLS'] ?? 1);
/** A request takes a tenth of a second, on a busy machine several: most kills hit the request, some the next one. */
const LONGEST_REQUEST_MS = 300;
/** The request's own limit, the wait for what may still come, and the time that services get to end: no hang. */
const BOUND_MS = 60_000;

type Variables = Readonly<Record<string, string>>;

describe(`a store that is killed in mid-run (TRACECOURT_SEED=${SEED})`, () => {
  const bundles = temporaryBundles();
  const scenario = siegedScenario();
  const chance = seeded(SEED);
  after(() => {
    bundles.remove();
    scenario[Symbol.dispose]();
  });

  const nextMoment = (): Moment => ({
    request: 1 + chance.below(SIEGED_REQUESTS),
    afterMs: chance.below(LONGEST_REQUEST_MS),
  });

  async function expectHonesty(
    environment: Variables,
    {
      victim,
      moment,
    }: { readonly victim: { readonly store: StoreName; readonly pid: number }; readonly moment: Moment },
  ): Promise<void> {
    const report = await besiege({
      environment,
      victim,
      moment,
      scenario: scenario.file,
    });
    const probes = probesOfOthers(environment, victim.store);
    const complaints = await complaintsAbout(report, probes);
    for (const probe of probes.values()) await probe[Symbol.asyncDispose]();
    const when = `${victim.store} killed ${moment.afterMs} ms into request ${moment.request}`;
    expect(complaints, `${when}\n${report.stdout}\n${report.stderr}`).to.deep.equal([]);
    expect(report.outlivedMs, when).to.be.lessThan(BOUND_MS);
  }

  async function expectCleanRun(environment: Variables): Promise<void> {
    const flags = ['--json', '--bundles', bundles.path];
    const { exitCode, stdout, stderr } = await tracecourt(['run', APPROVE, ...flags], environment);
    expect(exitCode, `${stdout}\n${stderr}`).to.equal(0);
  }

  for (const store of STORE_NAMES) {
    for (let kill = 1; kill <= KILLS; kill++) {
      const moment = nextMoment();
      it(`is told, if it is the embedded ${store}, and the next run is clean (${inWords(moment)})`, async () => {
        const others = STORE_NAMES.filter((name) => name !== store);
        await using first = await startStoreProcess(others[0]!);
        await using second = await startStoreProcess(others[1]!);
        await using victim = await startStoreProcess(store);
        const around = { ...first.environment, ...second.environment };
        await expectHonesty({ ...around, ...victim.environment }, { victim, moment });
        await using heir = await startStoreProcess(store);
        await expectCleanRun({ ...around, ...heir.environment });
      }).timeout(3 * BOUND_MS);
    }
  }

  describe('of the real ones', () => {
    let services: OwnServices | undefined;
    before(async function () {
      this.timeout(5 * BOUND_MS);
      // Of its own: others may read from the shared Kafka in the same group.
      if (!realStores()) skip(this, REAL_STORES_WANTED);
      services = await ownServices();
    });
    after(async function () {
      this.timeout(BOUND_MS);
      await services?.[Symbol.asyncDispose]();
    });

    for (const store of STORE_NAMES) {
      const moments = Array.from({ length: KILLS }, nextMoment);
      it(`is told, if it is ${store}, and the next run is clean (${moments.map(inWords)})`, async () => {
        for (const moment of moments) {
          const environment = await services!.whole();
          await expectHonesty(environment, { victim: { store, pid: services!.pidOf(store) }, moment });
          await expectCleanRun(await services!.whole());
        }
      }).timeout(KILLS * 6 * BOUND_MS);
    }
  });
});

function inWords({ request, afterMs }: Moment): string {
  return `${afterMs} ms into request ${request}`;
}

function probesOfOthers(environment: Variables, killed: StoreName) {
  const { NEO4J_URL, NEO4J_USER, NEO4J_PASSWORD, REDIS_URL, KAFKA_BROKERS } = environment;
  return probesAt(
    {
      neo4jUrl: killed === 'neo4j' ? undefined : NEO4J_URL,
      neo4jUser: NEO4J_USER || undefined,
      neo4jPassword: NEO4J_PASSWORD,
      redisUrl: killed === 'redis' ? undefined : REDIS_URL,
      kafkaBrokers: killed === 'kafka' ? undefined : KAFKA_BROKERS?.split(','),
    },
    [],
  );
}
