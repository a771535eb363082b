import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ChildProgram extends AsyncDisposable {
  readonly process: ChildProcessWithoutNullStreams;
  /** Waits for the first line on standard output that the program has not been asked for before. */
  line(): Promise<string>;
  /** Waits until the program has ended. */
  end(): Promise<{
    readonly code: number | null;
    readonly signal: string | null;
    readonly stdout: string;
    readonly stderr: string;
  }>;
}

export interface ProgramOptions {
  readonly source: string;
  /** Arguments for Node before the program. */
  readonly nodeArguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Variables of this process's environment that the program is not to have. */
  readonly without?: readonly string[];
  readonly extension?: 'mjs' | 'cjs';
  /** Further files beside the program. */
  readonly files?: Readonly<Record<string, string>>;
}

/** kafkajs sets timers of negative length, and Node 24 warns of each. */
const QUIET_TIMERS = '--disable-warning=TimeoutNegativeWarning';

/** Runs a program written inline as a Node process of its own, from a folder where the packages of this repository resolve. */
export async function runProgram(options: ProgramOptions): Promise<ChildProgram> {
  const folder = await mkdtemp(join(process.cwd(), 'build', 'program-'));
  const file = join(folder, `program.${options.extension ?? 'mjs'}`);
  await writeFile(file, options.source);
  for (const [name, text] of Object.entries(options.files ?? {})) await writeFile(join(folder, name), text);
  const child = spawn(process.execPath, [QUIET_TIMERS, ...(options.nodeArguments ?? []), file], {
    cwd: folder,
    env: { ...environmentWithout(options.without ?? []), NODE_OPTIONS: '', ...options.environment },
  });
  return programOf(child, folder);
}

function environmentWithout(names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.includes(name)));
}

function programOf(child: ChildProcessWithoutNullStreams, folder: string): ChildProgram {
  let stdout = '';
  let stderr = '';
  let read = 0;
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const exited = once(child, 'close');
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  return {
    process: child,
    line: async () => {
      while (!stdout.slice(read).includes('\n')) {
        if (ended()) throw new Error(`the program ended before it said a line: ${stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const [line = ''] = stdout.slice(read).split('\n');
      read += line.length + 1;
      return line;
    },
    end: async () => {
      await exited;
      return { code: child.exitCode, signal: child.signalCode, stdout, stderr };
    },
    [Symbol.asyncDispose]: async () => {
      if (!ended()) child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
