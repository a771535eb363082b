import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const EXAMPLE = fileURLToPath(new URL('../../../examples/gpu-allocation/', import.meta.url));
const REGISTER = '@tracecourt/instrumentation/register';
const TRACING: Readonly<Record<string, string>> = {
  council: './build/council-tracing.js',
  gateway: './build/gateway-tracing.js',
};

/** One process of the reference system. */
export interface RunningService extends AsyncDisposable {
  readonly http: string;
  readonly child: ChildProcess;
  /** Closes its standard input and gives its exit code. */
  stop(): Promise<number | null>;
}

/** Starts a service as the scenarios do, and waits for its line. Throws with its standard error when it exits instead. */
export async function startService(
  name: string,
  environment: Readonly<Record<string, string>>,
): Promise<RunningService> {
  const { child, stderr } = launch(name, environment);
  const http = await readyLine(child);
  if (http === undefined) throw new Error(`${name} did not start: ${stderr()}`);
  const stop = () => end(child);
  return { http, child, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

/** Runs a service that is expected to give up; gives its exit code and what it said. */
export async function runToExit(
  name: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const { child, stderr } = launch(name, environment);
  await once(child, 'close');
  return { code: child.exitCode, stderr: stderr() };
}

function launch(name: string, environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--import', TRACING[name] ?? REGISTER, `build/${name}.js`], {
    cwd: EXAMPLE,
    env: { PATH: process.env['PATH'], OTEL_SERVICE_NAME: name, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { child, stderr: () => text };
}

async function readyLine(child: ChildProcess): Promise<string | undefined> {
  if (!child.stdout) return undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{"ready":true')) continue;
    child.stdout.resume();
    return (JSON.parse(line) as { http: string }).http;
  }
  return undefined;
}

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.stdin?.end();
  await exited;
  return child.exitCode;
}
