import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePorts } from '../services/ports.js';

/** A real redis-server of a test's own. */
export interface OwnRedis extends AsyncDisposable {
  readonly url: string;
}

/** It ends by itself after this time, should whoever started it be gone before it could end it. */
const LONGEST_LIFE_S = 300;

/**
 * Starts `redis-server` on a free port of 127.0.0.1, with no files, and with these settings besides. Throws with what it
 * printed when it does not get ready.
 */
export async function startOwnRedis(settings: readonly string[]): Promise<OwnRedis> {
  const [port = 0] = await freePorts(1);
  const own = [
    '--bind',
    '127.0.0.1',
    '--port',
    String(port),
    '--save',
    '',
    '--appendonly',
    'no',
    '--maxmemory',
    '64mb',
  ];
  const child = spawn('timeout', [String(LONGEST_LIFE_S), 'redis-server', ...own, ...settings], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  // Without the program it ends here too, and the message below says what to do.
  ended.catch(() => undefined);
  const printed: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    printed.push(line);
    if (line.includes('Ready to accept connections')) {
      child.stdout.resume();
      return {
        url: `redis://127.0.0.1:${port}`,
        [Symbol.asyncDispose]: async () => {
          child.kill();
          await ended;
        },
      };
    }
  }
  throw new Error(`redis-server did not get ready; is it installed? It printed:\n${printed.join('\n')}`);
}
