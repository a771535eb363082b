import { expect } from 'chai';
import type {
  CacheEntry,
  GraphRow,
  LogMessage,
  ObservationRead,
  StoredRecord,
  Verdict,
  WorkflowTrace,
} from '../../src/model/index.js';
import { NOTHING_EARLIER, withLeftOvers } from '../../src/orchestrator/left-over.js';

function read(record: StoredRecord | undefined, key = 'item:7'): ObservationRead {
  return {
    status: 'read',
    effect: 'save',
    query: { store: 'redis', key },
    server: { store: 'redis', address: 'a', product: 'embedded', version: '7' },
    records: record ? [record] : [],
    observedAtUnixNano: 1n,
  };
}

const entry = (value: string, ttlMs = -1): CacheEntry => ({
  store: 'redis',
  key: 'item:7',
  type: 'string',
  value,
  ttlMs,
});
const row: GraphRow = { store: 'neo4j', row: { gpu: 'g1' } };
const message: LogMessage = {
  store: 'kafka',
  topic: 't',
  partition: 0,
  offset: '1',
  key: 'k',
  value: 'v',
  headers: {},
  groups: [],
};
const passed = { outcome: 'pass', reasons: [] } as unknown as Verdict;

function outcomeOf(before: ObservationRead, now: ObservationRead, steps = ['save']): string {
  const trace = { steps: steps.map((stepName) => ({ stepName })) } as unknown as WorkflowTrace;
  const earlier = NOTHING_EARLIER.and([before]);
  return withLeftOvers(passed, { trace, observations: [now], earlier }).outcome;
}

describe('an effect that an earlier request of the run left', () => {
  it('proves nothing when it is found unchanged', () => {
    expect(outcomeOf(read(entry('pen')), read(entry('pen')))).to.equal('unknown');
    expect(outcomeOf(read(row), read(row))).to.equal('unknown');
    expect(outcomeOf(read(entry('pen', 900)), read(entry('pen', 850)))).to.equal('unknown');
  });

  it('is no concern once something was written since', () => {
    expect(outcomeOf(read(entry('pen')), read(entry('pencil')))).to.equal('pass');
    expect(outcomeOf(read(entry('pen', 850)), read(entry('pen', 1_000)))).to.equal('pass');
  });

  it('is no concern under another key, for a message, or when the step did not happen', () => {
    expect(outcomeOf(read(entry('pen'), 'item:6'), read(entry('pen')))).to.equal('pass');
    expect(outcomeOf(read(message), read(message))).to.equal('pass');
    expect(outcomeOf(read(entry('pen')), read(entry('pen')), [])).to.equal('pass');
    expect(outcomeOf(read(undefined), read(entry('pen')))).to.equal('pass');
  });

  it('does not turn a fail into anything better', () => {
    const trace = { steps: [{ stepName: 'save' }] } as unknown as WorkflowTrace;
    const observations = [read(entry('pen'))];
    const failed = { outcome: 'fail', reasons: [] } as unknown as Verdict;
    const earlier = NOTHING_EARLIER.and(observations);
    const verdict = withLeftOvers(failed, { trace, observations, earlier });
    expect(verdict.outcome).to.equal('fail');
    expect(verdict.reasons).to.have.length(1);
  });
});
