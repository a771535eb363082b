import { readFileSync } from 'node:fs';

/** A process that cannot be confused with a later one of the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the kernel's ticks since this boot. */
  readonly startTicks: number;
  /** Which boot that was. */
  readonly bootId: string;
}

export interface ProcessStat {
  /** The kernel's letter: R, S, D, …; Z is a zombie. */
  readonly state: string;
  readonly startTicks: number;
}

/**
 * Reads a line of `/proc/PID/stat`. The program's name stands in parentheses and may hold blanks and parentheses itself, so
 * what counts is behind the last one. Undefined when the line is not of that shape.
 */
export function parseStat(line: string): ProcessStat | undefined {
  const [state, ...rest] = line
    .slice(line.lastIndexOf(')') + 1)
    .trim()
    .split(/\s+/);
  const startTicks = Number(rest[18]);
  return state && line.includes(')') && Number.isInteger(startTicks) ? { state, startTicks } : undefined;
}

/** Who runs under this number; undefined when nobody does. A zombie is nobody: it serves nothing, whoever has to bury it. */
export function identify(pid: number): ProcessIdentity | undefined {
  const line = readOrNothing(`/proc/${pid}/stat`);
  const stat = line === undefined ? undefined : parseStat(line);
  if (!stat || stat.state === 'Z' || stat.state === 'X') return undefined;
  return { pid, startTicks: stat.startTicks, bootId: bootId() };
}

/** True while that very process runs. */
export function isAlive(process: ProcessIdentity): boolean {
  const found = identify(process.pid);
  return found?.startTicks === process.startTicks && found.bootId === process.bootId;
}

function bootId(): string {
  return readOrNothing('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
