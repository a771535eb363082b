import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from './process-identity.js';

export interface StopLimits {
  /** How long they may take after SIGTERM before they get SIGKILL. */
  readonly graceMs: number;
}

const POLL_MS = 25;
const KILL_GRACE_MS = 5_000;

/**
 * Ends these processes: all are signalled first, then all are waited for. Signals only whom it recognises, never a later
 * process of the same number. Resolves with those that outlived even SIGKILL.
 */
export async function stopProcesses(
  processes: readonly ProcessIdentity[],
  { graceMs }: StopLimits,
): Promise<readonly ProcessIdentity[]> {
  const stubborn = await signalAndWait(processes, 'SIGTERM', graceMs);
  return stubborn.length === 0 ? [] : signalAndWait(stubborn, 'SIGKILL', KILL_GRACE_MS);
}

async function signalAndWait(
  processes: readonly ProcessIdentity[],
  signal: NodeJS.Signals,
  limitMs: number,
): Promise<readonly ProcessIdentity[]> {
  for (const process of processes.filter(isAlive)) send(process, signal);
  const end = Date.now() + limitMs;
  let left = processes.filter(isAlive);
  while (left.length > 0 && Date.now() < end) {
    await delay(POLL_MS);
    left = left.filter(isAlive);
  }
  return left;
}

function send({ pid }: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It may end between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
