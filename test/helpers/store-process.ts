import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StoreName } from '../../src/model/index.js';

const PROGRAM = fileURLToPath(new URL('./one-store.js', import.meta.url));

/** A store that is a process of its own, to be killed. Disposing ends it, however it is. */
export interface StoreProcess extends AsyncDisposable {
  readonly store: StoreName;
  readonly pid: number;
  /** What a service needs in its environment to find it. */
  readonly environment: Readonly<Record<string, string>>;
}

const VARIABLES: Readonly<Record<StoreName, string>> = {
  neo4j: 'NEO4J_URL',
  redis: 'REDIS_URL',
  kafka: 'KAFKA_BROKERS',
};

/** Starts an embedded store in a process that ends with this one. */
export async function startStoreProcess(store: StoreName): Promise<StoreProcess> {
  const child = spawn(process.execPath, [PROGRAM, store], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(([code]) => Promise.reject(new Error(`the embedded ${store} ended with ${code} before it was ready`))),
  ])) as [string];
  return {
    store,
    pid: child.pid ?? 0,
    environment: { [VARIABLES[store]]: (JSON.parse(line) as { readonly url: string }).url },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
