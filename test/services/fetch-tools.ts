import { mkdir } from 'node:fs/promises';
import { fetchWhole } from './fetch-whole.js';
import { buildCollector, buildTelemetrygen } from './go-programs.js';
import { LauncherError } from './launcher-error.js';
import type { Machine } from './machine.js';
import { isOnPath, missingForTools } from './missing-tools.js';
import { together } from './together.js';
import { type ToolName, toolEnvironment, toolFolder } from './tools.js';
import { unpackPrometheus } from './unpack-prometheus.js';

export interface FetchToolsOptions {
  /** Our part of the user's cache folder. */
  readonly root: string;
  readonly tools: readonly ToolName[];
  readonly machine: Machine;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sees to it that these tools are on this machine, and resolves with the variables that say where. What is there already, in
 * the cache or on the PATH, is not fetched again; what is missing is fetched at the same time.
 *
 * Throws with a sentence for each thing that is missing and cannot be fetched, before anything is fetched.
 */
export async function fetchTools(options: FetchToolsOptions): Promise<Readonly<Record<string, string>>> {
  const { root, tools, machine, signal } = options;
  const toFetch = tools.filter((tool) => !isOnPath(tool, machine));
  const missing = missingForTools(machine, toFetch, root);
  if (missing.length > 0) throw new LauncherError(missing.join('\n'));
  await mkdir(root, { recursive: true });
  await together(
    signal,
    toFetch.map(
      (tool) => (signal) =>
        fetchWhole(toolFolder(root, tool), signal, (draft) => FETCH[tool](draft, { ...options, signal })),
    ),
  );
  return Object.assign(
    {},
    ...tools.map((tool) => toolEnvironment(tool, toFetch.includes(tool) ? toolFolder(root, tool) : undefined)),
  ) as Record<string, string>;
}

/** Fills the draft of a tool's folder with its programs, and nothing else. */
type Fetch = (draft: string, options: FetchToolsOptions) => Promise<void>;

const FETCH: Readonly<Record<ToolName, Fetch>> = {
  otelcol: buildCollector,
  telemetrygen: buildTelemetrygen,
  prometheus: unpackPrometheus,
};
