import { readdirSync, readFileSync } from 'node:fs';

/** Of the kernel's clock for processes, the same on all Linux machines. */
const MS_A_TICK = 10;

/** CPU time of this process so far, all threads. */
export function cpuMsOfThis(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** CPU time so far of the processes that this one started and that still run; 0 where there is no /proc. */
export function cpuMsOfChildren(): number {
  return processIds()
    .map(statOf)
    .filter((stat) => stat?.parent === process.pid)
    .reduce((sum, stat) => sum + (stat?.cpuMs ?? 0), 0);
}

function processIds(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function statOf(id: string): { readonly parent: number; readonly cpuMs: number } | undefined {
  try {
    // The name in brackets may hold anything.
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_A_TICK };
  } catch {
    return undefined;
  }
}
