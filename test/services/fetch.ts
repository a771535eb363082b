import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { installPackage } from './debian.js';
import { fetchWhole } from './fetch-whole.js';
import { LauncherError } from './launcher-error.js';
import { type Machine, missingHere } from './machine.js';
import { COPY_JARS, mavenProject } from './maven-project.js';
import { runCommand } from './run-command.js';
import type { ServiceName } from './service-plan.js';
import { together } from './together.js';

export interface FetchOptions {
  readonly cache: string;
  readonly services: readonly ServiceName[];
  readonly machine: Machine;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const FETCH_LIMIT_MS = 900_000;

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
  await together(options.signal, [
    (signal) => (redis && !machine.has('redis-server') ? installRedis({ ...options, signal }) : Promise.resolve()),
    (signal) =>
      java ? fetchWhole(libraries, signal, (draft) => fetchJars(draft, { ...options, signal })) : Promise.resolve(),
  ]);
  return libraries;
}

async function installRedis({ cache, machine, say, signal }: FetchOptions): Promise<void> {
  say('Installing redis-server with apt-get …');
  await installPackage('redis-server', { root: dirname(cache), isRoot: machine.isRoot, signal });
}

async function fetchJars(draft: string, { say, signal }: FetchOptions): Promise<void> {
  say('Fetching Kafka and Neo4j with Maven (about a minute) …');
  for (const [path, text] of Object.entries(mavenProject())) {
    await mkdir(dirname(join(draft, path)), { recursive: true });
    await writeFile(join(draft, path), text);
  }
  await runCommand(['mvn', '--batch-mode', '--quiet', '--threads', '2', COPY_JARS], {
    purpose: 'Fetching Kafka and Neo4j',
    cwd: draft,
    limitMs: FETCH_LIMIT_MS,
    signal,
  });
}
