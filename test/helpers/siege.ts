import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/lib/clock.js';
import { pollUntil } from '../../src/lib/deadline.js';
import type { RunEvent, StoreName } from '../../src/model/index.js';
import { isGone } from './processes.js';
import { repositoryRoot } from './repository.js';
import { gone, pidsIn, startCommand } from './running-command.js';

/** When the store is killed: so long after this request was sent. */
export interface Moment {
  readonly request: number;
  readonly afterMs: number;
}

export interface Siege {
  /** Where the stores are. */
  readonly environment: Readonly<Record<string, string>>;
  readonly victim: { readonly store: StoreName; readonly pid: number };
  readonly moment: Moment;
  readonly scenario: string;
}

/** What a run came to whose store was killed in the middle. */
export interface SiegeReport {
  readonly store: StoreName;
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly events: readonly RunEvent[];
  /** When the victim had ended, in Unix nanoseconds. */
  readonly killedAt: bigint;
  /** From then to the end of the command. */
  readonly outlivedMs: number;
  /** Processes that the run has left behind. */
  readonly left: readonly number[];
}

const KINDS = ['approve', 'reject', 'no-capacity', 'approve', 'reject', 'approve'] as const;
export const SIEGED_REQUESTS = KINDS.length;

/**
 * A scenario of the reference system with requests of all kinds, one after the other, in a folder of its own. Its services wait
 * for a store that is gone; a request need not wait half a minute for them.
 */
export function siegedScenario(requestTimeout = '5s'): { readonly file: string } & Disposable {
  const folder = mkdtempSync(join(tmpdir(), 'tracecourt-siege-'));
  const example = `${repositoryRoot}examples/gpu-allocation/`;
  for (const name of ['build', 'package.json', 'gpu-allocation.flow.yaml'])
    symlinkSync(join(example, name), join(folder, name));
  symlinkSync(`${repositoryRoot}node_modules`, join(folder, 'node_modules'));
  const approve = readFileSync(`${example}approve.scenario.yaml`, 'utf8');
  const start = /^start:\n(?: .*\n)+/m.exec(approve)?.[0] ?? '';
  const file = join(folder, 'siege.scenario.yaml');
  const requests = KINDS.map((kind, i) => requestOf(kind, i + 1));
  const timeouts = `timeouts: { start: 20s, request: ${requestTimeout}, quiet: 500ms }`;
  writeFileSync(
    file,
    [
      'version: 1',
      'scenario: siege',
      'flow: gpu-allocation.flow.yaml',
      start,
      'requests:',
      ...requests,
      timeouts,
      '',
    ].join('\n'),
  );
  return { file, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

const BODIES = {
  approve: ['{ model: a100, hours: 1 }', 201],
  reject: ['{ model: a100, hours: 200 }', 200],
  'no-capacity': ['{ model: h100, hours: 2 }', 409],
} as const;

function requestOf(kind: keyof typeof BODIES, n: number): string {
  const [body, status] = BODIES[kind];
  const http = `{ method: POST, url: "\${gateway.http}/allocations", body: ${body}, status: ${status} }`;
  return `  - { name: ${kind}-${n}, http: ${http} }`;
}

/** Runs the scenario by the command and kills the store with SIGKILL at the moment; waits for the command's own end. */
export async function besiege({ environment, victim, moment, scenario }: Siege): Promise<SiegeReport> {
  const bundles = mkdtempSync(join(tmpdir(), 'tracecourt-runs-'));
  try {
    await using run = startCommand(['run', scenario, '--json'], { bundles, environment });
    await run.seen('request-sent', moment.request);
    await delay(moment.afterMs);
    process.kill(victim.pid, 'SIGKILL');
    await pollUntil(async () => (isGone(victim.pid) ? true : undefined), { timeoutMs: 10_000, everyMs: 1 });
    const killedAt = systemClock.now();
    const startedAt = performance.now();
    const ended = await run.ended;
    const outlivedMs = performance.now() - startedAt;
    const events = run.events();
    return { store: victim.store, ...ended, events, killedAt, outlivedMs, left: await gone(pidsIn(events)) };
  } finally {
    rmSync(bundles, { recursive: true, force: true });
  }
}
