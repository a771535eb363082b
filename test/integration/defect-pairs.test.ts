import { randomInt } from 'node:crypto';
import { expect } from 'chai';
import {
  type CaseResult,
  expectationOf,
  type LoadedScenario,
  loadScenarios,
  planVariants,
  runCases,
  shortfalls,
} from '../../src/orchestrator/index.js';
import { embeddedRun } from '../helpers/embedded-run.js';
import { REAL_STORES_WANTED, realStoreAddresses } from '../helpers/real-stores.js';
import { repositoryRoot } from '../helpers/repository.js';
import { seeded } from '../helpers/seeded.js';
import { skip } from '../helpers/skip.js';
import { temporaryBundles } from '../helpers/tracecourt.js';

const APPROVE = `${repositoryRoot}examples/gpu-allocation/approve.scenario.yaml`;
const SEED = Number(process.env['TRACECOURT_SEED'] ?? randomInt(2 ** 31));
const ALL = process.env['TRACECOURT_ALL_PAIRS'] === '1';
const DRAWN = 6;

for (const kind of ['embedded', 'real'] as const) {
  describe(`two planted defects in one request, on ${kind} stores (${ALL ? 'all pairs' : `TRACECOURT_SEED=${SEED}`})`, () => {
    const bundles = temporaryBundles();
    let results: readonly CaseResult[] = [];

    before(async function runPairs() {
      this.timeout(ALL ? 900_000 : 180_000);
      const stores = kind === 'embedded' ? {} : (realStoreAddresses() ?? skip(this, REAL_STORES_WANTED));
      const [loaded] = await loadScenarios([APPROVE]);
      const pairs = drawPairs(loaded);
      const { cases, failure } = await runCases(planVariants(loaded, pairs), embeddedRun(bundles.path, { stores }));
      expect(failure).to.equal(undefined);
      expect(cases.map(({ runCase }) => runCase.defects)).to.deep.equal(pairs);
      results = cases;
    });
    after(() => bundles.remove());

    it('are judged as the table of defects and its written pairs say', () => {
      expect(results.flatMap((result) => surprisesIn(result, result.runCase.defects))).to.deep.equal([]);
    });

    it('are not judged as something else would have to be: a wrong expectation is noticed', () => {
      for (const result of results) {
        const { defects } = result.runCase;
        expect(surprisesIn(result, []), `${defects} as if nothing were planted`).not.to.deep.equal([]);
        for (const forgotten of defects.filter((name) => showsFinding(name, result))) {
          const others = defects.filter((name) => name !== forgotten);
          expect(surprisesIn(result, others), `${defects} as if ${forgotten} were not planted`).not.to.deep.equal([]);
        }
      }
    });
  });
}

/** A few pairs, or all of them with TRACECOURT_ALL_PAIRS=1. */
function drawPairs({ scenario }: LoadedScenario): readonly (readonly string[])[] {
  const names = (scenario.defects?.known ?? []).map(({ name }) => name);
  const all = names.flatMap((a, index) => names.slice(index + 1).map((b) => [a, b]));
  expect(all).to.have.length(120);
  if (ALL) return all;
  const chance = seeded(SEED);
  return Array.from({ length: DRAWN }, () => all.splice(chance.below(all.length), 1)).flat();
}

function surprisesIn({ runCase, verdict }: CaseResult, defects: readonly string[]): readonly string[] {
  const problems = shortfalls(verdict, expectationOf(runCase.loaded.scenario.defects, defects));
  return problems.map((problem) => `${runCase.defects.join(' + ')}: ${problem}`);
}

/** Whether the table expects a finding of this defect in this request. */
function showsFinding(defect: string, { runCase }: CaseResult): boolean {
  const channel = runCase.loaded.scenario.defects;
  const finding = channel?.known.find(({ name }) => name === defect)?.finding;
  return expectationOf(channel, runCase.defects).findings.some(({ code }) => code === finding?.code);
}
