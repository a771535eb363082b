import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LauncherError } from './launcher-error.js';
import { withLock } from './lock.js';
import { type Machine, missingHere } from './machine.js';
import { COPY_JARS, mavenProject } from './maven-project.js';
import { runCommand } from './run-command.js';
import type { ServiceName } from './service-plan.js';

export interface FetchOptions {
  readonly cache: string;
  readonly services: readonly ServiceName[];
  readonly machine: Machine;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const LOCK_TIMEOUT_MS = 900_000;

/**
 * Sees to it that everything the services need is on this machine, and resolves with the folder of the jars. What is there
 * already is not fetched again; what is missing is fetched at the same time.
 *
 * Throws with a sentence for each thing that is missing and cannot be fetched, before anything is fetched.
 */
export async function fetchServices(options: FetchOptions): Promise<string> {
  const { cache, services, machine } = options;
  const libraries = join(cache, 'libraries');
  const redis = services.includes('redis');
  const java = services.some((name) => name !== 'redis');
  const missing = missingHere(machine, { redis, java, maven: java && !existsSync(libraries) });
  if (missing.length > 0) throw new LauncherError(missing.join('\n'));
  await mkdir(cache, { recursive: true });
  await withLock(join(cache, 'fetch.lock'), { timeoutMs: LOCK_TIMEOUT_MS, signal: options.signal }, () =>
    together(options.signal, [
      (signal) => (redis && !machine.has('redis-server') ? installRedis({ ...options, signal }) : Promise.resolve()),
      (signal) => (java && !existsSync(libraries) ? fetchJars(libraries, { ...options, signal }) : Promise.resolve()),
    ]),
  );
  return libraries;
}

/** Runs all to their end, the others cut short as soon as one fails, and throws the first error. */
async function together(
  outer: AbortSignal | undefined,
  works: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const giveUp = new AbortController();
  const signal = AbortSignal.any([giveUp.signal, ...(outer ? [outer] : [])]);
  const errors: unknown[] = [];
  const cutShort = (error: unknown) => {
    errors.push(error);
    giveUp.abort();
  };
  await Promise.all(works.map((work) => work(signal).catch(cutShort)));
  outer?.throwIfAborted();
  if (errors.length > 0) throw errors[0];
}

async function installRedis({ say, signal }: FetchOptions): Promise<void> {
  say('Installing redis-server with apt-get …');
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand(['apt-get', 'update', '-qq'], { purpose: "Reading Debian's list of packages", environment, signal });
  const install = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'redis-server'] as const;
  await runCommand(install, { purpose: 'Installing redis-server', environment, signal });
}

/** The folder appears under its name when it is whole; what an interrupted fetch has left is removed. */
async function fetchJars(libraries: string, { say, signal }: FetchOptions): Promise<void> {
  say('Fetching Kafka and Neo4j with Maven (about a minute) …');
  const cache = dirname(libraries);
  for (const entry of await readdir(cache)) {
    if (entry.startsWith('fetch-')) await rm(join(cache, entry), { recursive: true, force: true });
  }
  const draft = await mkdtemp(join(cache, 'fetch-'));
  for (const [path, text] of Object.entries(mavenProject())) {
    await mkdir(dirname(join(draft, path)), { recursive: true });
    await writeFile(join(draft, path), text);
  }
  await runCommand(['mvn', '--batch-mode', '--quiet', '--threads', '2', COPY_JARS], {
    purpose: 'Fetching Kafka and Neo4j',
    cwd: draft,
    signal,
  });
  await rename(draft, libraries);
}
