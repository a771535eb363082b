import { ProblemList } from '../lib/problem-list.js';
import { show } from '../lib/schema-problems.js';
import type { TextProblem } from '../lib/yaml-document.js';
import { readYaml } from '../lib/yaml-document.js';
import type {
  CompiledFlow,
  FlowNode,
  FlowStep,
  HandoffDeclarations,
  Invariant,
  OutboxRule,
  VoteRule,
} from '../model/index.js';
import { checkExpression } from './check-expression.js';
import { entriesOf, type FlowReading, isMap, knowsName, knowsStep, type PlainMap, read } from './flow-reading.js';
import { handoffsSchema, outboxSchema, settingSchemas, TOP_LEVEL_KEYS, votesSchema } from './flow-schema.js';
import { type FlowSurroundings, fillParameters, readParameters } from './parameters.js';
import { readBudgets } from './read-budgets.js';
import { readEffects } from './read-effects.js';
import { readExamples } from './read-examples.js';
import { readForbidden } from './read-forbidden.js';
import { readLeases } from './read-leases.js';
import { checkParts, readOrder } from './read-order.js';
import { readRules } from './read-rules.js';
import { readSteps } from './read-steps.js';
import { readVersions } from './read-versions.js';

/** The flow, or all that is wrong with it; never both. */
export type FlowCompilation =
  | { readonly ok: true; readonly flow: CompiledFlow }
  | { readonly ok: false; readonly problems: readonly TextProblem[] };

export function compileFlow(text: string, surroundings: FlowSurroundings = {}): FlowCompilation {
  const document = readYaml(text);
  const problems = new ProblemList(document);
  if (problems.size > 0) return { ok: false, problems: problems.inOrder() };
  const { data } = document;
  if (!isMap(data)) {
    problems.add([], `expected a map with ${TOP_LEVEL_KEYS.slice(0, 5).join(', ')}, got ${show(data)}`);
    return { ok: false, problems: problems.inOrder() };
  }
  const parameters = readParameters(data['parameters'], { ...given(surroundings), problems });
  const { environment = {} } = surroundings;
  const flow = readFlow(fillParameters(data, { parameters, environment, problems }), { parameters, problems });
  return flow && problems.size === 0 ? { ok: true, flow } : { ok: false, problems: problems.inOrder() };
}

function given({ parameters }: FlowSurroundings): { readonly given?: NonNullable<FlowSurroundings['parameters']> } {
  return parameters ? { given: parameters } : {};
}

function readFlow(
  data: PlainMap,
  { parameters, problems }: { readonly parameters: CompiledFlow['parameters']; readonly problems: ProblemList },
): CompiledFlow | undefined {
  const flows = data['flows'];
  const reading: FlowReading = {
    stepNames: keysOf(data['steps']),
    valueNames: keysOf(data['values']),
    effectNames: keysOf(data['effects']),
    parameterNames: Object.keys(parameters),
    parts: isMap(flows) ? flows : {},
    problems,
  };
  for (const key of Object.keys(data)) {
    knowsName('key', key, { known: TOP_LEVEL_KEYS, path: [key], reading, part: 'key' });
  }
  entriesOf(flows, ['flows'], reading);
  checkParts(reading);
  const settings = readSettings(data, reading);
  const parts = {
    steps: readSteps(data['steps'], reading),
    values: readValues(data['values'], reading),
    rules: readRules(data['rules'], reading),
    budgets: readBudgets(data['budgets'], reading),
    invariants: readInvariants(data['invariants'], reading),
    forbidden: readForbidden(data['forbidden-attributes'], reading),
    effects: readEffects(data['effects'], reading),
    votes: readVotes(data['votes'], reading),
    outbox: readOutbox(data['outbox'], reading),
    leases: readLeases(data['leases'], reading),
    versions: readVersions(data['versions'], reading),
    handoffs: readHandoffs(data['handoffs'], reading),
    examples: readExamples(data['examples'], reading),
  };
  checkParentCircles(parts.effects, reading);
  const order = data['order'] === undefined ? anyOrderOf(parts.steps) : readOrder(data['order'], ['order'], reading);
  return order && settings && { ...settings, ...parts, parameters, order };
}

/** A flow that says nothing of the order: each step as often as it likes. */
function anyOrderOf(steps: readonly FlowStep[]): FlowNode {
  const children = steps.map(
    ({ name }): FlowNode => ({
      kind: 'repeat',
      child: { kind: 'step', step: name },
      min: 0,
      max: null,
      parallel: true,
    }),
  );
  return { kind: 'parallel', children };
}

