import { setTimeout as delay } from 'node:timers/promises';

/**
 * Starts the work on each item at its own time on a schedule of even steps, however long the work on the others takes. Resolves when all is done; rejects with the first
 * error once what has been started has ended, and starts nothing after it.
 */
export async function atPace<T>(
  items: readonly T[],
  { perSecond, work }: { readonly perSecond: number; readonly work: (item: T) => Promise<void> },
): Promise<void> {
  const startedAt = performance.now();
  const errors: unknown[] = [];
  const started: Promise<void>[] = [];
  for (const [i, item] of items.entries()) {
    const early = startedAt + (i * 1_000) / perSecond - performance.now();
    if (early > 0) await delay(early);
    if (errors.length > 0) break;
    started.push(work(item).catch((error: unknown) => void errors.push(error)));
  }
  await Promise.all(started);
  if (errors.length > 0) throw errors[0];
}
