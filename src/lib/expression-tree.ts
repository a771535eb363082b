import type { ASTNode } from '@marcbachmann/cel-js';

export type Access = Extract<ASTNode, { op: '.' | '[]' }>;
export type MethodCall = Extract<ASTNode, { op: 'rcall' }>;

/** The macros that go round a list with a name for each item. */
const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** What a method is called with; of a loop also the name that it binds, which is none of its arguments. */
export interface Called {
  readonly binds: string | undefined;
  readonly args: readonly ASTNode[];
}

export function calledWith({ args: [name, , args] }: MethodCall): Called {
  const [first, ...rest] = args;
  return LOOPS.has(name) && first?.op === 'id' ? { binds: first.args, args: rest } : { binds: undefined, args };
}

export interface Member {
  readonly name: string;
  readonly offset: number;
}

/** The member that is asked for by its name; undefined for one that is worked out. */
export function memberOf(node: Access): Member | undefined {
  const [target, member] = node.args;
  if (typeof member === 'string') return { name: member, offset: node.input.indexOf(member, target.range.end) };
  const literal = member.op === 'value' && typeof member.args === 'string';
  return literal ? { name: String(member.args), offset: member.range.start + 1 } : undefined;
}

/** The nodes among what a node holds. */
export function nodesIn(args: unknown): readonly ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(nodesIn);
  return isNode(args) ? [args] : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'range' in value;
}
