import { once } from 'node:events';
import { expect } from 'chai';
import { guarded } from '../../src/orchestrator/guarded.js';
import { watchOpen } from '../../src/orchestrator/live/watch-open.js';
import { flowOf, seq } from '../helpers/evidence.js';

const DEFECT = new RangeError('no whole number');

describe('a defect of ours while a request is judged', () => {
  it('is told with its request, and where it is', async () => {
    const told = once(process, 'warning');
    const done = guarded('r.7', () => {
      throw DEFECT;
    });
    const [warning] = (await told) as readonly (Error & { readonly detail?: string })[];
    expect(done).to.equal(false);
    expect(warning?.name).to.equal('TracecourtWarning');
    expect(warning?.message).to.equal('request r.7 was not judged, by a defect of Tracecourt: no whole number');
    expect(warning?.detail).to.contain('RangeError');
  });

  it('does not keep an open request that comes after it from being looked at', async () => {
    const looked: string[] = [];
    let seeBoth = (): void => undefined;
    const both = new Promise<void>((resolve) => {
      seeBoth = resolve;
    });
    using watch = watchOpen({
      emit: () => undefined,
      snapshot: () => undefined,
      growth: (requestId) => {
        looked.push(requestId);
        if (looked.includes('second')) seeBoth();
        throw DEFECT;
      },
    });
    const told = once(process, 'warning');
    for (const requestId of ['first', 'second']) watch.watch(requestId, { flow: flowOf(seq('a')), book: new Map() });
    watch.news(['first', 'second']);
    await both;
    await told;
    expect(looked).to.deep.equal(['first', 'second']);
  });
});
