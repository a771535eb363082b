import type { CompiledOrder } from './compiled-order.js';
import { costsOf } from './leaf-costs.js';
import {
  type AnyOrderNode,
  type BesideNode,
  type OrderNode,
  type PlaceNode,
  type RepeatNode,
  type SequenceNode,
  UNBOUNDED,
} from './order-tree.js';

/**
 * How far a run of a part of the tree has come. A state knows what can still start, not what has: two ways to the same state are one. Only occurrences that
 * still matter are in it, as tags: those that have not ended, and those that a place in the same round is bound to.
 *
 * A choice and an optional leave no trace: once entered, they are what was entered.
 */
export type RunState = {
  readonly id: number;
  /** Occurrences in it that still matter, ascending. */
  readonly tags: Tags;
  /** The fewest leaves that would have to be added to make it a whole run. */
  readonly cost: number;
} & StateShape;

export type Tags = readonly number[];

export type StateShape =
  | { readonly kind: 'fresh'; readonly node: OrderNode }
  | { readonly kind: 'done'; readonly node: PlaceNode; readonly own: Tags }
  | {
      readonly kind: 'sequence';
      readonly node: SequenceNode;
      readonly at: number;
      readonly child: RunState;
      /** Occurrences in earlier parts that have not ended. */
      readonly before: Tags;
    }
  | { readonly kind: 'beside'; readonly node: BesideNode; readonly children: readonly RunState[] }
  | {
      readonly kind: 'any-order';
      readonly node: AnyOrderNode;
      /** Indexes of the parts that have come and gone, ascending. */
      readonly finished: readonly number[];
      readonly at: number;
      readonly child: RunState;
      readonly before: Tags;
    }
  | {
      readonly kind: 'rounds';
      readonly node: RepeatNode;
      /** Rounds begun; of an unbounded repeat no more than its least are counted. */
      readonly begun: number;
      readonly isBetween: boolean;
      /** The part between, or the round, that is under way. */
      readonly child: RunState;
      readonly before: Tags;
      /** While between: what mattered of the round before it. */
      readonly round: Tags;
    }
  | {
      readonly kind: 'copies';
      readonly node: RepeatNode;
      readonly begun: number;
      /** Copies under way, equal ones together, in order of their ids. */
      readonly copies: readonly Copies[];
    };

export interface Copies {
  readonly state: RunState;
  readonly count: number;
}

export const NO_TAGS: Tags = [];

/** Makes states, each only once. */
export class RunStates {
  readonly #known = new Map<string, RunState>();
  readonly #fresh: (RunState | undefined)[];
  /** By node: the fewest leaves that a run of it adds. */
  readonly #costs: readonly number[];
  readonly #matters: (tag: number, beyond: RepeatNode) => boolean;

  /** `matters` tells what of a copy that can go no further still matters outside of it. */
  constructor(
    { nodes }: CompiledOrder,
    {
      isOpen,
      matters,
    }: { readonly isOpen: (place: number) => boolean; readonly matters: (tag: number, beyond: RepeatNode) => boolean },
  ) {
    this.#matters = matters;
    this.#fresh = nodes.map(() => undefined);
    this.#costs = costsOf(nodes, isOpen);
  }

  freshCost(node: OrderNode): number {
    return this.#costs[node.id] as number;
  }

  fresh(node: OrderNode): RunState {
    const known = this.#fresh[node.id];
    if (known) return known;
    const state = this.#make(`f${node.id}`, { kind: 'fresh', node });
    this.#fresh[node.id] = state;
    return state;
  }

  done(node: PlaceNode, own: Tags): RunState {
    return this.#intern(`d${node.id}:${own.join()}`, { kind: 'done', node, own });
  }

  sequence(shape: Omit<Extract<StateShape, { readonly kind: 'sequence' }>, 'kind'>): RunState {
    const { node, at, child, before } = shape;
    return this.#intern(`s${node.id}:${at}:${child.id}:${before.join()}`, { kind: 'sequence', ...shape });
  }

  beside(node: BesideNode, children: readonly RunState[]): RunState {
    return this.#intern(`b${node.id}:${idsOf(children)}`, { kind: 'beside', node, children });
  }

  anyOrder(shape: Omit<Extract<StateShape, { readonly kind: 'any-order' }>, 'kind'>): RunState {
    const { node, finished, at, child, before } = shape;
    const key = `o${node.id}:${finished.join()}:${at}:${child.id}:${before.join()}`;
    return this.#intern(key, { kind: 'any-order', ...shape });
  }

  rounds(shape: Omit<Extract<StateShape, { readonly kind: 'rounds' }>, 'kind'>): RunState {
    const { node, isBetween, child, before, round } = shape;
    const begun = capped(shape.begun, node);
    const key = `r${node.id}:${begun}:${isBetween}:${child.id}:${before.join()}:${round.join()}`;
    return this.#intern(key, { kind: 'rounds', ...shape, begun });
  }

  /** With one copy in another state than before, or one more. Copies that can go no further, and of which nothing matters, are only counted. */
  copies(
    { node, begun, copies }: Omit<Extract<StateShape, { readonly kind: 'copies' }>, 'kind'>,
    { from, to }: { readonly from: RunState | undefined; readonly to: RunState },
  ): RunState {
    const left = copies.map(({ state, count }) => ({ state, count: state === from ? count - 1 : count }));
    return this.#copies({ node, begun: from ? begun : begun + 1, copies: [...left, { state: to, count: 1 }] });
  }

  /** With every copy in the state that `change` gives. */
  changeCopies(
    { node, begun, copies }: Extract<RunState, { readonly kind: 'copies' }>,
    change: (state: RunState) => RunState,
  ): RunState {
    return this.#copies({ node, begun, copies: copies.map(({ state, count }) => ({ state: change(state), count })) });
  }

