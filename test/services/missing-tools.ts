import { existsSync } from 'node:fs';
import { type Machine, missingFlock } from './machine.js';
import { OLDEST_GO } from './pins.js';
import { programsOf, type ToolName, toolFolder } from './tools.js';

/** What is missing here to fetch these tools, and how to get it, a sentence each. What is here already needs nothing. */
export function missingForTools(machine: Machine, tools: readonly ToolName[], root: string): readonly string[] {
  const absent = tools.filter((tool) => !isOnPath(tool, machine) && !existsSync(toolFolder(root, tool)));
  if (absent.length === 0) return [];
  if (machine.platform !== 'linux') {
    return [
      `The launcher needs Linux, and this is ${machine.platform}. Get ${absent.join(', ')} yourself: docs/real-services.md names the variables that say where they are.`,
    ];
  }
  return [
    ...missingFlock(machine),
    ...(absent.some((tool) => tool !== 'prometheus') ? missingGo(machine.go) : []),
    ...(absent.includes('prometheus') ? missingPrometheus(machine) : []),
  ];
}

/** Only Debian's Prometheus counts there: a Collector on the PATH may be of any version and lack any part. */
export function isOnPath(tool: ToolName, { has }: Machine): boolean {
  return tool === 'prometheus' && programsOf(tool).every(has);
}

function missingGo(go: number | undefined): readonly string[] {
  if (go !== undefined && go >= OLDEST_GO) return [];
  const what = go === undefined ? 'is missing' : `is needed, and this is Go 1.${go}`;
  return [
    `Go 1.${OLDEST_GO} or newer ${what}: the OpenTelemetry Collector and telemetrygen are built with it. https://go.dev/dl/ has it.`,
  ];
}

function missingPrometheus({ has }: Machine): readonly string[] {
  if (has('apt-get') && has('dpkg-deb')) return [];
  return [
    'Prometheus is missing, and there is no apt-get to get it with. Put prometheus and promtool on the PATH, or say in PROMETHEUS_BINARY and PROMTOOL_BINARY where they are.',
  ];
}
