import type { OrderNode, PlaceNode, RepeatNode, SequenceNode } from './order-tree.js';
import { GAP, NEXT_ROUND, SAME_PART } from './run-node.js';
import { NO_TAGS, type RunState, type RunStates, type Tags, union } from './run-state.js';

/** One way to let an occurrence start. */
export interface Move {
  readonly state: RunState;
  readonly place: number;
  readonly path: Path | undefined;
  /** What must come before the place and has not been run to its end: nothing can start there after this move. */
  readonly skipped: Skipped | undefined;
  /** Leaves that are added so that what must come before is whole. */
  readonly cost: number;
}

/**
 * The way from the root to the place: which part at each node that leaves a choice. At a serial repeat `SAME_PART`, `GAP` or `NEXT_ROUND`; at a parallel one the
 * id of the copy's state before, or `NEXT_ROUND`.
 */
export interface Path {
  readonly at: number;
  /** Of a copy: the state it is in afterwards. */
  readonly copy?: RunState;
  readonly rest: Path | undefined;
}

export interface Skipped {
  readonly state: RunState;
  readonly rest: Skipped | undefined;
}

/** What is asked of the request while moves are looked for. */
export interface MoveFacts {
  /** Places whose label the occurrence has, ascending. */
  placesOf(occurrence: number): readonly number[];
  isTied(occurrence: number): boolean;
  isAncestor(ancestor: number, descendant: number): boolean;
  hasEnded(occurrence: number): boolean;
  /** True if what the facts put before its end has started: then it ends at once. */
  endsAtOnce(occurrence: number): boolean;
  /** True if the place is not bound within the rounds of a repeat, or if one of those in the round is what it is bound to. */
  isBound(place: number, occurrence: number, roundOf: (repeat: number) => Tags): boolean;
  /** True for a place that another in the same round is bound to. */
  isAnchor(place: number): boolean;
  /** True if it still matters what has started: because it has not ended, or because a place beyond these rounds is bound to it. */
  matters(occurrence: number, beyond: RepeatNode | undefined): boolean;
  roundsLeft(node: RepeatNode, begun: number): number;
}

export interface Moves {
  readonly moves: readonly Move[];
  /** True if the occurrence may find a place later that it does not find now. */
  readonly hasMoreLater: boolean;
  /** True if a place is open that the occurrence may not take: something has not ended, or it is bound to another round. */
  readonly isBarred: boolean;
}

interface Scope {
  readonly node: number;
  readonly tags: Tags;
  readonly outer: Scope | undefined;
}

/** What lies behind when a later part is entered. */
interface Passed {
  readonly before: Tags;
  readonly skipped: Skipped | undefined;
  readonly cost: number;
}

const NONE: readonly Move[] = [];

/** Finds the moves of occurrences. With `mayAdd`, what must come before may be made whole by leaves that did not occur. */
export class MoveFinder {
  readonly #states: RunStates;
  readonly #facts: MoveFacts;
  readonly #mayAdd: boolean;
  #occurrence = 0;
  #places: readonly number[] = [];
  #hasMoreLater = false;
  #isBarred = false;

  constructor(states: RunStates, facts: MoveFacts, { mayAdd }: { readonly mayAdd: boolean }) {
    this.#states = states;
    this.#facts = facts;
    this.#mayAdd = mayAdd;
  }

  find(state: RunState, occurrence: number): Moves {
    this.#occurrence = occurrence;
    this.#places = this.#facts.placesOf(occurrence);
    this.#hasMoreLater = false;
    this.#isBarred = false;
    const moves = this.#within(state, undefined);
    return { moves, hasMoreLater: this.#hasMoreLater, isBarred: this.#isBarred };
  }

  #within(state: RunState, scopes: Scope | undefined): readonly Move[] {
    switch (state.kind) {
      case 'fresh':
        return this.#touches(state.node) ? this.#enter(state.node, scopes) : NONE;
      case 'done':
        return NONE;
      case 'sequence':
        return this.#inSequence(state, scopes);
      case 'beside':
        return this.#beside(state, scopes);
      case 'any-order':
        return this.#inAnyOrder(state, scopes);
      case 'rounds':
        return this.#inRounds(state, scopes);
      case 'copies':
        return this.#inCopies(state, scopes);
      default:
        return state satisfies never;
    }
  }

