import type { FlowNode } from '../../model/index.js';
import {
  isShortRepeat,
  numberTree,
  type OrderNode,
  type OrderTree,
  partsOf,
  type RepeatNode,
  UNBOUNDED,
} from './order-tree.js';

/** How a tree can be checked, and what in it may be too ambiguous for any check. */
export interface TreeClass {
  /** True: decided by counts and one walk over the points. False: it may need a search. */
  readonly exact: boolean;
  /** Why it is not exact: the first reason met, in order of declaration. */
  readonly because: InexactReason | undefined;
  readonly warnings: readonly AmbiguityWarning[];
}

export type InexactReason =
  /** The step has several places that its occurrences can be told apart by nothing but the order. */
  | { readonly kind: 'several-places'; readonly step: string }
  /** A repeat goes round more than one step, and these have an order. */
  | { readonly kind: 'long-rounds'; readonly steps: readonly string[] }
  /** A part of an any-order is more than one step. */
  | { readonly kind: 'long-parts'; readonly steps: readonly string[] };

/** A step whose occurrences may stand at several places side by side: bind it with `under` or `inside`. */
export interface AmbiguityWarning {
  readonly step: string;
  /** How many places side by side it can have; null: any number. */
  readonly places: number | null;
}

/** From so many copies side by side on, a failing request can be too ambiguous to say why, or that, it fails. */
const MANY_COPIES = 8;

/** Tells whether a tree is in the exact class, and warns of what a search may not be able to decide. */
export function classOf(tree: FlowNode): TreeClass {
  return classOfTree(numberTree(tree));
}

export function classOfTree(tree: OrderTree): TreeClass {
  const because = severalPlaces(tree) ?? firstOf(tree.nodes, longRounds) ?? firstOf(tree.nodes, longParts);
  return { exact: because === undefined, because, warnings: warningsOf(tree) };
}

function firstOf(
  nodes: readonly OrderNode[],
  reasonOf: (node: OrderNode) => InexactReason | undefined,
): InexactReason | undefined {
  for (const node of nodes) {
    const reason = reasonOf(node);
    if (reason) return reason;
  }
  return undefined;
}

/** Places of one step are told apart if each is bound, and to another step. */
function severalPlaces({ places }: OrderTree): InexactReason | undefined {
  const seen = new Map<string, Set<string | undefined>>();
  for (const { step, under } of places) {
    const bound = seen.get(step) ?? new Set();
    seen.set(step, bound);
    if (bound.has(under) || (bound.size > 0 && (under === undefined || bound.has(undefined)))) {
      return { kind: 'several-places', step };
    }
    bound.add(under);
  }
  return undefined;
}

function longRounds(node: OrderNode): InexactReason | undefined {
  if (node.kind !== 'repeat' || isShortRepeat(node)) return undefined;
  if (node.parallel && isFree(node.child) && !isBoundWithin(node)) return undefined;
  return { kind: 'long-rounds', steps: stepsOf(node) };
}

/** True if nothing under it has an order. */
function isFree(node: OrderNode): boolean {
  const ordered = node.kind === 'sequence' || node.kind === 'any-order' || (node.kind === 'repeat' && !node.parallel);
  return !(ordered && node.after - node.first > 0) && partsOf(node).every(isFree);
}

/** True if a place in it is bound to a step in it. */
function isBoundWithin(node: OrderNode): boolean {
  const steps = stepsOf(node);
  const walk = (each: OrderNode): boolean =>
    each.kind === 'place' ? steps.includes(each.place.under ?? '') : partsOf(each).some(walk);
  return walk(node);
}

function longParts(node: OrderNode): InexactReason | undefined {
  if (node.kind !== 'any-order') return undefined;
  const long = node.children.find((child) => (child.kind === 'optional' ? child.child : child).kind !== 'place');
  return long && { kind: 'long-parts', steps: stepsOf(long) };
}

/** True if the places of a label are bound to a step of the same round. */
function isBoundTo(node: OrderNode, label: string): boolean {
  const steps = stepsOf(node);
  const walk = (each: OrderNode): boolean =>
    each.kind === 'place'
      ? each.place.label !== label || steps.includes(each.place.under ?? '')
      : partsOf(each).every(walk);
  return walk(node);
}

function stepsOf(node: OrderNode): readonly string[] {
  return node.kind === 'place' ? [node.place.step] : [...new Set(partsOf(node).flatMap(stepsOf))];
}

function warningsOf({ root, nodes, places }: OrderTree): readonly AmbiguityWarning[] {
  const labels = new Map(places.map(({ label, step }) => [label, step] as const));
  if (labels.size === places.length && !nodes.some(isMany)) return [];
  return [...labels].flatMap(([label, step]) => {
    const beside = besides(root, label);
    return beside < 2 ? [] : [{ step, places: beside >= UNBOUNDED ? null : beside }];
  });
}

/** How many places of a label can be open side by side, as far as that makes its occurrences hard to tell apart. */
function besides(node: OrderNode, label: string): number {
  if (node.kind === 'place') return node.place.label === label ? 1 : 0;
  const parts = partsOf(node).map((part) => besides(part, label));
  if (node.kind === 'parallel' || node.kind === 'any-of') return parts.reduce((sum, n) => sum + n, 0);
  const most = Math.max(0, ...parts);
  const copies = isMany(node) && !isBoundTo(node, label);
  return copies && most > 0 ? Math.min(UNBOUNDED, most * node.max) : most;
}

/** True of a repeat with so many copies side by side, in an order each, that they may not be told apart. */
function isMany(node: OrderNode): node is RepeatNode {
  return node.kind === 'repeat' && node.parallel && node.max >= MANY_COPIES && !isFree(node.child);
}
