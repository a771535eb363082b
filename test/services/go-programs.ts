import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GO_PINS } from './pins.js';
import { type CommandOptions, runCommand } from './run-command.js';
import type { Command } from './service-plan.js';
import { COLLECTOR_SOURCES } from './tools.js';

export interface BuildOptions {
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const BUILD_LIMIT_MS = 1_200_000;

/** Its builder writes the sources, and they are compiled with the modules and checksums that are committed here. */
export async function buildCollector(draft: string, { say, signal }: BuildOptions): Promise<void> {
  say('Building the OpenTelemetry Collector from its Go modules (about two minutes) …');
  const purpose = 'Building the OpenTelemetry Collector';
  const run = (command: Command, options: Partial<CommandOptions>) =>
    runCommand(command, { purpose, limitMs: BUILD_LIMIT_MS, signal, ...options });
  const source = join(draft, 'source');
  await cp(COLLECTOR_SOURCES, source, { recursive: true });
  const builder = `go.opentelemetry.io/collector/cmd/builder@v${GO_PINS.collector}`;
  await run(['go', 'install', builder], { environment: goEnvironment(draft) });
  await rename(join(source, 'manifest.yaml'), join(draft, 'manifest.yaml'));
  await run([join(draft, 'builder'), '--config', 'manifest.yaml', '--skip-compilation', '--skip-get-modules'], {
    cwd: draft,
  });
  await run(['go', 'build', '-mod=readonly', '-trimpath', '-ldflags=-s -w', '-o', join(draft, 'otelcol'), '.'], {
    cwd: source,
    environment: goEnvironment(draft),
  });
  for (const left of ['source', 'builder']) await rm(join(draft, left), { recursive: true });
}

export async function buildTelemetrygen(draft: string, { say, signal }: BuildOptions): Promise<void> {
  say('Building telemetrygen from its Go modules …');
  const module = 'github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen';
  await runCommand(['go', 'install', '-trimpath', '-ldflags=-s -w', `${module}@v${GO_PINS.telemetrygen}`], {
    purpose: 'Building telemetrygen',
    environment: goEnvironment(draft),
    limitMs: BUILD_LIMIT_MS,
    signal,
  });
}

/** No C compiler is asked for, and no workspace that this folder happens to lie in counts. */
function goEnvironment(draft: string): NodeJS.ProcessEnv {
  return { GOBIN: draft, CGO_ENABLED: '0', GOWORK: 'off' };
}
