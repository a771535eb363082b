import type { ASTNode } from '@marcbachmann/cel-js';
import { calledWith, type MethodCall, memberOf, nodesIn } from './expression-tree.js';

/** A name that an expression takes from its data, and the first member it asks of it (`steps.a`: root `steps`, member `a`). */
export interface UsedName {
  readonly root: string;
  readonly offset: number;
  readonly member: string | undefined;
}

export interface ExpressionOutline {
  readonly names: readonly UsedName[];
  readonly calls: readonly { readonly name: string; readonly offset: number; readonly nameOffset: number }[];
  /** Literal texts given to methods of one argument. */
  readonly patterns: readonly { readonly method: string; readonly pattern: string; readonly offset: number }[];
  /** How deep loops (`all`, `exists`, `map`, …) are nested in each other. */
  readonly loops: number;
}

/** What an expression speaks of, from its syntax tree alone. Names that a loop binds are not among `names`. */
export function namesIn(ast: ASTNode): ExpressionOutline {
  const outline = { names: [] as UsedName[], calls: [] as OutlineCall[], patterns: [] as OutlinePattern[], loops: 0 };
  walk(ast, { outline, bound: new Set(), loops: 0 });
  return outline;
}

type OutlineCall = ExpressionOutline['calls'][number];
type OutlinePattern = ExpressionOutline['patterns'][number];

type Named = Extract<ASTNode, { op: 'id' }>;

interface Walk {
  readonly outline: { names: UsedName[]; calls: OutlineCall[]; patterns: OutlinePattern[]; loops: number };
  readonly bound: ReadonlySet<string>;
  readonly loops: number;
}

function walk(node: ASTNode, state: Walk): void {
  state.outline.loops = Math.max(state.outline.loops, state.loops);
  const target = node.op === '.' || node.op === '[]' ? node.args[0] : undefined;
  const member = node.op === '.' || node.op === '[]' ? memberOf(node) : undefined;
  if (node.op === 'id') {
    addName(node, undefined, state);
  } else if (target?.op === 'id' && member) {
    addName(target, member.name, state);
  } else if (node.op === 'rcall') {
    walkMethod(node, state);
  } else {
    if (node.op === 'call') addCall(node.args[0], node, state);
    for (const child of nodesIn(node.args)) walk(child, state);
  }
}

function walkMethod(node: MethodCall, state: Walk): void {
  const [name, receiver, [first]] = node.args;
  const nameOffset = node.input.indexOf(name, receiver.range.end);
  state.outline.calls.push({ name, offset: node.range.start, nameOffset });
  walk(receiver, state);
  if (first?.op === 'value' && typeof first.args === 'string') {
    state.outline.patterns.push({ method: name, pattern: first.args, offset: first.range.start });
  }
  const { binds, args } = calledWith(node);
  const inner =
    binds === undefined ? state : { ...state, bound: new Set([...state.bound, binds]), loops: state.loops + 1 };
  for (const arg of args) walk(arg, inner);
}

function addCall(name: string, node: ASTNode, { outline }: Walk): void {
  outline.calls.push({ name, offset: node.range.start, nameOffset: -1 });
}

function addName(node: Named, member: string | undefined, { outline, bound }: Walk): void {
  if (!bound.has(node.args)) outline.names.push({ root: node.args, offset: node.range.start, member });
}
