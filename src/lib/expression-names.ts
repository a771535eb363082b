import type { ASTNode } from '@marcbachmann/cel-js';

/** A name that an expression takes from its data, and the first member it asks of it (`steps.a`: root `steps`, member `a`). */
export interface UsedName {
  readonly root: string;
  readonly offset: number;
  readonly member: string | undefined;
  /** Where the member is written; that of the root where there is none. */
  readonly memberOffset: number;
}

export interface ExpressionOutline {
  readonly names: readonly UsedName[];
  readonly calls: readonly { readonly name: string; readonly offset: number; readonly nameOffset: number }[];
  /** Literal texts given to methods of one argument. */
  readonly patterns: readonly { readonly method: string; readonly pattern: string; readonly offset: number }[];
  /** How deep loops (`all`, `exists`, `map`, …) are nested in each other. */
  readonly loops: number;
}

const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** What an expression speaks of, from its syntax tree alone. Names that a loop binds are not among `names`. */
export function namesIn(ast: ASTNode): ExpressionOutline {
  const outline = { names: [] as UsedName[], calls: [] as OutlineCall[], patterns: [] as OutlinePattern[], loops: 0 };
  walk(ast, { outline, bound: new Set(), loops: 0 });
  return outline;
}

type OutlineCall = ExpressionOutline['calls'][number];
type OutlinePattern = ExpressionOutline['patterns'][number];

type Named = Extract<ASTNode, { op: 'id' }>;
type Access = Extract<ASTNode, { op: '.' | '[]' }>;

interface Walk {
  readonly outline: { names: UsedName[]; calls: OutlineCall[]; patterns: OutlinePattern[]; loops: number };
  readonly bound: ReadonlySet<string>;
  readonly loops: number;
}

function walk(node: ASTNode, state: Walk): void {
  state.outline.loops = Math.max(state.outline.loops, state.loops);
  const access = node.op === '.' || node.op === '[]' ? memberAccess(node) : undefined;
  if (node.op === 'id') {
    addName(node, undefined, state);
  } else if (access) {
    addName(access.target, access.member, state);
  } else if (node.op === 'rcall') {
    walkMethod(node, state);
  } else {
    if (node.op === 'call') addCall(node.args[0], node, state);
    for (const child of nodesIn(node.args)) walk(child, state);
  }
}

function walkMethod(node: Extract<ASTNode, { op: 'rcall' }>, state: Walk): void {
  const [name, receiver, args] = node.args;
  const nameOffset = node.input.indexOf(name, receiver.range.end);
  state.outline.calls.push({ name, offset: node.range.start, nameOffset });
  walk(receiver, state);
  const [first] = args;
  if (first?.op === 'value' && typeof first.args === 'string') {
    state.outline.patterns.push({ method: name, pattern: first.args, offset: first.range.start });
  }
  const loop = LOOPS.has(name) && first?.op === 'id';
  const inner = loop ? { ...state, bound: new Set([...state.bound, first.args]), loops: state.loops + 1 } : state;
  for (const arg of loop ? args.slice(1) : args) walk(arg, inner);
}

function addCall(name: string, node: ASTNode, { outline }: Walk): void {
  outline.calls.push({ name, offset: node.range.start, nameOffset: -1 });
}

function addName(node: Named, member: Member | undefined, { outline, bound }: Walk): void {
  if (bound.has(node.args)) return;
  const offset = node.range.start;
  outline.names.push({ root: node.args, offset, member: member?.name, memberOffset: member?.offset ?? offset });
}

interface Member {
  readonly name: string;
  readonly offset: number;
}

function memberAccess(node: Access): { readonly target: Named; readonly member: Member } | undefined {
  const [target] = node.args;
  const member = memberOf(node);
  return target.op === 'id' && member ? { target, member } : undefined;
}

function memberOf(node: Access): Member | undefined {
  const [target, member] = node.args;
  if (typeof member === 'string') return { name: member, offset: node.input.indexOf(member, target.range.end) };
  const literal = member.op === 'value' && typeof member.args === 'string';
  return literal ? { name: String(member.args), offset: member.range.start + 1 } : undefined;
}

function nodesIn(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(nodesIn);
  return isNode(args) ? [args] : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'range' in value;
}
