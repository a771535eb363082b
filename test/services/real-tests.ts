import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../helpers/repository.js';
import { environmentLines, environmentOf, servicesWithoutAddress } from './environment.js';
import { fetchAll } from './fetch-all.js';
import { postGuard, putUnderGuard } from './guard.js';
import { down, up } from './launcher.js';
import { thisMachine } from './machine.js';
import { anyPorts } from './port-settings.js';
import { identify } from './process-identity.js';
import type { ServiceName } from './service-plan.js';
import { stopProcesses } from './stop-processes.js';
import { toolsWithoutAddress } from './tools.js';

export interface RealTestOptions {
  readonly cache: string;
  readonly say: (line: string) => void;
  /** Ends what runs, then the services. */
  readonly signal: AbortSignal;
}

type Variables = Readonly<Record<string, string>>;

interface Check {
  readonly title: string;
  readonly args: readonly string[];
}

/** A battery that is skipped would read like one that has passed. */
const STRICT: Variables = { TRACECOURT_FORBID_SKIPPED: '1' };

const CHECK_GRACE_MS = 10_000;

/** Runs these files of the tests. Mocha takes braces for a pattern only beside an asterisk: one word a file. */
function mocha(...files: readonly string[]): readonly string[] {
  return ['node_modules/mocha/bin/mocha.js', ...files.map((file) => `build/test/${file}.test.js`)];
}

const CHECKS: readonly Check[] = [
  {
    title: 'The contract of each store, on the real servers',
    args: mocha('contract/**/*'),
  },
  {
    title: 'The wrappers of their clients, on the real servers',
    args: mocha(...['redis', 'kafka', 'neo4j', 'client-metrics'].map((name) => `instrumentation/${name}`)),
  },
  {
    title: 'Verdicts through a real OpenTelemetry Collector, and what a real Prometheus is told',
    args: mocha('integration/through-otel-collector', 'integration/prometheus'),
  },
  {
    title: 'The demo and pairs of its defects, on the real servers; each of these killed in mid-run',
    args: mocha('integration/demo-on-real-stores', 'integration/defect-pairs', 'integration/store-killed'),
  },
];

/**
 * Runs the checks that want real services and tools: those whose address the environment gives are used, the others are
 * fetched; services are started for this run alone, and ended with it. Resolves with the exit code: 0 only if every check ran
 * and passed.
 */
export async function runRealTests({ cache, say, signal }: RealTestOptions): Promise<number> {
  const services = servicesWithoutAddress(process.env);
  const tools = toolsWithoutAddress(process.env);
  const fetched = await timed('Fetched', say, async () =>
    fetchAll({ cache, services, tools, machine: await thisMachine(), say, signal }),
  );
  if (services.length === 0) return runChecks(fetched.tools, { say, signal, onStart: () => undefined });
  return withServices({ services, libraries: fetched.libraries, say, signal }, (environment, folder) =>
    runChecks({ ...environment, ...fetched.tools }, { say, signal, onStart: (pid) => putUnderGuard(folder, pid) }),
  );
}

interface RunOptions {
  readonly services: readonly ServiceName[];
  readonly libraries: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Services of their own for one piece of work, gone when it is over: also when it throws, and when this process is killed. */
async function withServices(
  options: RunOptions,
  work: (environment: Variables, folder: string) => Promise<number>,
): Promise<number> {
  const { say } = options;
  const folder = await mkdtemp(join(tmpdir(), 'tracecourt-services-'));
  const guard = await postGuard(folder);
  try {
    const records = await timed('Started', say, async () => up({ ...options, folder, ports: await anyPorts() }));
    const environment = environmentOf(records);
    say(environmentLines(environment).trimEnd());
    return await work(environment, folder);
  } finally {
    await timed('Stopped', say, async () => {
      await down({ folder });
      await guard.release();
      await rm(folder, { recursive: true, force: true });
    });
  }
}

interface CheckOptions extends Omit<RealTestOptions, 'cache'> {
  /** Called with the number of each check's process. */
  readonly onStart: (pid: number) => void;
}

async function runChecks(environment: Variables, options: CheckOptions): Promise<number> {
  const { say, signal } = options;
  const failed: string[] = [];
  for (const { title, args } of CHECKS) {
    say(`\n${title}`);
    const exitCode = await runNode(args, { ...environment, ...STRICT }, options);
    signal.throwIfAborted();
    if (exitCode !== 0) failed.push(`${title}: exit code ${exitCode}`);
  }
  say(failed.length === 0 ? '\nAll checks on the real servers passed.' : `\nFailed:\n  ${failed.join('\n  ')}`);
  return failed.length === 0 ? 0 : 1;
}

/** Resolves with the exit code; a program that a signal has ended counts as failed. */
function runNode(args: readonly string[], environment: Variables, { signal, onStart }: CheckOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: repositoryRoot,
      env: { ...process.env, ...environment },
      stdio: 'inherit',
      // A group of its own: mocha runs in a child of its command, and a signal has to reach both.
      detached: true,
    });
    if (child.pid !== undefined) onStart(child.pid);
    const leader = child.pid === undefined ? undefined : identify(child.pid);
    const stop = () => void stopProcesses(leader ? [leader] : [], { graceMs: CHECK_GRACE_MS, groups: true });
    signal.addEventListener('abort', stop, { once: true });
    child.once('error', reject);
    child.once('close', (code) => {
      signal.removeEventListener('abort', stop);
      resolve(code ?? 1);
    });
  });
}

async function timed<T>(what: string, say: (line: string) => void, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  say(`${what} in ${((performance.now() - start) / 1000).toFixed(1)} s.`);
  return result;
}
