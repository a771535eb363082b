import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { down } from './launcher.js';
import { identify, type ProcessIdentity } from './process-identity.js';
import { stopProcesses } from './stop-processes.js';

const USER = 'user.json';
const USER_GRACE_MS = 10_000;
const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));

/** A small process that ends a set of services and removes its folder when the process that started it has gone, however that ended. */
export interface Guard {
  /** Lets it do its work, and waits for it. */
  release(): Promise<void>;
}

/** Posts a guard over the services in this folder. To be posted before the first of them starts. */
export async function postGuard(folder: string): Promise<Guard> {
  const child = spawn(process.execPath, [MAIN, 'guard', folder], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  await once(child, 'spawn');
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'exit');
  return {
    release: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** Tells the guard of a process group that uses the services, by its leader, to be ended before them. A later one takes the place of an earlier one. */
export function putUnderGuard(folder: string, pid: number): void {
  writeFileSync(join(folder, USER), JSON.stringify(identify(pid) ?? null), { mode: 0o600 });
}

/** What the guard does: waits until its standard input closes, then clears up. */
export async function standGuard(folder: string): Promise<void> {
  process.stdin.resume();
  await once(process.stdin, 'close');
  await stopProcesses(underGuard(folder), { graceMs: USER_GRACE_MS, groups: true });
  await down({ folder });
  await rm(folder, { recursive: true, force: true });
}

function underGuard(folder: string): readonly ProcessIdentity[] {
  try {
    const user = JSON.parse(readFileSync(join(folder, USER), 'utf8')) as ProcessIdentity | null;
    return user ? [user] : [];
  } catch {
    return [];
  }
}
