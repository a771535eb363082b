import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { LauncherError } from './launcher-error.js';

export interface LockOptions {
  /** How long to wait for whoever holds it. */
  readonly timeoutMs: number;
  /** Ends the waiting; work that has begun keeps the lock to its own end. */
  readonly signal?: AbortSignal | undefined;
}

const TIMED_OUT = 75;

/**
 * Runs the work while nobody else on this machine holds the lock on this file. The kernel holds it on behalf of a small
 * process that ends when our end of its pipe closes: a launcher that is killed leaves no lock behind.
 *
 * Throws when the lock is not to be had in time; the work has not begun then.
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const holder = spawn(
    'flock',
    [
      '--timeout',
      String(options.timeoutMs / 1000),
      '--conflict-exit-code',
      String(TIMED_OUT),
      file,
      'sh',
      '-c',
      'echo held; exec cat',
    ],
    // A group of its own: Ctrl-C must not take the lock away while we clean up.
    { stdio: ['pipe', 'pipe', 'ignore'], detached: true },
  );
  const abort = () => void holder.kill();
  const ended = new Promise<string>((resolve) => {
    holder.once('error', (error) => resolve(`flock (package util-linux) could not be started: ${error.message}`));
    holder.once('exit', (code) =>
      resolve(code === TIMED_OUT ? 'another launcher has held it for too long' : `flock ended with code ${code}`),
    );
  });
  holder.stdin.on('error', () => undefined);
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    const refusal = await Promise.race([once(holder.stdout, 'data').then(() => undefined), ended]);
    options.signal?.removeEventListener('abort', abort);
    options.signal?.throwIfAborted();
    if (refusal !== undefined) throw new LauncherError(`The lock ${file} was not to be had: ${refusal}.`);
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
