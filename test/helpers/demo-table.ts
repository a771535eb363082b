import { expect } from 'chai';
import type { CommandResult } from './tracecourt.js';

/** What each planted defect must be judged: the product's promise, stated here independently of the scenario's own table. */
const TABLE: readonly (readonly [
  defect: string | null,
  verdict: string,
  first: string | undefined,
  step: string | null | undefined,
])[] = [
  [null, 'pass', undefined, undefined],
  ['lying-cache', 'fail', 'span-without-effect', 'cache-write'],
  ['dark-graph-write', 'fail', 'effect-without-span', 'graph-write'],
  ['cache-before-graph', 'fail', 'wrong-order', undefined],
  ['duplicate-event', 'fail', 'duplicate-effect', 'event-publish'],
  ['no-quorum', 'fail', 'vote-integrity', undefined],
  ['stuck-consumer', 'fail', 'not-consumed', undefined],
  ['lost-telemetry', 'unknown', 'telemetry-lost', undefined],
  ['lost-event', 'fail', 'span-without-effect', 'event-publish'],
  ['broken-context', 'fail', 'context-lost', null],
  ['swallowed-graph-error', 'fail', 'swallowed-error', 'graph-write'],
  ['slow-vote', 'fail', 'over-budget', 'council-vote'],
  ['wrong-content', 'fail', 'wrong-content', 'cache-write'],
  ['orphan-cache', 'fail', 'orphan', 'cache-write'],
  ['outbox-gap', 'fail', 'outbox-gap', 'event-publish'],
  ['double-lease', 'fail', 'double-grant', 'graph-write'],
  ['stale-cache', 'fail', 'stale-read', 'context-read'],
];

export const REQUESTS_OF_THE_DEMO = TABLE.length;

interface Row {
  readonly defect: string | null;
  readonly verdict: string;
  readonly completedBy: string;
  readonly findings: readonly { readonly code: string; readonly step: string | null }[];
  readonly reasons: readonly { readonly code: string; readonly step?: string | null }[];
}

/** Holds what `tracecourt demo --json` printed against the table, and returns the run's name. */
export function expectDemoTable({ exitCode, stdout, stderr }: CommandResult): string {
  const { run, scenarios, surprises } = JSON.parse(stdout) as {
    readonly run: string;
    readonly scenarios: readonly Row[];
    readonly surprises: readonly string[];
  };
  expect(surprises, stderr).to.deep.equal([]);
  for (const [index, [defect, verdict, first, step]] of TABLE.entries()) {
    const row = scenarios[index];
    expect(row, String(defect)).to.include({ defect, verdict });
    const told = verdict === 'unknown' ? row?.reasons : row?.findings;
    expect(told?.[0]?.code, String(defect)).to.equal(first);
    if (step !== undefined) expect(told?.[0]?.step, String(defect)).to.equal(step);
    if (verdict === 'fail') expect(row?.findings, String(defect)).to.have.length(1);
  }
  expect(scenarios).to.have.length(TABLE.length);
  expect(scenarios[0]?.completedBy).to.equal('accounted');
  const lost = scenarios.find(({ defect }) => defect === 'lost-telemetry');
  expect(lost?.reasons).to.have.length(1);
  expect(lost?.reasons[0]).to.include({ code: 'telemetry-lost', service: 'council', count: 2 });
  expect(exitCode).to.equal(0);
  return run;
}
