import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { kafkaPlan } from './kafka-plan.js';
import { LauncherError } from './launcher-error.js';
import { withLock } from './lock.js';
import { neo4jPlan } from './neo4j-plan.js';
import { readRecords, removeRecord, runningServices, type ServiceRecord } from './record.js';
import { redisPlan } from './redis-plan.js';
import {
  type PlanContext,
  SERVICE_NAMES,
  type ServiceName,
  type ServicePlan,
  type ServicePorts,
} from './service-plan.js';
import { startService } from './start-service.js';
import { stopProcesses } from './stop-processes.js';

/** One set of services: what belongs to it lives in its folder, and nothing else does. */
export interface ServiceSet {
  readonly folder: string;
}

export interface UpOptions extends ServiceSet {
  readonly services: readonly ServiceName[];
  readonly libraries: string;
  readonly ports: ServicePorts;
  readonly signal?: AbortSignal | undefined;
  /** Other programs in place of the servers. */
  readonly plans?: Plans;
}

/** How each service is planned. */
export type Plans = Readonly<Record<ServiceName, (context: PlanContext) => ServicePlan>>;

const PLANS: Plans = {
  redis: redisPlan,
  kafka: kafkaPlan,
  neo4j: neo4jPlan,
};

const READY_LIMIT_MS = 120_000;
const STOP_GRACE_MS = 20_000;
const LOCK_TIMEOUT_MS = 180_000;

/**
 * Starts those of the services that do not run yet, all at the same time, and resolves with the records of all.
 *
 * When one cannot be started, the others are not waited for: everything that this call has started is ended, and the first
 * error is thrown. Services that ran before stay.
 */
export function up(options: UpOptions): Promise<readonly ServiceRecord[]> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  return locked(options.folder, options.signal, async () => {
    const running = new Set(runningServices(options.folder).map(({ name }) => name));
    const missing = options.services.filter((name) => !running.has(name));
    await endServices(options.folder, missing);
    await startAll(missing, options);
    return runningServices(options.folder).filter(({ name }) => options.services.includes(name));
  });
}

/** Ends the services of this set and removes their data. Harmless when there are none. */
export async function down({ folder }: ServiceSet): Promise<readonly ServiceName[]> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return locked(folder, undefined, async () => {
    const running = runningServices(folder).map(({ name }) => name);
    await endServices(folder, SERVICE_NAMES);
    return running;
  });
}

function locked<T>(folder: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  return withLock(join(folder, 'lock'), { timeoutMs: LOCK_TIMEOUT_MS, signal }, work);
}

async function startAll(names: readonly ServiceName[], options: UpOptions): Promise<void> {
  const giveUp = new AbortController();
  const signal = AbortSignal.any([giveUp.signal, ...(options.signal ? [options.signal] : [])]);
  const errors: unknown[] = [];
  await Promise.all(
    names.map((name) =>
      startOne(name, { ...options, signal }).catch((error: unknown) => {
        errors.push(error);
        giveUp.abort();
      }),
    ),
  );
  if (errors.length === 0) return;
  await endServices(options.folder, names);
  options.signal?.throwIfAborted();
  throw errors[0];
}

async function startOne(name: ServiceName, options: UpOptions): Promise<void> {
  const { folder, libraries, ports, signal, plans = PLANS } = options;
  const home = await mkdtemp(join(folder, `${name}-`));
  const password = randomBytes(12).toString('hex');
  const clusterId = randomBytes(16).toString('base64url');
  const plan = plans[name]({ home, libraries, ports, password, clusterId });
  await startService(plan, { folder, home, readyLimitMs: READY_LIMIT_MS, signal });
}

/** Ends what runs under these names, ready or not, and removes what it leaves: its record and its folder. */
async function endServices(folder: string, names: readonly ServiceName[]): Promise<void> {
  const records = readRecords(folder).filter(({ name }) => names.includes(name));
  const left = await stopProcesses(
    records.map(({ process }) => process),
    { graceMs: STOP_GRACE_MS },
  );
  if (left.length > 0) {
    throw new LauncherError(
      `These processes did not end: ${left.map(({ pid }) => pid).join(', ')}. Look at them by hand.`,
    );
  }
  for (const entry of await readdir(folder)) {
    if (names.some((name) => entry.startsWith(`${name}-`)))
      await rm(join(folder, entry), { recursive: true, force: true });
  }
  for (const name of names) await removeRecord(folder, name);
}
