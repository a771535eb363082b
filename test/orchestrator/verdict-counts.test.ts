import { expect } from 'chai';
import type { RunEvent } from '../../src/model/index.js';
import { countVerdicts } from '../../src/orchestrator/verdict-counts.js';
import { verdict } from '../helpers/verdict.js';

const reached = (flow: string, outcome: 'pass' | 'fail' | 'unknown'): RunEvent => ({
  type: 'verdict-reached',
  at: 0n,
  scenario: 's',
  request: 'r',
  verdict: verdict({ flow, outcome }),
  durationMs: 1,
});

describe('the counts of verdicts', () => {
  it('are there from the start, all of them zero, for each flow of the run', () => {
    const [family] = countVerdicts(['checkout', 'refund']).metrics();
    expect(family?.samples).to.have.length(2 * 3 * 2);
    expect(family?.samples.every(({ value }) => value === 0)).to.equal(true);
  });

  it('count by flow and outcome, first words apart from revised ones', () => {
    const counts = countVerdicts(['checkout', 'refund']);
    counts.onEvent(reached('checkout', 'pass'));
    counts.onEvent(reached('checkout', 'pass'));
    counts.onEvent(reached('refund', 'unknown'));
    const revised = verdict({ flow: 'refund', outcome: 'fail', revision: 2 });
    counts.onEvent({ type: 'verdict-revised', at: 0n, requestId: 'r', verdict: revised, lateSpanIds: [] });
    counts.onEvent({ type: 'notice', at: 0n, level: 'info', message: 'no verdict' });
    const [family] = counts.metrics();
    expect(family?.samples.filter(({ value }) => value > 0)).to.have.deep.members([
      { labels: { flow: 'checkout', outcome: 'pass', revision: 'first' }, value: 2 },
      { labels: { flow: 'refund', outcome: 'fail', revision: 'later' }, value: 1 },
      { labels: { flow: 'refund', outcome: 'unknown', revision: 'first' }, value: 1 },
    ]);
  });
});
