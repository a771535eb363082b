import { oncePer } from '../../lib/once-per.js';
import type { FlowNode } from '../../model/index.js';
import { childrenOf } from './tree.js';

export interface ResolvedOrder {
  readonly order: FlowNode;
  /** Conditions that could not be worked out: their parts stay a choice. */
  readonly unresolved: readonly string[];
}

/** What a condition is of this request; undefined where it cannot be worked out. */
export type Holds = (condition: string) => boolean | undefined;

const NOTHING: FlowNode = { kind: 'parallel', children: [] };
const known = new WeakMap<FlowNode, Map<string, ResolvedOrder>>();

/** The order of a flow for one request: each condition decided. The same answers give the same object, so that what is made from it can be kept. */
export function resolveConditions(order: FlowNode, holds: Holds): ResolvedOrder {
  if (!hasConditions(order)) return { order, unresolved: [] };
  const answers: (boolean | undefined)[] = [];
  const asked: Holds = (condition) => {
    const answer = holds(condition);
    answers.push(answer);
    return answer;
  };
  const unresolved: string[] = [];
  const resolved = resolve(order, { holds: asked, unresolved });
  const byAnswers = known.get(order) ?? new Map<string, ResolvedOrder>();
  known.set(order, byAnswers);
  const key = answers.map((answer) => (answer === undefined ? '?' : Number(answer))).join('');
  const before = byAnswers.get(key);
  if (before) return before;
  const result = { order: resolved, unresolved };
  byAnswers.set(key, result);
  return result;
}

const hasConditions = oncePer((order: FlowNode): boolean => isConditional(order));

function isConditional(node: FlowNode): boolean {
  return node.kind === 'if' || childrenOf(node).some(isConditional);
}

interface Resolving {
  readonly holds: Holds;
  readonly unresolved: string[];
}

function resolve(node: FlowNode, resolving: Resolving): FlowNode {
  switch (node.kind) {
    case 'step':
      return node;
    case 'sequence':
    case 'parallel':
    case 'any-order':
    case 'choice':
    case 'any-of':
      return { ...node, children: node.children.map((child) => resolve(child, resolving)) };
    case 'optional':
    case 'flow':
      return { ...node, child: resolve(node.child, resolving) };
    case 'repeat': {
      const between = node.between && resolve(node.between, resolving);
      return { ...node, child: resolve(node.child, resolving), ...(between ? { between } : {}) };
    }
    case 'if':
      return decide(node, resolving);
    default:
      return node satisfies never;
  }
}

function decide(node: Extract<FlowNode, { kind: 'if' }>, resolving: Resolving): FlowNode {
  const answer = resolving.holds(node.condition);
  const child = resolve(node.child, resolving);
  const otherwise = node.otherwise && resolve(node.otherwise, resolving);
  if (answer === undefined) {
    resolving.unresolved.push(node.condition);
    return { ...node, child, ...(otherwise ? { otherwise } : {}) };
  }
  return answer ? child : (otherwise ?? NOTHING);
}
