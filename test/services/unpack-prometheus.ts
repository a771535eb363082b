import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadPackage } from './debian.js';
import { LauncherError } from './launcher-error.js';
import type { Machine } from './machine.js';
import { runCommand } from './run-command.js';
import { programsOf } from './tools.js';

export interface UnpackOptions {
  readonly root: string;
  readonly machine: Machine;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Installing the package would start a Prometheus that listens on all interfaces. */
export async function unpackPrometheus(draft: string, { root, machine, say, signal }: UnpackOptions): Promise<void> {
  say("Unpacking Prometheus from Debian's package …");
  await downloadPackage('prometheus', draft, { root, isRoot: machine.isRoot, signal });
  const [archive] = (await readdir(draft)).filter((name) => name.endsWith('.deb'));
  if (archive === undefined) throw new LauncherError("apt-get download left no package 'prometheus' behind.");
  const unpacked = join(draft, 'package');
  await runCommand(['dpkg-deb', '--extract', join(draft, archive), unpacked], {
    purpose: "Unpacking Debian's package prometheus",
    signal,
  });
  for (const program of programsOf('prometheus')) {
    await rename(join(unpacked, 'usr', 'bin', program), join(draft, program));
  }
  for (const left of [archive, 'package']) await rm(join(draft, left), { recursive: true });
}
