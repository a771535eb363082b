import { expect } from 'chai';
import type { RunEvent } from '../../src/model/index.js';
import { jsonReporter, resultRows } from '../../src/report/index.js';
import { verdict } from '../helpers/verdict.js';

const away = verdict({
  outcome: 'unknown',
  reasons: [
    {
      code: 'store-unreachable',
      store: 'redis',
      address: '127.0.0.1:9',
      effect: 'save',
      kind: 'refused',
      reason: 'refuses the connection',
      nextStep: 'Start it.',
    },
  ],
});

const EVENTS: readonly RunEvent[] = [
  { at: 1n, type: 'run-started', run: 'r', bundle: '/tmp/r', scenarios: ['toy'] },
  { at: 2n, type: 'request-sent', scenario: 'toy', request: 'buy', requestId: 'r.1', defects: ['liar', 'deaf'] },
  { at: 3n, type: 'verdict-reached', scenario: 'toy', request: 'buy', verdict: verdict({}), durationMs: 12.345 },
  { at: 4n, type: 'verdict-revised', requestId: 'r.1', verdict: { ...away, revision: 2 }, lateSpanIds: ['s'] },
  { at: 5n, type: 'run-ended', run: 'r', exitCode: 2, durationMs: 20, failure: undefined },
];

describe('rows of --json', () => {
  it('name the defects, the store of a reason, and what a person is told', () => {
    const [row] = resultRows(EVENTS);
    expect(row).to.include({ name: 'buy', defect: 'liar+deaf', requestId: 'r.1', durationMs: 12.3 });
    expect(row?.reasons[0]).to.include({ code: 'store-unreachable', store: 'redis', service: null, count: null });
    expect(row?.reasons[0]?.message).to.include('127.0.0.1:9');
  });

  it('give the last revision of a verdict', () => {
    expect(resultRows(EVENTS)).to.have.length(1);
    expect(resultRows(EVENTS)[0]).to.include({ verdict: 'unknown', revision: 2 });
    expect(resultRows(EVENTS.slice(0, 3))[0]).to.include({ verdict: 'pass', revision: 1, completedBy: 'accounted' });
  });

  it('are one document with the run, its bundle and its exit code', () => {
    let written = '';
    const reporter = jsonReporter((text) => {
      written += text;
    });
    for (const event of EVENTS) reporter.onEvent(event);
    void reporter.end?.();
    expect(JSON.parse(written)).to.deep.include({ run: 'r', bundle: '/tmp/r', error: null, exitCode: 2 });
  });
});
