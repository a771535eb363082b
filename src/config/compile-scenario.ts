import { dirname, resolve } from 'node:path';
import { ProblemList } from '../lib/problem-list.js';
import { checkShape, show, unknownName } from '../lib/schema-problems.js';
import { type DataPath, readYaml, type TextProblem } from '../lib/yaml-document.js';
import type { HttpTrigger, TestScenario } from '../model/index.js';
import { asDefectChannel, checkDefects } from './read-defects.js';
import { type ScenarioShape, scenarioSchema } from './scenario-schema.js';

/** The scenario, or all that is wrong with it; never both. */
export type ScenarioCompilation =
  | { readonly ok: true; readonly scenario: TestScenario }
  | { readonly ok: false; readonly problems: readonly TextProblem[] };

export function compileScenario(text: string, file: string): ScenarioCompilation {
  const document = readYaml(text);
  const problems = new ProblemList(document);
  if (problems.size > 0) return { ok: false, problems: problems.inOrder() };
  const shape = checkShape(scenarioSchema, document.data, { path: [], problems });
  if (shape?.defects) checkDefects(shape.defects, problems);
  const services = namesOf(document.data, 'start');
  checkUnique(services, { part: 'start', problems });
  checkUnique(namesOf(document.data, 'requests'), { part: 'requests', problems });
  for (const [index, service] of partsOf(document.data, 'start').entries()) {
    checkReferences(service, ['start', index], { known: services.slice(0, index), later: services, problems });
  }
  for (const [index, request] of shape?.requests.entries() ?? [])
    checkUrl(request.http.url, ['requests', index, 'http', 'url'], problems);
  for (const [name, url] of Object.entries(shape?.health ?? {})) checkUrl(url, ['health', name], problems);
  const everyone = { known: services, later: [], problems };
  checkReferences(partsOf(document.data, 'requests'), ['requests'], everyone);
  checkReferences(partOf(document.data, 'health'), ['health'], everyone);
  return shape && problems.size === 0
    ? { ok: true, scenario: asScenario(shape, resolve(file)) }
    : { ok: false, problems: problems.inOrder() };
}

function asScenario(shape: ScenarioShape, file: string): TestScenario {
  const folder = dirname(file);
  return {
    version: 1,
    name: shape.scenario,
    file,
    flow: resolve(folder, shape.flow),
    start: shape.start.map((service) => ({ ...service, cwd: folder })),
    health: shape.health,
    requests: shape.requests.map(({ name, http }) => ({ name, http: asTrigger(http) })),
    timeouts: {
      startMs: shape.timeouts.start,
      requestMs: shape.timeouts.request,
      quietMs: shape.timeouts.quiet,
    },
    defects: shape.defects && asDefectChannel(shape.defects),
  };
}

/** A body that is no text is sent as JSON, and says so unless the scenario names a type. */
function asTrigger({ body, ...http }: ScenarioShape['requests'][number]['http']): HttpTrigger {
  if (body === undefined || typeof body === 'string') return { ...http, body };
  const typed = Object.keys(http.headers).some((header) => header.toLowerCase() === 'content-type');
  const headers = typed ? http.headers : { 'content-type': 'application/json', ...http.headers };
  return { ...http, headers, body: JSON.stringify(body) };
}

function partOf(data: unknown, key: string): unknown {
  return typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>)[key] : undefined;
}

function partsOf(data: unknown, key: string): readonly unknown[] {
  const part = partOf(data, key);
  return Array.isArray(part) ? part : [];
}

function namesOf(data: unknown, key: string): readonly string[] {
  return partsOf(data, key).map((part) => String(partOf(part, 'name') ?? ''));
}

function checkUnique(
  names: readonly string[],
  { part, problems }: { readonly part: string; readonly problems: ProblemList },
): void {
  names.forEach((name, index) => {
    if (name === '' || names.indexOf(name) === index) return;
    problems.add([part, index, 'name'], `"${name}" is already the name of another of ${part}`);
  });
}

/** What a reference at its beginning comes to is a service's address, which has its own protocol. */
function checkUrl(url: string, path: DataPath, problems: ProblemList): void {
  if (url.startsWith('${')) return;
  const filled = url.replace(REFERENCE, '0');
  if (!/^https?:\/\//i.test(url) || !URL.canParse(filled))
    problems.add(
      path,
      `expected an address like http://127.0.0.1:8080/orders or \${<service>.http}/orders, got ${show(url)}`,
    );
}

interface References {
  readonly known: readonly string[];
  /** Services that exist but start later. */
  readonly later: readonly string[];
  readonly problems: ProblemList;
}

const REFERENCE = /\$\{([^}]*)\}/g;

function checkReferences(data: unknown, path: DataPath, references: References): void {
  if (typeof data === 'string') {
    for (const match of data.matchAll(REFERENCE)) {
      const problem = referenceProblem(match[1] ?? '', references);
      if (problem !== undefined) references.problems.add(path, problem, { offset: match.index });
    }
  } else if (Array.isArray(data)) {
    data.forEach((item, index) => void checkReferences(item, [...path, index], references));
  } else if (typeof data === 'object' && data !== null) {
    for (const [key, value] of Object.entries(data)) checkReferences(value, [...path, key], references);
  }
}

function referenceProblem(reference: string, { known, later }: References): string | undefined {
  if (reference === 'run.id') return undefined;
  const [name = '', part, ...rest] = reference.split('.');
  if (part !== 'http' || rest.length > 0) {
    return `expected \${<service>.http} or \${run.id}, got \${${reference}}`;
  }
  if (known.includes(name)) return undefined;
  return later.includes(name)
    ? `service "${name}" has not started yet: start it before`
    : unknownName('service', name, known);
}
