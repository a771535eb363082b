import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { timeLimit } from '../../src/lib/time-limit.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));

describe('a limit in time', () => {
  it('aborts when the time is up, also when garbage was collected meanwhile', async () => {
    using limit = timeLimit(60);
    const over = aborted(limit.signal);
    for (let i = 0; i < 3; i++) {
      collectGarbage();
      await delay(5);
    }
    await over;
    expect((limit.signal.reason as Error).name).to.equal('TimeoutError');
    expect(limit.isOver()).to.equal(true);
  });

  it('aborts with the outer signal, for its reason', () => {
    const interrupted = new AbortController();
    using limit = timeLimit(60_000, interrupted.signal);
    interrupted.abort('Ctrl-C');
    expect([limit.signal.aborted, limit.signal.reason]).to.deep.equal([true, 'Ctrl-C']);
    using late = timeLimit(60_000, interrupted.signal);
    expect([late.signal.aborted, late.signal.reason]).to.deep.equal([true, 'Ctrl-C']);
    expect([limit.isOver(), late.isOver()]).to.deep.equal([false, false]);
  });

  it('ends with the work: neither time nor the outer signal aborts it then', async () => {
    const interrupted = new AbortController();
    const limit = timeLimit(5, interrupted.signal);
    limit[Symbol.dispose]();
    interrupted.abort();
    await delay(20);
    expect(limit.signal.aborted).to.equal(false);
  });
});
