import { type FlowNode, partsOf, stepsUnder } from '../../model/index.js';
import type { Holds } from '../flow/conditions.js';
import type { PlacedStep } from '../read-run.js';

/** A part of an order, as it can be exercised: `id` says where it is and in which way. */
export interface OrderPart {
  readonly kind: 'branch' | 'option' | 'rounds' | 'condition';
  readonly name: string;
  readonly id: string;
}

/** Every part of an order that can be exercised, outermost first. `scope` tells orders apart. */
export function orderParts(order: FlowNode, scope: string): readonly OrderPart[] {
  const parts: OrderPart[] = [];
  const walk = (node: FlowNode, at: string): void => {
    parts.push(...waysOf(node, at));
    partsOf(node).forEach((part, i) => void walk(part, below(at, i)));
  };
  walk(order, scope);
  return parts;
}

const below = (at: string, i: number): string => `${at}/${i}`;

/** The ways in which one node can be gone through. */
function waysOf(node: FlowNode, at: string): readonly OrderPart[] {
  switch (node.kind) {
    case 'choice':
    case 'any-of':
      return node.children.map((child, i) => ({ kind: 'branch', name: titleOf(child), id: branchId(at, i) }));
    case 'optional': {
      const name = titleOf(node.child);
      return [
        { kind: 'option', name: `${name} taken`, id: optionId(at, true) },
        { kind: 'option', name: `${name} left out`, id: optionId(at, false) },
      ];
    }
    case 'repeat':
      return roundsOf(node).map((rounds) => ({
        kind: 'rounds',
        name: `${titleOf(node.child)} ${rounds}`,
        id: roundsId(at, rounds),
      }));
    case 'if':
      return [true, false].map((holds) => ({
        kind: 'condition',
        name: `${node.condition} ${holds ? 'true' : 'false'}`,
        id: conditionId(at, holds),
      }));
    default:
      return [];
  }
}

type Rounds = 'never' | 'once' | 'several times';

const branchId = (at: string, i: number): string => `branch ${below(at, i)}`;
const optionId = (at: string, taken: boolean): string => `option ${at} ${taken ? 'taken' : 'left out'}`;
const roundsId = (at: string, rounds: Rounds): string => `rounds ${at} ${rounds}`;
const conditionId = (at: string, holds: boolean): string => `condition ${at} ${holds}`;

/** Within its bounds: no round, one, or more than one. */
function roundsOf({ min, max }: FlowNode & { readonly kind: 'repeat' }): readonly Rounds[] {
  const most = max ?? Number.POSITIVE_INFINITY;
  return [
    ...(min === 0 ? (['never'] as const) : []),
    ...(min <= 1 && most >= 1 ? (['once'] as const) : []),
    ...(most > 1 ? (['several times'] as const) : []),
  ];
}

/** A part by its name, its one step, or its first. */
function titleOf(node: FlowNode): string {
  if (node.kind === 'flow') return node.name;
  const [first = 'nothing', ...more] = new Set(stepsUnder(node));
  return more.length === 0 ? first : `${first} …`;
}

/** The ways that one run went through its order. */
export function waysTaken(
  order: FlowNode,
  { scope, placed, holds }: { readonly scope: string; readonly placed: readonly PlacedStep[]; readonly holds: Holds },
): readonly string[] {
  const taken: string[] = [];
  const leaves = placed.map(({ leaf, rounds }) => ({ way: leaf === '' ? [] : leaf.split('.').map(Number), rounds }));
  walkRun(order, { at: scope, leaves, level: 0, repeats: 0, holds, take: (id) => void taken.push(id) });
  return taken;
}

interface Leaf {
  readonly way: readonly number[];
  readonly rounds: readonly number[];
}

interface Going {
  readonly at: string;
  /** What happened below this node, in this round of the repeats around it. */
  readonly leaves: readonly Leaf[];
  readonly level: number;
  readonly repeats: number;
  readonly holds: Holds;
  readonly take: (id: string) => void;
}

function walkRun(node: FlowNode, going: Going): void {
  const { at, leaves, holds, take } = going;
  switch (node.kind) {
    case 'choice':
    case 'any-of':
      for (const i of enteredOf(node, going)) {
        take(branchId(at, i));
        walkPart(node, i, going);
      }
      return;
    case 'optional':
      take(optionId(at, leaves.length > 0));
      if (leaves.length > 0) walkPart(node, 0, going);
      return;
    case 'if': {
      const answer = holds(node.condition);
      if (answer === undefined) for (const i of enteredOf(node, going)) walkPart(node, i, going);
      else {
        take(conditionId(at, answer));
        walkPart(node, answer ? 0 : 1, going);
      }
      return;
    }
    case 'repeat':
      walkRounds(node, going);
      return;
    default:
      partsOf(node).forEach((_, i) => void walkPart(node, i, going));
  }
}

function enteredOf(node: FlowNode, { leaves, level }: Going): readonly number[] {
  return [...partsOf(node).keys()].filter((i) => leaves.some(({ way }) => way[level] === i));
}

function walkPart(node: FlowNode, i: number, going: Going): void {
  const part = partsOf(node)[i];
  if (!part) return;
  const { leaves, level, at } = going;
  walkRun(part, { ...going, at: below(at, i), level: level + 1, leaves: leaves.filter(({ way }) => way[level] === i) });
}

function walkRounds(node: FlowNode & { readonly kind: 'repeat' }, going: Going): void {
  const { at, leaves, level, repeats, take } = going;
  const rounds = [...new Set(leaves.map((leaf) => leaf.rounds[repeats] ?? 0))];
  take(roundsId(at, rounds.length === 0 ? 'never' : rounds.length === 1 ? 'once' : 'several times'));
  for (const round of rounds) {
    const own = {
      ...going,
      repeats: repeats + 1,
      leaves: leaves.filter((leaf) => (leaf.rounds[repeats] ?? 0) === round),
    };
    walkPart(node, 0, own);
    if (own.leaves.some(({ way }) => way[level] === 1)) walkPart(node, 1, own);
  }
}
