import type { ASTNode } from '@marcbachmann/cel-js';
import { unknownName } from './schema-problems.js';

/** What is known of a value before there is data. */
export type Shape =
  /** Anything. */
  | { readonly kind: 'free' }
  | { readonly kind: 'list'; readonly of: Shape }
  /** Exactly these members; `what` is what one of them is called in messages. */
  | { readonly kind: 'record'; readonly what: string; readonly members: Readonly<Record<string, Shape>> };

export const FREE: Shape = { kind: 'free' };

/** A record whose members may each be anything. */
export function recordOf(what: string, names: readonly string[], of: Shape = FREE): Shape {
  return { kind: 'record', what, members: Object.fromEntries(names.map((name) => [name, of])) };
}

export interface Misuse {
  readonly message: string;
  readonly offset: number;
}

/** The macros that go round a list with a name for each item. */
const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** What an expression asks of its data that these shapes do not have. */
export function misuses(ast: ASTNode, roots: Readonly<Record<string, Shape>>): readonly Misuse[] {
  const found: Misuse[] = [];
  shapeOf(ast, { names: roots, found, text: ast.input });
  return found;
}

interface Walk {
  readonly names: Readonly<Record<string, Shape>>;
  readonly found: Misuse[];
  readonly text: string;
}

/** The shape of what a node gives; its misuses, and those below it, are taken down. */
function shapeOf(node: ASTNode, walk: Walk): Shape {
  switch (node.op) {
    case 'id':
      return walk.names[node.args] ?? FREE;
    case '.':
    case '[]':
      return shapeOfMember(node, walk);
    case 'rcall':
      return shapeOfMethod(node, walk);
    default:
      for (const child of nodesIn(node.args)) shapeOf(child, walk);
      return FREE;
  }
}

type Access = Extract<ASTNode, { op: '.' | '[]' }>;

function shapeOfMember(node: Access, walk: Walk): Shape {
  const [target, member] = node.args;
  const shape = shapeOf(target, walk);
  const named = typeof member === 'string' || (member.op === 'value' && typeof member.args === 'string');
  if (!named) {
    shapeOf(member, walk);
    return shape.kind === 'list' ? shape.of : FREE;
  }
  const name = typeof member === 'string' ? member : String(member.args);
  const offset = typeof member === 'string' ? node.input.indexOf(member, target.range.end) : member.range.start + 1;
  if (shape.kind === 'list') {
    const list = walk.text.slice(target.range.start, target.range.end);
    walk.found.push({
      message: `"${list}" is a list and has no "${name}": name one of it, as in ${list}[0].${name}`,
      offset,
    });
    return FREE;
  }
  if (shape.kind === 'free') return FREE;
  const known = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
  if (known === undefined) {
    walk.found.push({ message: unknownName(shape.what, name, Object.keys(shape.members)), offset });
    return FREE;
  }
  return known;
}

function shapeOfMethod(node: Extract<ASTNode, { op: 'rcall' }>, walk: Walk): Shape {
  const [name, receiver, args] = node.args;
  const shape = shapeOf(receiver, walk);
  const [first, ...rest] = args;
  const isLoop = LOOPS.has(name) && first?.op === 'id';
  const item = shape.kind === 'list' ? shape.of : FREE;
  const inner = isLoop ? { ...walk, names: { ...walk.names, [first.args]: item } } : walk;
  for (const argument of isLoop ? rest : args) shapeOf(argument, inner);
  return name === 'filter' ? shape : FREE;
}

function nodesIn(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(nodesIn);
  return typeof args === 'object' && args !== null && 'op' in args && 'range' in args ? [args as ASTNode] : [];
}
