import { setTimeout as delay } from 'node:timers/promises';

/**
 * What was started, to be stopped in the reverse order.
 *
 * Each stop has its own deadline; one that fails or is too slow is reported and the others go on. Disposing twice does
 * the work once.
 */
export class Teardown implements AsyncDisposable {
  readonly #stops: { readonly name: string; readonly stop: () => Promise<void> }[] = [];
  readonly #options: TeardownOptions;
  #disposal: Promise<void> | undefined;

  constructor(options: TeardownOptions) {
    this.#options = options;
  }

  /** Registers something started, and gives it back. */
  use<T extends AsyncDisposable>(name: string, started: T): T {
    this.defer(name, async () => started[Symbol.asyncDispose]());
    return started;
  }

  defer(name: string, stop: () => Promise<void>): void {
    this.#stops.push({ name, stop });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#stopAll();
    return this.#disposal;
  }

  async #stopAll(): Promise<void> {
    for (const { name, stop } of this.#stops.reverse()) await this.#stopOne(name, stop);
  }

  async #stopOne(name: string, stop: () => Promise<void>): Promise<void> {
    const timer = new AbortController();
    const { deadlineMs, onTrouble } = this.#options;
    const late = delay(deadlineMs, 'late' as const, { signal: timer.signal, ref: true });
    late.catch(() => undefined);
    try {
      const outcome = await Promise.race([stop(), late]);
      if (outcome === 'late') onTrouble(`${name} did not stop within ${deadlineMs} ms`);
    } catch (error) {
      onTrouble(`${name} failed to stop: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      timer.abort();
    }
  }
}

export interface TeardownOptions {
  /** For each stop. */
  readonly deadlineMs: number;
  readonly onTrouble: (message: string) => void;
}
