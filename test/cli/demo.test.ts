import { expect } from 'chai';
import { temporaryBundles, tracecourt } from '../helpers/tracecourt.js';

/** What each planted defect must be judged: the product's promise, stated here independently of the scenario's own table. */
const TABLE: readonly [
  defect: string | null,
  verdict: string,
  first: string | undefined,
  step: string | null | undefined,
][] = [
  [null, 'pass', undefined, undefined],
  ['lying-cache', 'fail', 'span-without-effect', 'cache-write'],
  ['dark-graph-write', 'fail', 'effect-without-span', 'graph-write'],
  ['cache-before-graph', 'fail', 'wrong-order', undefined],
  ['duplicate-event', 'fail', 'duplicate-effect', 'event-publish'],
  ['no-quorum', 'fail', 'vote-integrity', undefined],
  ['stuck-consumer', 'fail', 'not-consumed', undefined],
  ['lost-telemetry', 'unknown', 'telemetry-lost', undefined],
];

describe('tracecourt demo', () => {
  const bundles = temporaryBundles();
  after(() => bundles.remove());

  it('judges every defect as the table says, and exits with 0', async () => {
    const { exitCode, stdout, stderr } = await tracecourt(['demo', '--json', '--bundles', bundles.path]);
    const { scenarios, surprises } = JSON.parse(stdout);
    expect(surprises, stderr).to.deep.equal([]);
    for (const [index, [defect, verdict, first, step]] of TABLE.entries()) {
      const row = scenarios[index];
      expect(row, String(defect)).to.include({ defect, verdict });
      const told = verdict === 'unknown' ? row.reasons : row.findings;
      expect(told[0]?.code, String(defect)).to.equal(first);
      if (step !== undefined) expect(told[0]?.step).to.equal(step);
      if (verdict === 'fail') expect(row.findings, String(defect)).to.have.length(1);
    }
    expect(scenarios).to.have.length(TABLE.length);
    expect(scenarios[0].completedBy).to.equal('accounted');
    expect(scenarios.at(-1).reasons).to.have.length(1);
    expect(scenarios.at(-1).reasons[0]).to.include({ code: 'telemetry-lost', service: 'council', count: 2 });
    expect(exitCode).to.equal(0);
  }).timeout(120_000);

  it('tells a person what happened, in sentences, and how to look further', async () => {
    const { exitCode, stdout } = await tracecourt(['demo', '--defect', 'lying-cache', '--bundles', bundles.path]);
    expect(stdout)
      .to.include('FAIL')
      .and.include('`cache-write` says in allocator that it succeeded, but the cache has nothing');
    expect(stdout).to.match(/npx tracecourt trace \S+\.1/);
    expect(exitCode).to.equal(0);
  }).timeout(60_000);
});
