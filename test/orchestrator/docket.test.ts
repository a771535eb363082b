import { expect } from 'chai';
import type { AssembledRequest } from '../../src/model/index.js';
import { createDocket } from '../../src/orchestrator/docket.js';

function request(requestId: string, revision = 1): AssembledRequest {
  return {
    requestId,
    revision,
    completionStatus: 'complete',
    completedBy: 'accounted',
    traceIds: [],
    spans: [],
    accounting: { processes: [], unsettled: [], missingParents: [] },
    joins: [],
    lateSpanIds: [],
  };
}

describe('a docket', () => {
  const never = new AbortController().signal;

  it('wakes whoever waits for a request, and remembers it for whoever asks later', async () => {
    const docket = createDocket();
    docket.enter('a');
    const waiting = docket.firstCompletion('a', never);
    expect(docket.completed(request('a'))).to.equal(true);
    expect((await waiting)?.requestId).to.equal('a');
    expect((await docket.firstCompletion('a', never))?.revision).to.equal(1);
  });

  it('keeps the newest revision, in whatever order they come', () => {
    const docket = createDocket();
    docket.enter('a');
    docket.completed(request('a', 2));
    docket.completed(request('a', 1));
    expect(docket.newest('a')?.revision).to.equal(2);
  });

  it('keeps of a request that was let go only a later revision', () => {
    const docket = createDocket();
    docket.enter('a');
    docket.completed(request('a', 1));
    docket.letGo('a', 1);
    expect(docket.newest('a')).to.equal(undefined);
    docket.completed(request('a', 1));
    expect(docket.newest('a'), 'the same again').to.equal(undefined);
    docket.completed(request('a', 2));
    expect(docket.newest('a')?.revision).to.equal(2);
    docket.letGo('a', 1);
    expect(docket.newest('a')?.revision, 'later than what is let go').to.equal(2);
  });

  it('leaves requests alone that were never entered', () => {
    const docket = createDocket();
    expect(docket.completed(request('stranger'))).to.equal(false);
    expect(docket.newest('stranger')).to.equal(undefined);
  });

  it('stops waiting when told to', async () => {
    const docket = createDocket();
    docket.enter('a');
    const stop = new AbortController();
    const waiting = docket.firstCompletion('a', stop.signal);
    stop.abort();
    expect(await waiting).to.equal(undefined);
  });
});
