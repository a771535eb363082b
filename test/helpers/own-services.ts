import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../services/cache-folder.js';
import { environmentOf } from '../services/environment.js';
import { fetchServices } from '../services/fetch.js';
import { postGuard } from '../services/guard.js';
import { down, up } from '../services/launcher.js';
import { thisMachine } from '../services/machine.js';
import { anyPorts } from '../services/port-settings.js';
import { SERVICE_NAMES, type ServiceName } from '../services/service-plan.js';

/** Real servers of a test's own, which it may kill. Disposing ends them and removes their data. */
export interface OwnServices extends AsyncDisposable {
  /** Starts those that do not run, empty, at the addresses that they had. */
  whole(): Promise<Readonly<Record<string, string>>>;
  pidOf(name: ServiceName): number;
}

/** A set of all three real servers, in a folder and on ports of its own. */
export async function ownServices(): Promise<OwnServices> {
  const { signal } = new AbortController();
  const cache = cacheFolder(process.env, homedir());
  const wanted = { services: SERVICE_NAMES, machine: await thisMachine(), say: () => undefined, signal };
  const libraries = await fetchServices({ cache, ...wanted });
  const folder = await mkdtemp(join(tmpdir(), 'tracecourt-services-'));
  const guard = await postGuard(folder);
  const ports = await anyPorts();
  const pids = new Map<ServiceName, number>();
  return {
    async whole() {
      const records = await up({ folder, services: SERVICE_NAMES, libraries, ports, signal });
      for (const { name, process } of records) pids.set(name, process.pid);
      return environmentOf(records);
    },
    pidOf: (name) => pids.get(name) ?? 0,
    async [Symbol.asyncDispose]() {
      await down({ folder });
      await guard.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
