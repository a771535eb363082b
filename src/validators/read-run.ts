import { type Evidence, type FlowNode, partsOf } from '../model/index.js';
import { readingsOf } from './assignments.js';
import { conditionsIn } from './conditions-in.js';
import type { Evaluate } from './evaluate.js';
import { askScope } from './flow/check.js';
import { type Holds, resolveConditions } from './flow/conditions.js';
import { type OrderScope, orderScopes } from './flow/order-scopes.js';
import { openSteps, prepare, type Subject } from './subject.js';

/** The run of one order that a request was, as the law gives it. */
export interface RunReading {
  /** The step inside of which the order is; undefined for the flow's own. */
  readonly inside: string | undefined;
  /** As the flow has it, with its conditions. */
  readonly order: FlowNode;
  readonly holds: Holds;
  /** Undefined: the request is no run of the order, or too many ways lead to one. */
  readonly placed: readonly PlacedStep[] | undefined;
  /** Pairs of spans that this run requires one after the other, those that follow from others left out. */
  readonly inOrder: readonly (readonly [string, string])[];
}

/** Where in its order an occurrence stands. */
export interface PlacedStep {
  readonly spanId: string;
  readonly step: string;
  /** The way to its leaf: indexes of parts from the root, in `order`. */
  readonly leaf: string;
  /** The rounds it is in of the repeats around it, outermost first, counted from 0. */
  readonly rounds: readonly number[];
}

/** A request prepared, and the run that it was of each of its orders. */
export interface RequestReading {
  readonly subject: Subject;
  readonly runs: readonly RunReading[];
}

/** Reads a request as the law does. Where spans fit several steps, the first reading that is a run of every order, else the first of all. */
export function readRun(evidence: Evidence, evaluate: Evaluate): RequestReading {
  let first: RequestReading | undefined;
  for (const steps of readingsOf(evidence.trace.steps)) {
    const reading = readAs({ ...evidence, trace: { ...evidence.trace, steps } }, evaluate);
    if (reading.runs.every(({ placed }) => placed)) return reading;
    first ??= reading;
  }
  return first ?? readAs(evidence, evaluate);
}

function readAs(evidence: Evidence, evaluate: Evaluate): RequestReading {
  const subject = prepare(evidence, evaluate);
  const { order, flow } = subject;
  if (order.contradiction) return { subject, runs: [] };
  const holds = conditionsIn(evidence, evaluate);
  const request = { ...order, open: openSteps(subject), holds };
  return { subject, runs: orderScopes(flow, request).map((scope) => readScope(scope, request)) };
}

function readScope(scope: OrderScope, request: Parameters<typeof askScope>[1] & { readonly holds: Holds }): RunReading {
  const { holds } = request;
  const resolved = resolveConditions(scope.order, holds);
  const { outcome } = askScope({ ...scope, order: resolved.order }, request);
  const reading = { inside: scope.inside?.step, order: scope.order, holds };
  if (outcome.kind !== 'conforms') return { ...reading, placed: undefined, inOrder: [] };
  const run = outcome.run();
  const leaves = leavesOf(scope.order, holds);
  const idOf = (i: number): string => scope.occurrences[i]?.spanId ?? '';
  const placed = scope.occurrences.flatMap(({ spanId, step }, i) => {
    const leaf = leaves[run.places[i] ?? -1];
    return leaf === undefined ? [] : [{ spanId, step, leaf, rounds: run.rounds[i] ?? [] }];
  });
  return { ...reading, placed, inOrder: neighboursIn(run.required).map(([a, b]) => [idOf(a), idOf(b)]) };
}

/** The leaves of an order whose conditions are decided, as they are numbered: each with the way to it in the order as it was. */
function leavesOf(order: FlowNode, holds: Holds): readonly string[] {
  const leaves: string[] = [];
  const walk = (node: FlowNode, way: readonly number[]): void => {
    if (node.kind === 'step') leaves.push(way.join('.'));
    else for (const [i, part] of decidedParts(node, holds)) walk(part, [...way, i]);
  };
  walk(order, []);
  return leaves;
}

function decidedParts(node: FlowNode, holds: Holds): readonly (readonly [number, FlowNode])[] {
  const parts = partsOf(node).map((part, i) => [i, part] as const);
  const answer = node.kind === 'if' ? holds(node.condition) : undefined;
  return answer === undefined ? parts : parts.filter(([i]) => i === (answer ? 0 : 1));
}

/** Pairs of occurrences that must come one after the other, and nothing between the two that must. */
function neighboursIn(
  required: readonly { readonly parts: readonly (readonly number[])[] }[],
): readonly (readonly [number, number])[] {
  const after = new Map<number, Set<number>>();
  for (const { parts } of required) {
    parts.forEach((part, i) => {
      for (const a of part) for (const b of parts.slice(i + 1).flat()) after.set(a, (after.get(a) ?? new Set()).add(b));
    });
  }
  return [...after].flatMap(([a, later]) => {
    const between = [...later].flatMap((each) => [...(after.get(each) ?? [])]);
    return [...later].filter((b) => !between.includes(b)).map((b) => [a, b] as const);
  });
}
