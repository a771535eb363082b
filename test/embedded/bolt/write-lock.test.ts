import { expect } from 'chai';
import { WriteLock } from '../../../src/embedded/bolt/write-lock.js';

function patient(): { timeoutMs: number; signal: AbortSignal } {
  return { timeoutMs: 10_000, signal: new AbortController().signal };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: { code: string }) => error.code,
  );
}

describe('the write lock', () => {
  it('is given in the order of asking, one at a time', async () => {
    const lock = new WriteLock();
    const order: number[] = [];
    let inside = 0;
    await Promise.all(
      [1, 2, 3, 4].map(async (n) => {
        const release = await lock.acquire(patient());
        expect(++inside).to.equal(1);
        order.push(n);
        await Promise.resolve();
        inside--;
        release();
      }),
    );
    expect(order).to.deep.equal([1, 2, 3, 4]);
  });

  it('times out with an error that drivers retry', async () => {
    const lock = new WriteLock();
    const release = await lock.acquire(patient());
    const code = await codeOf(lock.acquire({ ...patient(), timeoutMs: 1 }));
    expect(code).to.equal('Neo.TransientError.Transaction.LockAcquisitionTimeout');
    release();
    (await lock.acquire(patient()))();
  });

  it('forgets who no longer waits', async () => {
    const lock = new WriteLock();
    const release = await lock.acquire(patient());
    const gone = new AbortController();
    const waiting = codeOf(lock.acquire({ timeoutMs: 10_000, signal: gone.signal }));
    gone.abort({ code: 'gone' });
    expect(await waiting).to.equal('gone');
    expect(await codeOf(lock.acquire({ timeoutMs: 10_000, signal: gone.signal }))).to.equal('gone');
    release();
    (await lock.acquire(patient()))();
  });

  it('is given back once, however often', async () => {
    const lock = new WriteLock();
    const first = await lock.acquire(patient());
    const second = lock.acquire(patient());
    first();
    first();
    const releaseSecond = await second;
    expect(await codeOf(lock.acquire({ ...patient(), timeoutMs: 1 }))).to.match(/LockAcquisitionTimeout$/);
    releaseSecond();
  });
});
