import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { down } from './launcher.js';

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

/** What the guard does: waits until its standard input closes, then clears up. */
export async function standGuard(folder: string): Promise<void> {
  process.stdin.resume();
  await once(process.stdin, 'close');
  await down({ folder });
  await rm(folder, { recursive: true, force: true });
}
