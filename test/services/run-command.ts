import { spawn } from 'node:child_process';
import { timeLimit } from '../../src/lib/time-limit.js';
import { LauncherError } from './launcher-error.js';
import { tailOf } from './log-tail.js';

export interface CommandOptions {
  readonly cwd?: string | undefined;
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** Ends the command with SIGTERM. */
  readonly signal?: AbortSignal | undefined;
  /** The longest it may take; then it is ended. Default: an hour. */
  readonly limitMs?: number | undefined;
  /** What the command is for, as the subject of the sentence that tells of its failure. */
  readonly purpose: string;
}

const LONGEST_MS = 3_600_000;

/** Runs a command to its end and resolves with all that it printed. Throws with the last lines when it fails. */
export async function runCommand(command: readonly [string, ...string[]], options: CommandOptions): Promise<string> {
  const [program, ...args] = command;
  const { limitMs = LONGEST_MS } = options;
  using limit = timeLimit(limitMs, options.signal);
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: limit.signal,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const how = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(limit.isOver() ? `took longer than ${limitMs / 1000} s` : error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? `code ${code}`}`));
  });
  if (how === undefined) return output;
  throw new LauncherError(`${options.purpose} failed: ${command.join(' ')} ${how}.\n${tailOf(output)}`);
}
