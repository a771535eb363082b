import {
  type Budget,
  budgetText,
  type CompiledFlow,
  type FlowComparison,
  type FlowDifference,
  type FlowNode,
  type FlowStep,
  type PlacedDifference,
  type Rule,
  ruleText,
} from '../../model/index.js';
import { type Accepts, diffOrders } from './diff-orders.js';

/** What two flows say differently, however each of them is spelt. Names and examples say nothing of what a request must do: they are not compared. */
export function diffFlows(left: CompiledFlow, right: CompiledFlow, accepts: Accepts): FlowComparison {
  const renamed = renamedSteps(left, right);
  const known = renameIn(left, renamed);
  const steps = diffSteps(known, right);
  const orders = diffAllOrders(known, right, accepts);
  return {
    differences: [
      ...[...renamed].map(([from, to]): FlowDifference => ({ kind: 'renamed', left: from, right: to })),
      ...steps,
      ...orders.flatMap(({ differences }) => differences),
      ...diffParts(known, right),
    ],
    respelt: orders.flatMap(({ respelt }) => respelt ?? []),
  };
}

/** Steps that only one of them knows, and whose spans are those of a step that only the other one knows: by name on the left, the name on the right. */
function renamedSteps(left: CompiledFlow, right: CompiledFlow): ReadonlyMap<string, string> {
  const [gone, come] = [stepsNotIn(left, right), stepsNotIn(right, left)];
  const renamed = new Map<string, string>();
  for (const step of gone) {
    const alike = come.filter((other) => spansOf(other) !== undefined && spansOf(other) === spansOf(step));
    const [only] = alike;
    const rivals = gone.filter((other) => spansOf(other) === spansOf(step));
    if (only && alike.length === 1 && rivals.length === 1) renamed.set(step.name, only.name);
  }
  return renamed;
}

function stepsNotIn(flow: CompiledFlow, other: CompiledFlow): readonly FlowStep[] {
  return flow.steps.filter(({ name }) => !other.steps.some((step) => step.name === name));
}

/** What a step's spans are known by, but for its name; undefined where they are known by that. */
function spansOf({ matcher: { step: _step, service, ...criteria } }: FlowStep): string | undefined {
  return Object.keys(criteria).length === 0 ? undefined : textOf({ service, ...criteria });
}

/** Where a flow's data holds names of steps. Expressions hold them too, in a spelling of their own: those stay. */
const STEP_KEYS: ReadonlySet<string> = new Set([
  ...['step', 'name', 'under', 'from', 'to', 'parent', 'commit', 'publish', 'grantedBy', 'outcome'],
  ...['steps', 'writtenBy', 'readBy'],
]);

/** The flow with its steps named as the other names them. */
function renameIn(flow: CompiledFlow, renamed: ReadonlyMap<string, string>): CompiledFlow {
  if (renamed.size === 0) return flow;
  const rename = (value: unknown): unknown => (typeof value === 'string' ? (renamed.get(value) ?? value) : value);
  const data: unknown = JSON.parse(JSON.stringify(flow), (key, value: unknown) => {
    if (!STEP_KEYS.has(key)) return value;
    return Array.isArray(value) ? value.map(rename) : rename(value);
  });
  return data as CompiledFlow;
}

function diffSteps(left: CompiledFlow, right: CompiledFlow): readonly FlowDifference[] {
  const one = stepsNotIn(left, right).map(({ name }): FlowDifference => ({ kind: 'step', step: name, only: 'left' }));
  const other = stepsNotIn(right, left).map(
    ({ name }): FlowDifference => ({ kind: 'step', step: name, only: 'right' }),
  );
  const changed = left.steps.flatMap((step) => {
    const twin = right.steps.find(({ name }) => name === step.name);
    return twin ? diffStep(step, twin) : [];
  });
  return [...one, ...other, ...changed];
}

function diffStep(left: FlowStep, right: FlowStep): readonly FlowDifference[] {
  const said = ({
    matcher: { step: _step, ...matcher },
    mayFail,
    attempts,
  }: FlowStep): Readonly<Record<string, unknown>> => ({
    ...matcher,
    'may-fail': mayFail,
    attempts,
  });
  const [one, other] = [said(left), said(right)];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((by): readonly FlowDifference[] => {
    const [a, b] = [textOf(one[by]), textOf(other[by])];
    return a === b ? [] : [{ kind: 'matched', step: left.name, by, left: a, right: b }];
  });
}

