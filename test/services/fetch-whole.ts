import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { withLock } from './lock.js';

/** Longer than the longest fetch: whoever comes second waits for the first, and then has nothing to do. */
const LOCK_TIMEOUT_MS = 1_800_000;

/**
 * Fills a folder, unless it is there. It appears under its name when it is whole, never before; what an interrupted fetch has
 * left is removed. Of several launchers that want it, one fetches and the others wait.
 */
export async function fetchWhole(
  folder: string,
  signal: AbortSignal | undefined,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  if (existsSync(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  await withLock(`${folder}.lock`, { timeoutMs: LOCK_TIMEOUT_MS, signal }, async () => {
    if (existsSync(folder)) return;
    await removeDrafts(folder);
    const draft = await mkdtemp(draftPrefix(folder));
    await fill(draft);
    await rename(draft, folder);
  });
}

async function removeDrafts(folder: string): Promise<void> {
  const parent = dirname(folder);
  for (const entry of await readdir(parent)) {
    if (entry.startsWith(basename(draftPrefix(folder))))
      await rm(join(parent, entry), { recursive: true, force: true });
  }
}

function draftPrefix(folder: string): string {
  return `${folder}.draft-`;
}
