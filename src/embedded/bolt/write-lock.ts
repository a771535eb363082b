import { BoltFailure } from './failure.js';

/** Gives the lock back; a second call does nothing. */
export type Release = () => void;

interface Waiter {
  readonly grant: () => void;
}

/** One writer at a time, in the order of asking. The engine lets concurrent writers fail instead of wait. */
export class WriteLock {
  readonly #waiters: Waiter[] = [];
  #held = false;

  /** Throws {@link BoltFailure} when the lock is not free in time; throws the reason of `signal` when that ends the wait. */
  acquire(options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<Release> {
    if (options.signal.aborted) return Promise.reject(options.signal.reason);
    if (!this.#held) return Promise.resolve(this.#hold());
    return this.#wait(options);
  }

  #wait({ timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<Release> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        const at = this.#waiters.indexOf(waiter);
        if (at >= 0) this.#waiters.splice(at, 1);
      };
      const waiter: Waiter = {
        grant: () => {
          leave();
          resolve(this.#hold());
        },
      };
      const onAbort = (): void => {
        leave();
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        leave();
        reject(timedOut(timeoutMs));
      }, timeoutMs);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.push(waiter);
    });
  }

  #hold(): Release {
    this.#held = true;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#held = false;
      this.#waiters[0]?.grant();
    };
  }
}

/** Retriable for the drivers. */
function timedOut(timeoutMs: number): BoltFailure {
  return new BoltFailure(
    'Neo.TransientError.Transaction.LockAcquisitionTimeout',
    `Another transaction kept the write lock for more than ${timeoutMs} ms.`,
  );
}
