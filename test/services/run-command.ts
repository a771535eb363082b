import { spawn } from 'node:child_process';
import { LauncherError } from './launcher-error.js';
import { tailOf } from './log-tail.js';

export interface CommandOptions {
  readonly cwd?: string | undefined;
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** Ends the command with SIGTERM. */
  readonly signal?: AbortSignal | undefined;
  /** The longest it may take; then it is ended. Default: no limit. */
  readonly limitMs?: number | undefined;
  /** What the command is for, as the subject of the sentence that tells of its failure. */
  readonly purpose: string;
}

/** Runs a command to its end and resolves with all that it printed. Throws with the last lines when it fails. */
export async function runCommand(command: readonly [string, ...string[]], options: CommandOptions): Promise<string> {
  const [program, ...args] = command;
  const { signal, limit } = signalsOf(options);
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const how = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) =>
      resolve(limit?.aborted ? `took longer than ${(options.limitMs ?? 0) / 1000} s` : error.message),
    );
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? `code ${code}`}`));
  });
  if (how === undefined) return output;
  throw new LauncherError(`${options.purpose} failed: ${command.join(' ')} ${how}.\n${tailOf(output)}`);
}

interface Signals {
  /** Either of the two. */
  readonly signal: AbortSignal | undefined;
  readonly limit: AbortSignal | undefined;
}

function signalsOf({ signal, limitMs }: CommandOptions): Signals {
  if (limitMs === undefined) return { signal, limit: undefined };
  const limit = AbortSignal.timeout(limitMs);
  return { signal: signal ? AbortSignal.any([signal, limit]) : limit, limit };
}
