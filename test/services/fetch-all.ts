import { dirname } from 'node:path';
import { fetchServices } from './fetch.js';
import { fetchTools } from './fetch-tools.js';
import type { Machine } from './machine.js';
import type { ServiceName } from './service-plan.js';
import { together } from './together.js';
import type { ToolName } from './tools.js';

export interface FetchAllOptions {
  /** The services' folder in our part of the user's cache. */
  readonly cache: string;
  readonly services: readonly ServiceName[];
  readonly tools: readonly ToolName[];
  readonly machine: Machine;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Fetched {
  /** Where the services' jars are. */
  readonly libraries: string;
  /** The variables that say where the tools are. */
  readonly tools: Readonly<Record<string, string>>;
}

/** Fetches what services and tools need, all at the same time. Throws with a sentence for each thing that cannot be fetched. */
export async function fetchAll({ services, tools, signal, ...options }: FetchAllOptions): Promise<Fetched> {
  let libraries = '';
  let variables: Fetched['tools'] = {};
  await together(signal, [
    async (signal) => {
      if (services.length > 0) libraries = await fetchServices({ ...options, services, signal });
    },
    async (signal) => {
      variables = await fetchTools({ ...options, root: dirname(options.cache), tools, signal });
    },
  ]);
  return { libraries, tools: variables };
}
