import { expect } from 'chai';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import type { RunEvent } from '../../src/model/index.js';
import {
  type LoadedScenario,
  loadScenarios,
  planVariants,
  readBundle,
  runCases,
} from '../../src/orchestrator/index.js';
import { embeddedRun } from '../helpers/embedded-run.js';
import { repositoryRoot } from '../helpers/repository.js';
import { gone, pidsIn } from '../helpers/running-command.js';
import { temporaryBundles } from '../helpers/tracecourt.js';

const APPROVE = `${repositoryRoot}examples/gpu-allocation/approve.scenario.yaml`;

const STORES = [
  { store: 'redis', start: startEmbeddedRedis, setting: (url: string) => ({ redisUrl: url }) },
  { store: 'kafka', start: startEmbeddedKafka, setting: (url: string) => ({ kafkaBrokers: [url] }) },
] as const;

describe('a store that goes away in mid-run', () => {
  for (const { store, start, setting } of STORES) {
    it(`is never a pass when it is ${store}: the verdict names it, and the run ends with its address`, async () => {
      const bundles = temporaryBundles();
      const server = await start();
      const address = server.url.replace('redis://', '');
      const loaded = await impatient();
      const afterFirstVerdict = {
        name: 'saboteur',
        onEvent: ({ type }: RunEvent) => void (type === 'verdict-reached' && server[Symbol.asyncDispose]()),
      };
      const { cases, failure, run, exitCode } = await runCases(
        planVariants(loaded, [[], [], [], []]),
        embeddedRun(bundles.path, { stores: setting(server.url), reporters: [afterFirstVerdict] }),
      );

      const [before, under, ...more] = cases.map(({ verdict }) => verdict);
      expect(before).to.include({ outcome: 'pass' });
      expect(under?.outcome, JSON.stringify(under?.findings)).to.be.oneOf(['fail', 'unknown']);
      const away = (under?.reasons ?? []).flatMap((reason) =>
        reason.code === 'store-unreachable' ? [[reason.store, reason.address]] : [],
      );
      expect(away).to.deep.include([store, address]);
      expect((under?.findings ?? []).filter((finding) => finding.store === store)).to.deep.equal([]);
      expect(more, 'judged though the store was known to be away').to.deep.equal([]);
      expect(failure).to.include({ code: 'store-unavailable' });
      expect(failure?.message).to.include(address);
      expect(exitCode).to.equal(under?.outcome === 'fail' ? 1 : 4);
      const { events } = readBundle(run, bundles.path);
      expect(await gone(pidsIn(events))).to.deep.equal([]);
      bundles.remove();
    }).timeout(120_000);
  }

  it('leaves nothing behind that the next run in the same process would meet', async () => {
    const bundles = temporaryBundles();
    const again = await runCases(planVariants(await impatient(), [[]]), embeddedRun(bundles.path));
    expect(again.cases.map(({ verdict }) => verdict.outcome)).to.deep.equal(['pass']);
    expect(again.exitCode).to.equal(0);
    bundles.remove();
  }).timeout(120_000);
});

/** The services wait for a store that is gone; a request need not wait for them for half a minute. */
async function impatient(): Promise<LoadedScenario> {
  const [{ scenario, flow }] = await loadScenarios([APPROVE]);
  return { flow, scenario: { ...scenario, timeouts: { ...scenario.timeouts, requestMs: 2_000, quietMs: 500 } } };
}