  #enter(node: OrderNode, scopes: Scope | undefined): readonly Move[] {
    switch (node.kind) {
      case 'place':
        return this.#stand(node, scopes);
      case 'sequence':
        return this.#laterParts(node, { from: 0, passed: NOTHING_PASSED, scopes });
      case 'parallel':
      case 'any-of': {
        const children = node.children.map((child) => this.#states.fresh(child));
        return this.#beside({ node, children }, scopes);
      }
      case 'any-order':
        return this.#otherParts({ node, finished: [], at: -1, passed: NOTHING_PASSED }, scopes);
      case 'choice':
        return node.children.flatMap((child, at) =>
          this.#touches(child) ? this.#enter(child, scopes).map((move) => step(move, { at, state: move.state })) : NONE,
        );
      case 'optional':
        return this.#enter(node.child, scopes);
      case 'repeat':
        return node.parallel ? this.#inCopies({ node, begun: 0, copies: [] }, scopes) : this.#firstRound(node, scopes);
      default:
        return node satisfies never;
    }
  }

  #stand(node: PlaceNode, scopes: Scope | undefined): readonly Move[] {
    const occurrence = this.#occurrence;
    const place = node.first;
    if (!this.#facts.isBound(place, occurrence, (repeat) => tagsOfRound(scopes, repeat))) {
      this.#isBarred = true;
      return NONE;
    }
    const isDone = this.#facts.endsAtOnce(occurrence) && !this.#facts.isAnchor(place);
    const state = this.#states.done(node, isDone ? NO_TAGS : [occurrence]);
    return [{ state, place, path: undefined, skipped: undefined, cost: 0 }];
  }

  #inSequence(
    { node, at, child, before }: Extract<RunState, { readonly kind: 'sequence' }>,
    scopes: Scope | undefined,
  ): readonly Move[] {
    const moves: Move[] = [];
    if (this.#touches(node.children[at] as OrderNode) && this.#isFree(before, node.by)) {
      for (const move of this.#within(child, scopes)) {
        const state = this.#states.sequence({ node, at, child: move.state, before });
        moves.push(step(move, { at, state }));
      }
    }
    if (!this.#touchesFrom(node, at + 1)) return moves;
    const passed = this.#pass({ before, skipped: undefined, cost: 0 }, child);
    if (passed) moves.push(...this.#laterParts(node, { from: at + 1, passed, scopes }));
    return moves;
  }

  #laterParts(
    node: SequenceNode,
    { from, passed, scopes }: { readonly from: number; readonly passed: Passed; readonly scopes: Scope | undefined },
  ): readonly Move[] {
    const moves: Move[] = [];
    let behind: Passed | undefined = passed;
    for (let at = from; this.#touchesFrom(node, at); at++) {
      const part = node.children[at] as OrderNode;
      if (!behind) return moves;
      if (this.#touches(part) && this.#isFree(behind.before, node.by)) {
        const { before } = behind;
        for (const move of this.#enter(part, scopes)) {
          const state = this.#states.sequence({ node, at, child: move.state, before });
          moves.push(step(move, { at, state, passed: behind }));
        }
      }
      if (this.#touchesFrom(node, at + 1)) behind = this.#pass(behind, this.#states.fresh(part));
    }
    return moves;
  }

  #beside(
    { node, children }: Pick<Extract<RunState, { readonly kind: 'beside' }>, 'node' | 'children'>,
    scopes: Scope | undefined,
  ): readonly Move[] {
    return node.children.flatMap((part, at) => {
      if (!this.#touches(part)) return NONE;
      return this.#within(children[at] as RunState, scopes).map((move) =>
        step(move, { at, state: this.#states.beside(node, children.with(at, move.state)) }),
      );
    });
  }

  #inAnyOrder(state: Extract<RunState, { readonly kind: 'any-order' }>, scopes: Scope | undefined): readonly Move[] {
    const { node, finished, at, child, before } = state;
    const moves: Move[] = [];
    if (this.#touches(node.children[at] as OrderNode) && this.#isFree(before, 'end')) {
      for (const move of this.#within(child, scopes)) {
        moves.push(step(move, { at, state: this.#states.anyOrder({ ...state, child: move.state }) }));
      }
    }
    const touchesOther = node.children.some((part, i) => i !== at && !finished.includes(i) && this.#touches(part));
    const passed = touchesOther ? this.#pass({ before, skipped: undefined, cost: 0 }, child) : undefined;
    if (passed) moves.push(...this.#otherParts({ node, finished, at, passed }, scopes));
    return moves;
  }

  /** The parts that have not come yet. Each of them could still have come before the one that does. */
  #otherParts(
    {
      node,
      finished,
      at,
      passed,
    }: Pick<Extract<RunState, { readonly kind: 'any-order' }>, 'node' | 'finished' | 'at'> & {
      readonly passed: Passed;
    },
    scopes: Scope | undefined,
  ): readonly Move[] {
    const others = node.children.flatMap((_, i) => (i === at || finished.includes(i) ? [] : [i]));
    const gone = at < 0 ? finished : [...finished, at].sort((a, b) => a - b);
    return others.flatMap((next) => {
      const part = node.children[next] as OrderNode;
      if (!this.#touches(part) || !this.#isFree(passed.before, 'end')) return NONE;
      const rivals = others
        .filter((i) => i !== next)
        .reduce<Skipped | undefined>(
          (rest, i) => ({ state: this.#states.fresh(node.children[i] as OrderNode), rest }),
          passed.skipped,
        );
      return this.#enter(part, scopes).map((move) => {
        const state = this.#states.anyOrder({
          node,
          finished: gone,
          at: next,
          child: move.state,
          before: passed.before,
        });
        return step(move, { at: next, state, passed: { ...passed, skipped: rivals } });
      });
    });
  }

  #firstRound(node: RepeatNode, scopes: Scope | undefined): readonly Move[] {
    if (this.#facts.roundsLeft(node, 0) > 1) this.#hasMoreLater = true;
    const rounds = this.#nextRound(node, { begun: 0, passed: NOTHING_PASSED }, scopes);
    return [...rounds, ...this.#emptyRound(node, { begun: 0, passed: NOTHING_PASSED }, scopes)];
  }

  #inRounds(state: Extract<RunState, { readonly kind: 'rounds' }>, scopes: Scope | undefined): readonly Move[] {
    const { node, begun, isBetween, child, before, round } = state;
    const moves: Move[] = [];
    if (this.#touches((isBetween ? node.between : node.child) as OrderNode) && this.#isFree(before, 'end')) {
      const scope = { node: node.id, tags: isBetween ? union(round, child.tags) : child.tags, outer: scopes };
      for (const move of this.#within(child, scope)) {
        moves.push(step(move, { at: SAME_PART, state: this.#states.rounds({ ...state, child: move.state }) }));
      }
    }
    if (begun >= node.max || !this.#touches(node)) return moves;
    if (this.#facts.roundsLeft(node, begun) > 1) this.#hasMoreLater = true;
    const passed = this.#pass({ before, skipped: undefined, cost: 0 }, child, node);
    return passed ? [...moves, ...this.#partsAfter(state, passed, scopes)] : moves;
  }

  /** After a round: the part between, or the next round. After a part between: the next round, or one with nothing in it and the part after that. */
  #partsAfter(
    { node, begun, isBetween, child }: Extract<RunState, { readonly kind: 'rounds' }>,
    passed: Passed,
    scopes: Scope | undefined,
  ): readonly Move[] {
    if (isBetween) {
      const rounds = this.#nextRound(node, { begun, passed }, scopes);
      return [...rounds, ...this.#emptyRound(node, { begun, passed }, scopes)];
    }
    const gaps = this.#gap(node, { begun, passed, round: child.tags }, scopes);
    const isPassed = node.between && this.#touches(node.child);
    const behind = isPassed ? this.#pass(passed, this.#states.fresh(node.between)) : passed;
    return behind ? [...gaps, ...this.#nextRound(node, { begun, passed: behind }, scopes)] : gaps;
  }

  #emptyRound(
    node: RepeatNode,
    { begun, passed }: { readonly begun: number; readonly passed: Passed },
    scopes: Scope | undefined,
  ): readonly Move[] {
    if (begun + 1 >= node.max || !this.#touchesGap(node)) return NONE;
    const over = this.#pass(passed, this.#states.fresh(node.child));
    return over ? this.#gap(node, { begun: begun + 1, passed: over, round: NO_TAGS }, scopes) : NONE;
  }

  #nextRound(
    node: RepeatNode,
    { begun, passed }: { readonly begun: number; readonly passed: Passed },
    scopes: Scope | undefined,
  ): readonly Move[] {
    if (!this.#touches(node.child) || !this.#isFree(passed.before, 'end')) return NONE;
    const scope = { node: node.id, tags: NO_TAGS, outer: scopes };
    return this.#enter(node.child, scope).map((move) => {
      const rest = { isBetween: false, before: passed.before, round: NO_TAGS };
      const state = this.#states.rounds({ node, begun: begun + 1, child: move.state, ...rest });
      return step(move, { at: NEXT_ROUND, state, passed });
    });
  }

  #gap(
    node: RepeatNode,
    { begun, passed, round }: { readonly begun: number; readonly passed: Passed; readonly round: Tags },
    scopes: Scope | undefined,
  ): readonly Move[] {
    if (!node.between || !this.#touchesGap(node) || !this.#isFree(passed.before, 'end')) return NONE;
    const scope = { node: node.id, tags: round, outer: scopes };
    return this.#enter(node.between, scope).map((move) => {
      const state = this.#states.rounds({
        node,
        begun,
        isBetween: true,
        child: move.state,
        before: passed.before,
        round,
      });
      return step(move, { at: GAP, state, passed });
    });
  }

  #inCopies(
    { node, begun, copies }: Pick<Extract<RunState, { readonly kind: 'copies' }>, 'node' | 'begun' | 'copies'>,
    scopes: Scope | undefined,
  ): readonly Move[] {
    if (!this.#touches(node)) return NONE;
    const before = { node, begun, copies };
    const moves = copies.flatMap(({ state: copy }) =>
      this.#within(copy, { node: node.id, tags: copy.tags, outer: scopes }).map((move) => {
        const state = this.#states.copies(before, { from: copy, to: move.state });
        return step(move, { at: copy.id, copy: move.state, state });
      }),
    );
    if (begun >= node.max || (!this.#mayAdd && this.#facts.roundsLeft(node, begun) <= 0)) return moves;
    const fresh = this.#enter(node.child, { node: node.id, tags: NO_TAGS, outer: scopes }).map((move) => {
      const state = this.#states.copies(before, { from: undefined, to: move.state });
      return step(move, { at: NEXT_ROUND, copy: move.state, state });
    });
    return [...moves, ...fresh];
  }

  /** What lies behind once a part is passed, and the round of a repeat with it; undefined if it is not whole. */
  #pass({ before, skipped, cost }: Passed, part: RunState, round?: RepeatNode): Passed | undefined {
    if (part.cost > 0 && !this.#mayAdd) {
      this.#hasMoreLater = true;
      return undefined;
    }
    const tags = part.tags.filter((tag) => this.#facts.matters(tag, round));
    return { before: union(before, tags), skipped: { state: part, rest: skipped }, cost: cost + part.cost };
  }

  /** Nothing that must have ended before is still open, but for ancestors. */
  #isFree(before: Tags, by: 'start' | 'end'): boolean {
    if (by === 'start' || before.length === 0 || !this.#facts.isTied(this.#occurrence)) return true;
    const isFree = before.every((tag) => this.#facts.hasEnded(tag) || this.#facts.isAncestor(tag, this.#occurrence));
    if (!isFree) this.#hasMoreLater = this.#isBarred = true;
    return isFree;
  }

  #touches({ first, after }: OrderNode): boolean {
    for (const place of this.#places) if (place >= first && place < after) return true;
    return false;
  }

  #touchesGap({ between }: RepeatNode): boolean {
    return between !== undefined && this.#touches(between);
  }

  #touchesFrom({ children, after }: SequenceNode, at: number): boolean {
    const first = children[at]?.first;
    if (first === undefined) return false;
    for (const place of this.#places) if (place >= first && place < after) return true;
    return false;
  }
}

function tagsOfRound(scopes: Scope | undefined, repeat: number): Tags {
  let scope = scopes;
  while (scope && scope.node !== repeat) scope = scope.outer;
  return scope?.tags ?? NO_TAGS;
}

const NOTHING_PASSED: Passed = { before: NO_TAGS, skipped: undefined, cost: 0 };

function step(
  move: Move,
  {
    at,
    copy,
    state,
    passed = NOTHING_PASSED,
  }: { readonly at: number; readonly copy?: RunState; readonly state: RunState; readonly passed?: Passed },
): Move {
  const path: Path = copy ? { at, copy, rest: move.path } : { at, rest: move.path };
  return {
    state,
    place: move.place,
    path,
    skipped: join(move.skipped, passed.skipped),
    cost: move.cost + passed.cost,
  };
}

function join(a: Skipped | undefined, b: Skipped | undefined): Skipped | undefined {
  if (!a) return b;
  return b ? { state: a.state, rest: join(a.rest, b) } : a;
}
