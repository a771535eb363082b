import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pollUntil } from '../../src/lib/deadline.js';
import { fromExactJson } from '../../src/lib/json.js';
import type { RunEvent, RunEventOf, RunEventType } from '../../src/model/index.js';
import { isGone } from './processes.js';
import { repositoryRoot } from './repository.js';
import { type CommandResult, embeddedEnvironment } from './tracecourt.js';

const PATIENCE_MS = 60_000;

/** A `tracecourt` command in mid-run, seen through the bundle that it is writing. */
export interface RunningCommand extends AsyncDisposable {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** What the run's bundle holds so far. */
  events(): readonly RunEvent[];
  /** Waits until the bundle holds `count` events of a type, and gives them. Throws when it ends, or takes too long, without. */
  seen<T extends RunEventType>(type: T, count?: number): Promise<readonly RunEventOf<T>[]>;
  /** Waits until standard error holds a text. */
  said(text: string): Promise<void>;
  /** The name of the run; empty before there is one. */
  run(): string;
  readonly ended: Promise<CommandResult>;
}

export interface CommandOptions {
  readonly bundles: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts `tracecourt ARGS --bundles FOLDER`; the folder must be this command's own. Disposing kills what is left of it. */
export function startCommand(args: readonly string[], { bundles, environment = {} }: CommandOptions): RunningCommand {
  const child = spawn(process.execPath, ['bin/tracecourt.js', ...args, '--bundles', bundles], {
    cwd: repositoryRoot,
    env: { ...embeddedEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = new Promise<CommandResult>((resolve) => {
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  const run = () => (existsSync(bundles) ? (readdirSync(bundles)[0] ?? '') : '');
  const events = () => (run() === '' ? [] : readEvents(join(bundles, run(), 'events.ndjson')));

  /** Looks again and again, once more after the command's end. */
  async function awaited<T>(look: () => T | undefined, what: string): Promise<T> {
    const found = await pollUntil(
      async () => {
        const over = hasEnded(child);
        return look() ?? (over ? ('over' as const) : undefined);
      },
      { timeoutMs: PATIENCE_MS, everyMs: 10 },
    );
    if (found !== undefined && found !== 'over') return found;
    throw new Error(`the command ${found ?? 'took too long'} without ${what}.\n${stdout}\n${stderr}`);
  }

  return {
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    events,
    run,
    ended,
    seen: <T extends RunEventType>(type: T, count = 1) =>
      awaited(() => {
        const found = events().filter((event): event is RunEventOf<T> => event.type === type);
        return found.length >= count ? found : undefined;
      }, `${count} ${type}`),
    said: async (text) => void (await awaited(() => (stderr.includes(text) ? true : undefined), `saying "${text}"`)),
    async [Symbol.asyncDispose]() {
      if (!hasEnded(child)) child.kill('SIGKILL');
      await ended;
      await gone(pidsIn(events()));
    },
  };
}

/** The processes of the system under test. */
export function pidsIn(events: readonly RunEvent[]): readonly number[] {
  return events.flatMap((event) => (event.type === 'service-ready' ? [event.pid] : []));
}

/** Waits until none of the processes runs any more; gives those that still do. */
export async function gone(pids: readonly number[]): Promise<readonly number[]> {
  await pollUntil(async () => (pids.every(isGone) ? true : undefined), { timeoutMs: 10_000, everyMs: 20 });
  return pids.filter((pid) => !isGone(pid));
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function readEvents(file: string): readonly RunEvent[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => fromExactJson(line) as RunEvent);
}
