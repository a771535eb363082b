import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pollUntil } from '../../src/lib/deadline.js';
import { tailOf } from '../services/log-tail.js';

/** A server that is a program of somebody else. Disposing asks it to end, and insists. */
export interface ServedProgram extends AsyncDisposable {
  /** What it has printed. */
  output(): string;
}

export interface ServedProgramOptions {
  readonly command: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
  /** Answers with 200 when it is ready. */
  readonly readyUrl: string;
}

const READY_LIMIT_MS = 60_000;
const STOP_GRACE_MS = 10_000;

/** Starts the program and waits until it is ready. Throws with the end of what it printed when it dies, or is not ready in time. */
export async function startServedProgram(options: ServedProgramOptions): Promise<ServedProgram> {
  // It ends with this process, however that ends.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...options.command], {
    env: { PATH: process.env['PATH'], ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  child.once('error', (error) => {
    text += error.message;
  });
  const ready = await pollUntil(async () => hasEnded(child) || (await answersOk(options.readyUrl)) || undefined, {
    timeoutMs: READY_LIMIT_MS,
    everyMs: 25,
  });
  if (hasEnded(child) || !ready) {
    await end(child);
    const what = ready ? 'ended before it was ready' : `was not ready within ${READY_LIMIT_MS / 1000} s`;
    throw new Error(`${options.command[0]} ${what}:\n${tailOf(text)}`);
  }
  return { output: () => text, [Symbol.asyncDispose]: () => end(child) };
}

async function answersOk(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  await ended;
  clearTimeout(insist);
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}
