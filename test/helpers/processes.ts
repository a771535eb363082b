import { execFileSync } from 'node:child_process';

/** True when a process has ended. In a container without an init, one whose parent was killed stays in the table, as a zombie. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return true;
  }
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return state.trim().startsWith('Z');
  } catch {
    return true;
  }
}