  #copies({ node, begun, copies }: Omit<Extract<StateShape, { readonly kind: 'copies' }>, 'kind'>): RunState {
    const counts = new Map<RunState, number>();
    for (const { state, count } of copies) {
      const isKept = !isOver(state) || state.tags.some((tag) => this.#matters(tag, node));
      if (isKept && count > 0) counts.set(state, (counts.get(state) ?? 0) + count);
    }
    const kept = [...counts].map(([state, count]) => ({ state, count })).sort((a, b) => a.state.id - b.state.id);
    const key = kept.map(({ state, count }) => `${state.id}x${count}`).join();
    const shape = { kind: 'copies', node, begun: capped(begun, node), copies: kept } as const;
    return this.#intern(`c${node.id}:${shape.begun}:${key}`, shape);
  }

  #intern(key: string, shape: StateShape): RunState {
    return this.#known.get(key) ?? this.#make(key, shape);
  }

  #make(key: string, shape: StateShape): RunState {
    const state = { ...shape, id: this.#known.size, tags: tagsOf(shape), cost: this.#costOf(shape) } as RunState;
    this.#known.set(key, state);
    return state;
  }

  #costOf(shape: StateShape): number {
    switch (shape.kind) {
      case 'fresh':
        return this.freshCost(shape.node);
      case 'done':
        return 0;
      case 'sequence':
        return this.#sum(shape.node.children.slice(shape.at + 1), shape.child.cost);
      case 'beside':
        return shape.children.reduce((sum, child) => sum + (isUnused(shape.node, child) ? 0 : child.cost), 0);
      case 'any-order': {
        const left = shape.node.children.filter((_, i) => i !== shape.at && !shape.finished.includes(i));
        return this.#sum(left, shape.child.cost);
      }
      case 'rounds':
        return shape.child.cost + this.#costOfRounds(shape);
      case 'copies': {
        const left = Math.max(0, shape.node.min - shape.begun) * this.freshCost(shape.node.child);
        return shape.copies.reduce((sum, { state, count }) => sum + count * state.cost, left);
      }
      default:
        return shape satisfies never;
    }
  }

  #costOfRounds({ node, begun, isBetween }: Extract<StateShape, { readonly kind: 'rounds' }>): number {
    const rounds = Math.max(isBetween ? 1 : 0, node.min - begun);
    const gaps = node.between ? rounds - (isBetween ? 1 : 0) : 0;
    return rounds * this.freshCost(node.child) + (node.between ? gaps * this.freshCost(node.between) : 0);
  }

  #sum(nodes: readonly OrderNode[], first: number): number {
    return nodes.reduce((sum, node) => sum + this.freshCost(node), first);
  }
}

/** In an any-of, a part that nothing has entered is not used. */
function isUnused(node: OrderNode, child: RunState): boolean {
  return node.kind === 'any-of' && child.kind === 'fresh';
}

function capped(begun: number, { min, max }: RepeatNode): number {
  return max === UNBOUNDED ? Math.min(begun, min) : begun;
}

/** True if nothing more can start in it. */
function isOver(state: RunState): boolean {
  switch (state.kind) {
    case 'fresh':
      return state.node.first === state.node.after;
    case 'done':
      return true;
    case 'sequence':
      return state.at === state.node.children.length - 1 && isOver(state.child);
    case 'beside':
      return state.children.every(isOver);
    case 'any-order':
      return state.finished.length === state.node.children.length - 1 && isOver(state.child);
    case 'rounds':
      return state.begun === state.node.max && !state.isBetween && isOver(state.child);
    case 'copies':
      return state.begun === state.node.max && state.copies.every((copies) => isOver(copies.state));
    default:
      return state satisfies never;
  }
}

function idsOf(states: readonly RunState[]): string {
  return states.map(({ id }) => id).join();
}

function tagsOf(shape: StateShape): Tags {
  switch (shape.kind) {
    case 'fresh':
      return NO_TAGS;
    case 'done':
      return shape.own;
    case 'sequence':
    case 'any-order':
      return union(shape.before, shape.child.tags);
    case 'beside':
      return shape.children.reduce((tags, child) => union(tags, child.tags), NO_TAGS);
    case 'rounds':
      return union(union(shape.before, shape.round), shape.child.tags);
    case 'copies':
      return shape.copies.reduce((tags, { state }) => union(tags, state.tags), NO_TAGS);
    default:
      return shape satisfies never;
  }
}

/** Both, ascending, each once. */
export function union(a: Tags, b: Tags): Tags {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}

/** The state without tags of occurrences that no longer matter. */
export function withoutTags(state: RunState, gone: ReadonlySet<number>, states: RunStates): RunState {
  if (!state.tags.some((tag) => gone.has(tag))) return state;
  const left = (tags: Tags): Tags => tags.filter((tag) => !gone.has(tag));
  const within = (child: RunState): RunState => withoutTags(child, gone, states);
  switch (state.kind) {
    case 'fresh':
      return state;
    case 'done':
      return states.done(state.node, left(state.own));
    case 'sequence':
      return states.sequence({ ...state, child: within(state.child), before: left(state.before) });
    case 'beside':
      return states.beside(state.node, state.children.map(within));
    case 'any-order':
      return states.anyOrder({ ...state, child: within(state.child), before: left(state.before) });
    case 'rounds':
      return states.rounds({
        ...state,
        child: within(state.child),
        before: left(state.before),
        round: left(state.round),
      });
    case 'copies':
      return states.changeCopies(state, within);
    default:
      return state satisfies never;
  }
}
