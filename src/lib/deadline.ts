import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks `attempt` until it gives something other than undefined, at most `timeoutMs` long. The last attempt MAY end after the
 * deadline. Gives undefined when the time is up; errors of `attempt` pass through.
 */
export async function pollUntil<T>(
  attempt: () => Promise<T | undefined>,
  options: { readonly timeoutMs: number; readonly everyMs: number; readonly signal?: AbortSignal },
): Promise<T | undefined> {
  const until = performance.now() + options.timeoutMs;
  for (;;) {
    const result = await attempt();
    if (result !== undefined || performance.now() >= until) return result;
    await delay(options.everyMs, undefined, options.signal ? { signal: options.signal } : {});
  }
}