interface PlacedOrders {
  readonly differences: readonly PlacedDifference[];
  readonly respelt: FlowComparison['respelt'][number] | undefined;
}

function diffAllOrders(left: CompiledFlow, right: CompiledFlow, accepts: Accepts): readonly PlacedOrders[] {
  const { differences, respelt } = diffOrders(left.order, right.order, accepts);
  const insides = left.steps.flatMap((step) => {
    const twin = right.steps.find(({ name }) => name === step.name);
    return twin && (step.inside || twin.inside) ? [diffInside(step, twin, accepts)] : [];
  });
  return [{ differences, respelt }, ...insides];
}

const NOTHING_INSIDE: FlowNode = { kind: 'parallel', children: [] };

function diffInside({ name, inside: one }: FlowStep, { inside: other }: FlowStep, accepts: Accepts): PlacedOrders {
  const { differences, respelt } = diffOrders(one ?? NOTHING_INSIDE, other ?? NOTHING_INSIDE, accepts);
  return {
    differences: differences.map((difference) => ({ ...difference, inside: name })),
    respelt: respelt && { ...respelt, inside: name },
  };
}

/** Lists by what names an entry of them; the rest as it is. */
function diffParts(left: CompiledFlow, right: CompiledFlow): readonly FlowDifference[] {
  const [one, other] = [partsOfFlow(left), partsOfFlow(right)];
  return [...new Set([...one.keys(), ...other.keys()])].sort().flatMap((key): readonly FlowDifference[] => {
    const [a, b] = [one.get(key), other.get(key)];
    const [part = '', name = ''] = key.split('\n');
    return a === b ? [] : [{ kind: 'part', part, name, left: a, right: b }];
  });
}

function partsOfFlow(flow: CompiledFlow): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  const put = (part: string, name: string, value: unknown): void => {
    const text = typeof value === 'string' ? value : textOf(value);
    if (text !== undefined) parts.set(`${part}\n${name}`, text);
  };
  for (const rule of flow.rules) put('rule', ruleName(rule), true);
  for (const budget of flow.budgets) put('budget', budgetText(budget), budgetBounds(budget));
  for (const effect of flow.effects) put('effect', effect.step, effect);
  for (const { name, expression } of flow.invariants) put('invariant', name, expression.trim());
  for (const forbidden of flow.forbidden) put('forbidden attribute', textOf(forbidden) ?? '', true);
  for (const lease of flow.leases) put('lease', lease.name, lease);
  for (const version of flow.versions) put('version', version.name, version);
  for (const { commit, publish } of flow.outbox) put('outbox', `${commit} -> ${publish}`, true);
  for (const [name, value] of Object.entries(flow.values)) put('value', name, value.trim());
  for (const [name, value] of Object.entries(flow.parameters)) put('parameter', name, value);
  for (const part of ['votes', 'unexpected', 'trust', 'prove', 'handoffs'] as const) put(part, '', flow[part]);
  put('correlation', '', [...flow.correlation].sort());
  return parts;
}

/** The order of two steps that a rule treats alike says nothing. */
function ruleSteps({ kind, steps }: Rule): readonly string[] {
  const alike: readonly string[] = ['choice', 'exclusive-choice', 'co-existence', 'not-co-existence'];
  return alike.includes(kind) ? [...steps].sort() : steps;
}

/** The rule with its conditions: all there is to say of it. */
function ruleName({ when, where, window, ...rule }: Rule): string {
  const options = textOf({ when, where, window });
  return `${ruleText({ ...rule, steps: ruleSteps(rule) })}${options === '{}' ? '' : ` ${options}`}`;
}

function budgetBounds({ limitMs, leastMs }: Budget): string {
  const bounds = [
    ...(leastMs === undefined ? [] : [`at least ${leastMs} ms`]),
    ...(limitMs === undefined ? [] : [`at most ${limitMs} ms`]),
  ];
  return bounds.join(', ');
}

/** JSON in which the order of keys says nothing; undefined for what is not there. */
function textOf(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, held: unknown) =>
    typeof held === 'object' && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)))
      : held,
  );
}
