import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LauncherError } from './launcher-error.js';
import { expectFreePort } from './ports.js';
import { identify, isAlive, type ProcessIdentity } from './process-identity.js';
import { waitUntilReady } from './readiness.js';
import { type ServiceRecord, writeRecord } from './record.js';
import { runCommand } from './run-command.js';
import { OUTPUT_LOG, type ServicePlan } from './service-plan.js';
import { warmUp } from './warm-up.js';

export interface StartOptions {
  /** Where the service's record goes. */
  readonly folder: string;
  /** The service's own folder, empty. */
  readonly home: string;
  readonly readyLimitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts a service that goes on when this process ends, and waits until it is ready. Its record is there from the moment it
 * runs, so that whoever comes later can end it, also when this call throws.
 */
export async function startService(plan: ServicePlan, options: StartOptions): Promise<ServiceRecord> {
  const { folder, home, signal } = options;
  for (const port of plan.ports) await expectFreePort(plan.name, port);
  for (const [path, text] of Object.entries(plan.files)) writeFile(join(home, path), text);
  for (const command of plan.preparation) {
    await runCommand(command, {
      purpose: `Preparing ${plan.name}`,
      cwd: home,
      environment: plan.processEnvironment,
      signal,
    });
  }
  signal?.throwIfAborted();
  const record = { name: plan.name, process: launch(plan, home), isReady: false, environment: plan.environment };
  writeRecord(folder, record);
  await waitUntilReady(plan, { home, isAlive: () => isAlive(record.process), limitMs: options.readyLimitMs, signal });
  await warmUp(plan, signal);
  const ready = { ...record, isReady: true };
  writeRecord(folder, ready);
  return ready;
}

/** A session of its own: neither Ctrl-C nor the end of our terminal reaches it. */
function launch(plan: ServicePlan, home: string): ProcessIdentity {
  const [program, ...args] = plan.command;
  const output = openSync(join(home, OUTPUT_LOG), 'a', 0o600);
  try {
    const child = spawn(program, args, {
      cwd: home,
      env: { ...process.env, ...plan.processEnvironment },
      stdio: ['ignore', output, output],
      detached: true,
    });
    child.once('error', () => undefined);
    child.unref();
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (!identity) throw new LauncherError(`${plan.name} could not be started: ${plan.command.join(' ')}`);
    return identity;
  } finally {
    closeSync(output);
  }
}

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
}
