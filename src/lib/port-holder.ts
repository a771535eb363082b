import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

/** A process that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  readonly name: string;
}

const LSOF_LIMIT_MS = 3_000;

/**
 * The process that listens on a TCP port of this machine; undefined when it cannot be told: it is another user's, or this
 * system gives no such answers.
 */
export function portHolder(port: number): Promise<PortHolder | undefined> {
  return process.platform === 'linux' ? holderByProc(port) : holderByLsof(port);
}

/** Each open socket is a link in /proc/PID/fd to the number that /proc/net/tcp has for the port. */
async function holderByProc(port: number): Promise<PortHolder | undefined> {
  const links = new Set((await listeningInodes(port)).map((inode) => `socket:[${inode}]`));
  if (links.size === 0) return undefined;
  for (const pid of await orElse(readdir('/proc'), [])) {
    if (!/^\d+$/.test(pid)) continue;
    for (const fd of await orElse(readdir(`/proc/${pid}/fd`), [])) {
      if (links.has(await orElse(readlink(`/proc/${pid}/fd/${fd}`), '')))
        return { pid: Number(pid), name: await nameOf(pid) };
    }
  }
  return undefined;
}

const LISTENING = '0A';

async function listeningInodes(port: number): Promise<readonly string[]> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((file) => orElse(readFile(`/proc/net/${file}`, 'utf8'), '')));
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = tables.flatMap((table) => table.split('\n').slice(1)).map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([, local = '', , state, , , , , , inode]) =>
    local.endsWith(suffix) && state === LISTENING && inode !== undefined ? [inode] : [],
  );
}

/** The program, and for Node what it runs: `node bin/tracecourt.js`. */
async function nameOf(pid: string): Promise<string> {
  const words = (await orElse(readFile(`/proc/${pid}/cmdline`, 'utf8'), '')).split('\0').filter((word) => word !== '');
  const [program = 'a process', script] = words;
  return [basename(program), ...(script === undefined || script.startsWith('-') ? [] : [script])].join(' ');
}

async function holderByLsof(port: number): Promise<PortHolder | undefined> {
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'];
  const { stdout } = await orElse(promisify(execFile)('lsof', args, { timeout: LSOF_LIMIT_MS }), {
    stdout: '',
    stderr: '',
  });
  const [, pid, name] = /^p(\d+)\n(?:.*\n)*?c(.*)$/m.exec(String(stdout)) ?? [];
  return pid === undefined || name === undefined ? undefined : { pid: Number(pid), name };
}

function orElse<T>(attempt: Promise<T>, otherwise: T): Promise<T> {
  return attempt.catch(() => otherwise);
}