const INVARIANT_ROOTS = ['steps', 'spans', 'stores', 'values', 'params', 'request'];

function readInvariants(data: unknown, reading: FlowReading): readonly Invariant[] {
  return entriesOf(data, ['invariants'], reading).flatMap(([name, expression]) => {
    const path = ['invariants', name];
    if (typeof expression !== 'string') {
      reading.problems.add(path, `expected a CEL expression, got ${show(expression)}`);
      return [];
    }
    checkExpression(expression, path, { roots: INVARIANT_ROOTS, values: reading.valueNames, truth: true }, reading);
    return [{ name, expression }];
  });
}

function keysOf(value: unknown): readonly string[] {
  return isMap(value) ? Object.keys(value) : [];
}

function readSettings(data: PlainMap, reading: FlowReading) {
  const required = { version: data['version'], flow: data['flow'] };
  for (const [key, value] of Object.entries(required)) {
    if (value === undefined)
      reading.problems.add([], `"${key}" is missing: expected ${key === 'version' ? '1' : "the flow's name"}`);
  }
  if (required.version === undefined || required.flow === undefined) return undefined;
  const version = read(settingSchemas.version, data['version'], ['version'], reading);
  const name = read(settingSchemas.flow, data['flow'], ['flow'], reading);
  const unexpected = read(settingSchemas.unexpected, data['unexpected'], ['unexpected'], reading) ?? 'report';
  const trust = read(settingSchemas.trust, data['trust'], ['trust'], reading) ?? 'accounted';
  const prove = read(settingSchemas.prove, data['prove'], ['prove'], reading) ?? false;
  const correlation = read(settingSchemas.correlation, data['correlation'], ['correlation'], reading) ?? [];
  return version && name ? { version, name, unexpected, trust, prove, correlation } : undefined;
}

function readValues(data: unknown, reading: FlowReading): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [name, text] of entriesOf(data, ['values'], reading)) {
    const path = ['values', name];
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      reading.problems.add(path, "a value's name must hold letters, digits and _ only", { part: 'key' });
    }
    if (typeof text !== 'string') {
      reading.problems.add(path, `expected a CEL expression, got ${show(text)}`);
      continue;
    }
    checkExpression(text, path, { roots: ['steps', 'values', 'params'], values: Object.keys(values) }, reading);
    values[name] = text;
  }
  return values;
}

function readVotes(data: unknown, reading: FlowReading): VoteRule | undefined {
  const votes = data === undefined ? undefined : read(votesSchema, data, ['votes'], reading);
  if (!votes) return undefined;
  knowsStep(votes.step, ['votes', 'step'], reading);
  knowsName('effect', votes.outcome, { known: reading.effectNames, path: ['votes', 'outcome'], reading });
  if (votes.needed > votes.of) {
    reading.problems.add(['votes', 'needed'], `${votes.needed} votes are needed, but there are only ${votes.of}`);
  }
  return { ...votes, voter: votes.voter };
}

function readOutbox(data: unknown, reading: FlowReading): readonly OutboxRule[] {
  if (data === undefined) return [];
  const rules = read(outboxSchema.array(), data, ['outbox'], reading) ?? [];
  rules.forEach((rule, index) => {
    for (const part of ['commit', 'publish'] as const) {
      const path = ['outbox', index, part];
      knowsName('effect', rule[part], { known: reading.effectNames, path, reading });
    }
  });
  return rules;
}

function readHandoffs(data: unknown, reading: FlowReading): HandoffDeclarations {
  const handoffs = data === undefined ? undefined : read(handoffsSchema, data, ['handoffs'], reading);
  return { consumers: handoffs?.consumers ?? {}, uninstrumented: handoffs?.uninstrumented ?? [] };
}

function checkParentCircles(effects: CompiledFlow['effects'], reading: FlowReading): void {
  const parents = new Map(effects.map((effect) => [effect.step, effect.parent]));
  for (const { step, query } of effects) {
    const visited = new Set<string>();
    let next = parents.get(step);
    while (next !== undefined && next !== step && !visited.has(next)) {
      visited.add(next);
      next = parents.get(next);
    }
    if (next === step)
      reading.problems.add(['effects', step, query.store, 'parent'], `effect "${step}" is its own ancestor`);
  }
}
