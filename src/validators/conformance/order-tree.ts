import type { FlowNode } from '../../model/index.js';

/** The most rounds that a repeat without an upper bound is counted up to. */
export const UNBOUNDED = 2 ** 30;

/** A leaf of the tree: where an occurrence can stand. */
export interface Place {
  /** Index in order of declaration. */
  readonly id: number;
  /** What an occurrence needs among its labels to stand here: `labelOf(step, under)`. */
  readonly label: string;
  readonly step: string;
  readonly under: string | undefined;
  /** Names of the sub-flows around it, outermost first. */
  readonly flows: readonly string[];
}

/**
 * The process tree as the checks walk it: sub-flows dissolved, `if` turned into a choice, each leaf a place. The places under a node
 * are `first` up to, and without, `after`.
 */
export type OrderNode =
  | PlaceNode
  | SequenceNode
  | BesideNode
  | AnyOrderNode
  | (NodeRange & { readonly kind: 'choice'; readonly children: readonly OrderNode[] })
  | (NodeRange & { readonly kind: 'optional'; readonly child: OrderNode })
  | RepeatNode;

interface NodeRange {
  /** Index of the node; children come before their parents. */
  readonly id: number;
  readonly first: number;
  readonly after: number;
}

export interface PlaceNode extends NodeRange {
  readonly kind: 'place';
  readonly place: Place;
}

export interface SequenceNode extends NodeRange {
  readonly kind: 'sequence';
  readonly by: 'start' | 'end';
  readonly children: readonly OrderNode[];
}

export interface BesideNode extends NodeRange {
  readonly kind: 'parallel' | 'any-of';
  readonly children: readonly OrderNode[];
}

export interface AnyOrderNode extends NodeRange {
  readonly kind: 'any-order';
  readonly children: readonly OrderNode[];
}

export interface RepeatNode extends NodeRange {
  readonly kind: 'repeat';
  readonly child: OrderNode;
  readonly between: OrderNode | undefined;
  readonly min: number;
  readonly max: number;
  readonly parallel: boolean;
}

/**
 * The label of a place: what its occurrences are called. An occurrence of `step` has the label `labelOf(step)`, and `labelOf(step, u)` too
 * if it descends from an occurrence of u.
 */
export function labelOf(step: string, under?: string): string {
  return under === undefined ? step : `${step}\n${under}`;
}

export interface OrderTree {
  readonly root: OrderNode;
  readonly places: readonly Place[];
  /** Every node, children before their parents. */
  readonly nodes: readonly OrderNode[];
}

interface Building {
  readonly places: Place[];
  readonly nodes: OrderNode[];
}

/** Numbers the places and nodes of a tree. An `if` is a choice of its parts, or of its one part and nothing. */
export function numberTree(tree: FlowNode): OrderTree {
  const building: Building = { places: [], nodes: [] };
  const root = toNode(tree, { building, flows: [] });
  return { root, ...building };
}

interface Around {
  readonly building: Building;
  readonly flows: readonly string[];
}

function toNode(tree: FlowNode, around: Around): OrderNode {
  const { building, flows } = around;
  const first = building.places.length;
  switch (tree.kind) {
    case 'step': {
      const { step, under } = tree;
      const place = { id: first, label: labelOf(step, under), step, under, flows };
      building.places.push(place);
      return number(building, { kind: 'place', place, first });
    }
    case 'sequence': {
      const children = tree.children.map((child) => toNode(child, around));
      return number(building, { kind: 'sequence', by: tree.by ?? 'end', children, first });
    }
    case 'parallel':
    case 'any-order':
    case 'choice':
    case 'any-of':
      return number(building, {
        kind: tree.kind,
        children: tree.children.map((child) => toNode(child, around)),
        first,
      } as Unnumbered);
    case 'optional':
      return number(building, { kind: 'optional', child: toNode(tree.child, around), first });
    case 'repeat':
      return number(building, { ...toRepeat(tree, around), first });
    case 'if':
      return toNode(withoutCondition(tree), around);
    case 'flow':
      return toNode(tree.child, { building, flows: [...flows, tree.name] });
    default:
      return tree satisfies never;
  }
}

function toRepeat(
  tree: FlowNode & { readonly kind: 'repeat' },
  around: Around,
): Omit<RepeatNode, 'id' | 'first' | 'after'> {
  const { parallel, min } = tree;
  const max = Math.min(tree.max ?? UNBOUNDED, UNBOUNDED);
  const child = toNode(tree.child, around);
  const between = tree.between && toNode(tree.between, around);
  return { kind: 'repeat', child, between, min, max, parallel };
}

function withoutCondition({ child, otherwise }: FlowNode & { readonly kind: 'if' }): FlowNode {
  return otherwise ? { kind: 'choice', children: [child, otherwise] } : { kind: 'optional', child };
}

type Unnumbered<N = OrderNode> = N extends OrderNode ? Omit<N, 'id' | 'after'> : never;

function number({ nodes, places }: Building, node: Unnumbered): OrderNode {
  const numbered = { ...node, id: nodes.length, after: places.length } as OrderNode;
  nodes.push(numbered);
  return numbered;
}

/** The parts of a node, in order of declaration. */
export function partsOf(node: OrderNode): readonly OrderNode[] {
  switch (node.kind) {
    case 'place':
      return [];
    case 'optional':
      return [node.child];
    case 'repeat':
      return node.between ? [node.child, node.between] : [node.child];
    default:
      return node.children;
  }
}

/** True for a repeat that goes round one step with nothing between: its rounds are occurrences of one place. */
export function isShortRepeat(node: OrderNode): boolean {
  return node.kind === 'repeat' && node.child.kind === 'place' && node.between === undefined;
}
