import type { ASTNode } from '@marcbachmann/cel-js';
import { type Access, calledWith, type MethodCall, memberOf, nodesIn } from './expression-tree.js';

/**
 * What an expression reads of a value: all of it, or some members and items. What it does not read need not be there.
 *
 * ```
 *   spans.all(s, s.attributes['db.system.name'] != 'neo4j' || s.service == 'allocator')
 *
 *   spans ─ each item ─┬─ attributes ─ db.system.name, all of it
 *                      └─ service, all of it
 * ```
 */
export interface Reads {
  readonly isWhole: boolean;
  readonly members: ReadonlyMap<string, Reads>;
  /** Of a list, what is read of each item; undefined where none is looked at. Whoever looks at the items of a map reads all of it. */
  readonly items: Reads | undefined;
}

class Reading implements Reads {
  isWhole = false;
  readonly members = new Map<string, Reading>();
  items: Reading | undefined;

  member(name: string): Reading {
    const known = this.members.get(name) ?? new Reading();
    this.members.set(name, known);
    return known;
  }

  item(): Reading {
    this.items ??= new Reading();
    return this.items;
  }
}

/** What an expression reads of its data, by the names that it takes from it. */
export function readsIn(ast: ASTNode): ReadonlyMap<string, Reads> {
  const data = new Reading();
  consume(ast, { data, bound: new Map() });
  return data.members;
}

interface Walk {
  readonly data: Reading;
  /** By the name that a loop binds: the items that it goes round; undefined where these are made by the expression itself. */
  readonly bound: ReadonlyMap<string, Reading | undefined>;
}

/** All of what a node gives is used. */
function consume(node: ASTNode, walk: Walk): void {
  const read = follow(node, walk);
  if (read) read.isWhole = true;
}

/** The part of the data that a node gives, where it gives one as it is; whoever uses it says what is read of it. */
function follow(node: ASTNode, walk: Walk): Reading | undefined {
  switch (node.op) {
    case 'id':
      return walk.bound.has(node.args) ? walk.bound.get(node.args) : walk.data.member(node.args);
    case '.':
    case '[]':
      return followMember(node, walk);
    case 'rcall':
      return followMethod(node, walk);
    case 'in': {
      const [sought, where] = node.args;
      if (sought.op !== 'value' || typeof sought.args !== 'string') break;
      follow(where, walk)?.member(sought.args);
      return undefined;
    }
    default:
  }
  for (const child of nodesIn(node.args)) consume(child, walk);
  return undefined;
}

function followMember(node: Access, walk: Walk): Reading | undefined {
  const [target, index] = node.args;
  const member = memberOf(node);
  if (member) return follow(target, walk)?.member(member.name);
  if (typeof index !== 'string') consume(index, walk);
  return follow(target, walk)?.item();
}

function followMethod(node: MethodCall, walk: Walk): Reading | undefined {
  const [name, receiver] = node.args;
  const { binds, args } = calledWith(node);
  const isCounted = name === 'size' && args.length === 0;
  if (!isCounted && binds === undefined) {
    for (const child of [receiver, ...args]) consume(child, walk);
    return undefined;
  }
  const list = follow(receiver, walk);
  const item = list?.item();
  const bound = binds === undefined ? walk.bound : new Map([...walk.bound, [binds, item]]);
  for (const argument of args) consume(argument, { ...walk, bound });
  return name === 'filter' ? list : undefined;
}
