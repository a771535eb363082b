import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from './process-identity.js';

export interface StopLimits {
  /** How long they may take after SIGTERM before they get SIGKILL. */
  readonly graceMs: number;
  /** True when each leads a process group, which is to end with it. */
  readonly groups?: boolean;
}

const POLL_MS = 25;
const KILL_GRACE_MS = 5_000;

/**
 * Ends these processes: all are signalled first, then all are waited for. Signals only whom it recognises, never a later
 * process of the same number. Resolves with those that outlived even SIGKILL.
 */
export async function stopProcesses(
  processes: readonly ProcessIdentity[],
  { graceMs, groups = false }: StopLimits,
): Promise<readonly ProcessIdentity[]> {
  const stubborn = await signalAndWait(processes, graceMs, send('SIGTERM', groups));
  return stubborn.length === 0 ? [] : signalAndWait(stubborn, KILL_GRACE_MS, send('SIGKILL', groups));
}

async function signalAndWait(
  processes: readonly ProcessIdentity[],
  limitMs: number,
  signal: (process: ProcessIdentity) => void,
): Promise<readonly ProcessIdentity[]> {
  processes.filter(isAlive).forEach(signal);
  const end = Date.now() + limitMs;
  let left = processes.filter(isAlive);
  while (left.length > 0 && Date.now() < end) {
    await delay(POLL_MS);
    left = left.filter(isAlive);
  }
  return left;
}

function send(signal: NodeJS.Signals, groups: boolean): (target: ProcessIdentity) => void {
  return ({ pid }) => {
    try {
      process.kill(groups ? -pid : pid, signal);
    } catch (error) {
      // It may end between the look and the signal.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
}
