import { join } from 'node:path';
import { COPY_JARS, mavenProject } from './maven-project.js';
import { hashOf } from './pins.js';

/** Where the launcher keeps what it fetches: our part of the user's cache folder. */
export function cacheRoot(environment: NodeJS.ProcessEnv, home: string): string {
  const cache = environment['XDG_CACHE_HOME'];
  // The rule for this variable: a relative path counts as none.
  const base = cache?.startsWith('/') ? cache : join(home, '.cache');
  return join(base, 'tracecourt');
}

/** Where the services' jars and data are: a folder for each set of versions. */
export function cacheFolder(environment: NodeJS.ProcessEnv, home: string): string {
  return join(cacheRoot(environment, home), `services-${versionsKey()}`);
}

/** Differs as soon as anything about what is fetched does. */
export function versionsKey(): string {
  return hashOf([COPY_JARS, ...Object.entries(mavenProject()).flat()]);
}
