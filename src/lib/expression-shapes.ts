import type { ASTNode } from '@marcbachmann/cel-js';
import { type Access, calledWith, type MethodCall, memberOf, nodesIn } from './expression-tree.js';
import { unknownName } from './schema-problems.js';

/** What is known of a value before there is data. */
export type Shape =
  /** Anything. */
  | { readonly kind: 'free' }
  | { readonly kind: 'list'; readonly of: Shape }
  /** A text or a number, which has no members; `words` are all that the text can be. */
  | { readonly kind: 'plain'; readonly what: 'a text' | 'a number'; readonly words?: readonly string[] }
  /** Exactly these members; `what` is what one of them is called in messages. */
  | { readonly kind: 'record'; readonly what: string; readonly members: Readonly<Record<string, Shape>> };

export const FREE: Shape = { kind: 'free' };
export const TEXT: Shape = { kind: 'plain', what: 'a text' };
export const NUMBER: Shape = { kind: 'plain', what: 'a number' };

/** A text that is one of these. */
export function wordOf(words: readonly string[]): Shape {
  return { kind: 'plain', what: 'a text', words };
}

/** A record whose members may each be anything. */
export function recordOf(what: string, names: readonly string[], of: Shape = FREE): Shape {
  return { kind: 'record', what, members: Object.fromEntries(names.map((name) => [name, of])) };
}

export interface Misuse {
  readonly message: string;
  readonly offset: number;
}

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
    case '==':
    case '!=':
      return shapeOfComparison(node.args, walk);
    default:
      for (const child of nodesIn(node.args)) shapeOf(child, walk);
      return FREE;
  }
}

/** A text that is compared with a word which it can never be makes an expression that says nothing. */
function shapeOfComparison(sides: readonly ASTNode[], walk: Walk): Shape {
  const shapes = sides.map((side) => shapeOf(side, walk));
  for (const [i, side] of sides.entries()) {
    const other = shapes[1 - i];
    if (other?.kind !== 'plain' || !other.words || side.op !== 'value' || typeof side.args !== 'string') continue;
    if (other.words.includes(side.args)) continue;
    walk.found.push({ message: unknownName('word', side.args, other.words), offset: side.range.start + 1 });
  }
  return FREE;
}

function shapeOfMember(node: Access, walk: Walk): Shape {
  const [target, computed] = node.args;
  const shape = shapeOf(target, walk);
  const member = memberOf(node);
  if (!member) {
    if (typeof computed !== 'string') shapeOf(computed, walk);
    return shape.kind === 'list' ? shape.of : FREE;
  }
  if (shape.kind === 'free') return FREE;
  const { name, offset } = member;
  const known = shape.kind === 'record' && Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
  if (known) return known;
  const list = walk.text.slice(target.range.start, target.range.end);
  const message =
    shape.kind === 'plain'
      ? `"${list}" is ${shape.what} and has no "${name}"`
      : shape.kind === 'record'
        ? unknownName(shape.what, name, Object.keys(shape.members))
        : `"${list}" is a list and has no "${name}": name one of it, as in ${list}[0].${name}`;
  walk.found.push({ message, offset });
  return FREE;
}

function shapeOfMethod(node: MethodCall, walk: Walk): Shape {
  const [name, receiver] = node.args;
  const shape = shapeOf(receiver, walk);
  const item = shape.kind === 'list' ? shape.of : FREE;
  const { binds, args } = calledWith(node);
  const inner = binds === undefined ? walk : { ...walk, names: { ...walk.names, [binds]: item } };
  for (const argument of args) shapeOf(argument, inner);
  return name === 'filter' ? shape : FREE;
}
