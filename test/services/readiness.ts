import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LauncherError } from './launcher-error.js';
import { readLog, tailOf } from './log-tail.js';
import { OUTPUT_LOG, type ServicePlan } from './service-plan.js';

export interface ReadinessOptions {
  readonly home: string;
  /** True while the service's process runs. */
  readonly isAlive: () => boolean;
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
}

type Awaited = Pick<ServicePlan, 'name' | 'readyLog' | 'readyText'>;

const POLL_MS = 50;

/**
 * Waits until the service's log says that it is ready.
 *
 * Throws with the end of its logs as soon as its process has died, or when the limit is over.
 */
export async function waitUntilReady(plan: Awaited, options: ReadinessOptions): Promise<void> {
  const end = Date.now() + options.limitMs;
  for (;;) {
    // First the process, then the log: what it wrote before it died is read.
    const alive = options.isAlive();
    const ready = readLog(join(options.home, plan.readyLog)).includes(plan.readyText);
    if (!alive) throw notReady('ended before it was ready', plan, options.home);
    if (ready) return;
    if (Date.now() >= end) throw notReady(`was not ready within ${options.limitMs / 1000} s`, plan, options.home);
    await delay(POLL_MS, undefined, options.signal ? { signal: options.signal } : {});
  }
}

function notReady(what: string, plan: Awaited, home: string): LauncherError {
  const logs = [...new Set([plan.readyLog, OUTPUT_LOG])];
  const tails = logs.map((log) => `${log}:\n${tailOf(readLog(join(home, log)))}`);
  return new LauncherError(
    `${plan.name} ${what} (ready = "${plan.readyText}" in ${plan.readyLog}).\n${tails.join('\n')}`,
  );
}
