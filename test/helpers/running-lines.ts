import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { pollUntil } from '../../src/lib/deadline.js';
import { repositoryRoot } from './repository.js';
import { type CommandResult, embeddedEnvironment } from './tracecourt.js';

const PATIENCE_MS = 30_000;

/** A `tracecourt` command that runs until it is told not to. Disposing kills what is left of it. */
export interface RunningLines extends AsyncDisposable {
  readonly pid: number;
  /** Waits until standard output matches, and gives the match. Throws when the command ends, or takes too long, without. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  /** The same of standard error. */
  complained(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
  closeInput(): void;
  readonly ended: Promise<CommandResult>;
}

export interface LinesOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** `ignore`: nobody holds it, as in a shell's background. Default: a pipe, as of a parent. */
  readonly input?: 'pipe' | 'ignore';
}

export function startLines(
  args: readonly string[],
  { environment = {}, input = 'pipe' }: LinesOptions = {},
): RunningLines {
  const child = spawn(process.execPath, ['bin/tracecourt.js', ...args], {
    cwd: repositoryRoot,
    env: { ...embeddedEnvironment(), ...environment },
    stdio: [input, 'pipe', 'pipe'],
  }) as ChildProcessByStdio<Writable | null, Readable, Readable>;
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const ended = new Promise<CommandResult>((resolve) => {
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  async function matching(text: () => string, pattern: RegExp): Promise<RegExpExecArray> {
    const look = async () => pattern.exec(text()) ?? (hasEnded() ? ('over' as const) : undefined);
    const found = await pollUntil(look, { timeoutMs: PATIENCE_MS, everyMs: 10 });
    if (found !== undefined && found !== 'over') return found;
    throw new Error(`the command ${found ?? 'took too long'} without ${pattern}.\n${stdout}\n${stderr}`);
  }
  return {
    pid: child.pid ?? 0,
    said: (pattern) => matching(() => stdout, pattern),
    complained: (pattern) => matching(() => stderr, pattern),
    kill: (signal) => void child.kill(signal),
    closeInput: () => child.stdin?.end(),
    ended,
    async [Symbol.asyncDispose]() {
      if (!hasEnded()) child.kill('SIGKILL');
      await ended;
    },
  };
}
