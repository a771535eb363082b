import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { TracecourtError } from '../errors.js';
import type { ServiceStart } from '../model/index.js';

/** One started process of the system under test, serving. Disposing closes its standard input and waits for it to end. */
export interface ServiceProcess extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  /** What its ready line said, texts only: `http` is where it serves. */
  readonly facts: Readonly<Record<string, string>>;
  /** True once the process has ended, for whatever reason. */
  hasEnded(): boolean;
}

export interface ServiceHost {
  readonly environment: Readonly<Record<string, string>>;
  /** How long it may take to say that it is ready. */
  readonly timeoutMs: number;
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** Called when it ends without having been asked to. */
  readonly onUnexpectedExit: (exit: string, lastLines: readonly string[]) => void;
}

const KEPT_LINES = 20;
const GRACE_MS = 4_000;
const KILL_GRACE_MS = 1_000;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Starts a service and waits for its line `{"ready":true,…}`.
 *
 * Throws TracecourtError `service-unavailable` with its last lines when it ends or says nothing in time; nothing is left
 * running then, nor when it rejects with the reason of the host's signal. The process gets a group of its own, so that Ctrl-C reaches only us and it can drain.
 */
export async function startService(service: ServiceStart, host: ServiceHost): Promise<ServiceProcess> {
  host.signal.throwIfAborted();
  const [program, ...args] = service.command;
  const child: Child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd: service.cwd,
    env: { ...process.env, ...host.environment, ...service.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  child.stdin.on('error', () => undefined);
  const lines = lastLinesOf(child);
  const ended = endOf(child);
  const stop = () => stopChild(child, ended);

  const outcome = await Promise.race([
    readyLine(child).then((facts) => ({ kind: 'ready' as const, facts })),
    ended.then((exit) => ({ kind: 'ended' as const, exit })),
    delay(host.timeoutMs, { kind: 'late' as const }, { ref: false }),
    aborted(host.signal).then(() => ({ kind: 'aborted' as const })),
  ]);
  if (outcome.kind !== 'ready') {
    await stop();
    host.signal.throwIfAborted();
    const what = outcome.kind === 'ended' ? outcome.exit : `was not ready within ${host.timeoutMs} ms`;
    throw notReady(service, what, lines());
  }

  let asked = false;
  void ended.then((exit) => {
    if (!asked) host.onUnexpectedExit(exit, lines());
  });
  return {
    name: service.name,
    pid: child.pid ?? 0,
    facts: outcome.facts,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async [Symbol.asyncDispose]() {
      asked = true;
      await stop();
    },
  };
}

function notReady(service: ServiceStart, what: string, lastLines: readonly string[]): TracecourtError {
  const tail = lastLines.length === 0 ? 'It printed nothing.' : `Its last lines:\n  ${lastLines.join('\n  ')}`;
  return new TracecourtError('service-unavailable', `Service ${service.name} ${what}. ${tail}`, {
    nextStep: `Run it by hand, in ${service.cwd}: ${service.command.join(' ')}`,
  });
}

/** Resolves when the process has ended, with how. Never rejects. */
function endOf(child: Child): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => resolve(signal ? `was ended by ${signal}` : `exited with code ${code}`));
  });
}

/** Resolves when the signal aborts; stays pending otherwise. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Resolves with the texts of the first line that is `{"ready":true,…}`; stays pending if there is none. */
function readyLine(child: Child): Promise<Readonly<Record<string, string>>> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const facts = parseReady(line);
      if (facts) resolve(facts);
    });
  });
}

function parseReady(line: string): Readonly<Record<string, string>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const said = JSON.parse(line) as Record<string, unknown>;
    if (said['ready'] !== true) return undefined;
    return Object.fromEntries(
      Object.entries(said).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    return undefined;
  }
}

function lastLinesOf(child: Child): () => readonly string[] {
  const kept: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
    });
  }
  return () => [...kept];
}

/** Asks by closing standard input, then by SIGTERM, then does not ask. */
async function stopChild(child: Child, ended: Promise<string>): Promise<void> {
  const isOver = ended.then(() => true as const);
  child.stdin.end();
  if (await Promise.race([isOver, delay(GRACE_MS, false, { ref: false })])) return;
  child.kill('SIGTERM');
  if (await Promise.race([isOver, delay(KILL_GRACE_MS, false, { ref: false })])) return;
  child.kill('SIGKILL');
  await isOver;
}
