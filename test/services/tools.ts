import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../helpers/repository.js';
import { DEBIAN_VERSIONS, GO_PINS, hashOf } from './pins.js';

/** Programs that tests start by themselves, on files of theirs. The launcher fetches them and tells where they are. */
export const TOOL_NAMES = ['otelcol', 'telemetrygen', 'prometheus'] as const;

export type ToolName = (typeof TOOL_NAMES)[number];

/** What the OpenTelemetry Collector is built from: the manifest for its builder, and the modules with their checksums. */
export const COLLECTOR_SOURCES = join(repositoryRoot, 'test', 'services', 'otel-collector');

type Variables = Readonly<Record<string, string | undefined>>;

/** Each tool's programs, by the variable that says where one is. */
const PROGRAMS: Readonly<Record<ToolName, Readonly<Record<string, string>>>> = {
  otelcol: { OTELCOL_BINARY: 'otelcol' },
  telemetrygen: { TELEMETRYGEN_BINARY: 'telemetrygen' },
  prometheus: { PROMETHEUS_BINARY: 'prometheus', PROMTOOL_BINARY: 'promtool' },
};

/** The names of a tool's programs. */
export function programsOf(tool: ToolName): readonly string[] {
  return Object.values(PROGRAMS[tool]);
}

/** The tools of which the environment does not say where they are. */
export function toolsWithoutAddress(environment: Variables): readonly ToolName[] {
  return TOOL_NAMES.filter((tool) => Object.keys(PROGRAMS[tool]).some((variable) => !environment[variable]));
}

/** Where a tool lies below our part of the cache: another folder as soon as anything that it is made from differs. */
export function toolFolder(root: string, tool: ToolName): string {
  return join(root, `${tool}-${hashOf(madeFrom(tool))}`);
}

/** What users of a tool must know; `folder` is where its programs are, none stands for the PATH. */
export function toolEnvironment(tool: ToolName, folder?: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(PROGRAMS[tool]).map(([variable, program]) => [
      variable,
      folder === undefined ? program : join(folder, program),
    ]),
  );
}

/** Where a program is: as the environment says, or as an earlier fetch has left it; undefined when it is not there. */
export function findProgram(variable: string, { environment, root }: { environment: Variables; root: string }) {
  const given = environment[variable];
  if (given) return given;
  const tool = TOOL_NAMES.find((name) => Object.hasOwn(PROGRAMS[name], variable));
  if (!tool) throw new Error(`${variable} is the variable of no tool.`);
  const path = toolEnvironment(tool, toolFolder(root, tool))[variable];
  return path !== undefined && existsSync(path) ? path : undefined;
}

function madeFrom(tool: ToolName): readonly string[] {
  switch (tool) {
    case 'otelcol':
      return [GO_PINS.collector, ...readdirSync(COLLECTOR_SOURCES).sort().flatMap(nameAndText)];
    case 'telemetrygen':
      return [GO_PINS.telemetrygen];
    case 'prometheus':
      return [DEBIAN_VERSIONS.prometheus];
    default:
      return tool satisfies never;
  }
}

function nameAndText(file: string): readonly string[] {
  return [file, readFileSync(join(COLLECTOR_SOURCES, file), 'utf8')];
}
