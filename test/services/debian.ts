import { join } from 'node:path';
import { withLock } from './lock.js';
import { type CommandOptions, runCommand } from './run-command.js';

export interface DebianOptions {
  /** Our part of the user's cache folder. */
  readonly root: string;
  readonly isRoot: boolean;
  readonly signal?: AbortSignal | undefined;
}

const ENVIRONMENT = { DEBIAN_FRONTEND: 'noninteractive' };
const LIMIT_MS = 600_000;

/** Installs a package for the whole machine. Only for root. */
export function installPackage(name: string, options: DebianOptions): Promise<void> {
  return alone(options, async () => {
    await readPackageLists(options);
    await runCommand(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', name], {
      purpose: `Installing ${name}`,
      ...limits(options),
    });
  });
}

/** Puts a package's file into a folder and installs nothing, so that nothing is started either. Root is not needed, unless Debian's lists are not there. */
export function downloadPackage(name: string, folder: string, options: DebianOptions): Promise<void> {
  const download = () =>
    runCommand(['apt-get', 'download', '-qq', name], {
      purpose: `Downloading Debian's package ${name}`,
      cwd: folder,
      ...limits(options),
    });
  return alone(options, async () => {
    try {
      await download();
    } catch (error) {
      options.signal?.throwIfAborted();
      // A fresh machine has no lists yet, and those of an old one name files that are gone.
      if (!options.isRoot) throw error;
      await readPackageLists(options);
      await download();
    }
  });
}

async function readPackageLists(options: DebianOptions): Promise<void> {
  await runCommand(['apt-get', 'update', '-qq'], { purpose: "Reading Debian's list of packages", ...limits(options) });
}

function limits({ signal }: DebianOptions): Pick<CommandOptions, 'environment' | 'signal' | 'limitMs'> {
  return { environment: ENVIRONMENT, signal, limitMs: LIMIT_MS };
}

/** Two apt-gets at the same time refuse each other. */
async function alone(options: DebianOptions, work: () => Promise<void>): Promise<void> {
  const file = join(options.root, 'apt.lock');
  await withLock(file, { timeoutMs: 3 * LIMIT_MS, signal: options.signal }, work);
}
