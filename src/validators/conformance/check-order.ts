import type { CompiledOrder } from './compiled-order.js';
import { leastEditsBySearch, leastInsertionsBySearch } from './edit-search.js';
import { leastExactEdits } from './exact-edits.js';
import { Firing } from './firing.js';
import { boundsOfNodes, type LabelBounds } from './label-bounds.js';
import { describeEdits, type KeptRun, type LeastEdits } from './least-edits.js';
import { isShortRepeat } from './order-tree.js';
import { overlappingPair } from './overlap.js';
import { emptyCounts, placeOccurrences } from './placing.js';
import type { RequestOrder } from './request-order.js';
import { describeRun, type Run } from './run.js';
import { runAtPlaces } from './run-tree.js';
import { search } from './search.js';
import { orderRounds } from './serial-rounds.js';
import { type StrengthCounts, strengthOf } from './strength.js';
import { emptyTimes, fitsCounts, type PlaceCounts, type Times } from './times.js';

/** States that a search looks at, beside one for each occurrence, before it gives up. */
export const STATE_BUDGET = 50_000;

/** Occurrences that are looked at while the least edits are searched for, one set to leave out after the other. */
const EFFORT = 200_000;

/** States that are looked at for the least edits outside the exact class. */
const EDIT_BUDGET = 10_000;

/** Whether a request can have been a run of the flow. */
export type Conformance =
  | (Checked & {
      readonly kind: 'conforms';
      /** One such run; worked out on asking. */
      readonly run: () => Run;
      /** How many pairs of occurrences it requires an order of, and of how many that order is certain. */
      readonly strength: StrengthCounts;
    })
  | (Checked & { readonly kind: 'violated' | 'tooAmbiguous' });

interface Checked {
  /** `exact`: by counts and one walk over the points. `search`: by trying. */
  readonly method: 'exact' | 'search';
  /** States that a search looked at. */
  readonly states: number;
}

export interface CheckOptions {
  readonly budget?: number;
}

/** Checks the requests of one flow. */
export interface OrderChecker {
  readonly order: CompiledOrder;
  /**
   * A request conforms if and only if its occurrences can be assigned to places of one run of the flow so that the counts fit and certain order ∪ the
   * order that this run requires has no cycle. With steps that may still come, the same holds with their places optional: what is violated then is
   * violated for good.
   */
  check(request: RequestOrder, options?: CheckOptions): Conformance;
  /** The fewest deletions and insertions that make a request conform: what to say of one that does not. */
  leastEdits(request: RequestOrder): LeastEdits;
  /**
   * The fewest insertions that make a request whole, which MUST conform while steps may still come: nothing of it is left out. `unseen` are labels of which nothing
   * needs to be inserted. Undefined if it was not found out.
   */
  completion(request: RequestOrder, unseen: ReadonlySet<string>): LeastEdits | undefined;
}

/** A checker keeps its working memory from one request to the next. */
export function createChecker(order: CompiledOrder): OrderChecker {
  const checker = new Checker(order);
  return {
    order,
    check: (request, options) => checker.check(request, options),
    leastEdits: (request) => checker.leastEdits(request),
    completion: (request, unseen) => checker.completion(request, unseen),
  };
}

class Checker {
  readonly #order: CompiledOrder;
  readonly #firing: Firing;
  readonly #counts: PlaceCounts;
  readonly #times: Times;
  #bounds: readonly LabelBounds[] | undefined;

  constructor(order: CompiledOrder) {
    this.#order = order;
    this.#firing = new Firing(order);
    this.#counts = emptyCounts(order.places.length);
    this.#times = emptyTimes(order.nodes.length);
  }

  check(request: RequestOrder, { budget = STATE_BUDGET }: CheckOptions = {}): Conformance {
    const order = this.#order;
    const { places, floating, nowhere } = placeOccurrences(order, request, this.#counts);
    if (nowhere > 0 || !fitsCounts(order.nodeTable, this.#counts, this.#times)) return VIOLATED;
    if (order.treeClass.exact && floating === 0) return this.#checkExact(request, places, budget);
    if (!this.#firing.fire(request, places, { serial: false })) return VIOLATED;
    this.#bounds ??= boundsOfNodes(order);
    const found = search({ order, bounds: this.#bounds, request, budget: budget + places.length });
    const { kind, states } = found;
    if (kind === 'found') {
      const strength = strengthOf(request, found.run(), { list: 0 });
      return { kind: 'conforms', method: 'search', states, run: found.run, strength };
    }
    return { kind: kind === 'impossible' ? 'violated' : kind, method: 'search', states };
  }

  completion(request: RequestOrder, unseen: ReadonlySet<string>): LeastEdits | undefined {
    const order = this.#order;
    const { places, floating } = placeOccurrences(order, request, this.#counts);
    const whole = { ...request, mayStillCome: unseen };
    const kept = this.#isShort && floating === 0 ? this.#keptAt(places, request) : this.#keptBySearch(request, whole);
    return kept && describeEdits(order, whole, kept);
  }

  /** Where every occurrence has its place there is one run to complete. */
  #keptAt(places: Int32Array, request: RequestOrder): KeptRun | undefined {
    if (!this.#firing.fire(request, places, { serial: false })) return undefined;
    const started = [...this.#firing.startedOnes()];
    return { run: runAtPlaces(this.#order, places, started), started, isLeast: true };
  }

  #keptBySearch(request: RequestOrder, whole: RequestOrder): KeptRun | undefined {
    const order = this.#order;
    this.#bounds ??= boundsOfNodes(order);
    const least = leastInsertionsBySearch({ order, bounds: this.#bounds, request: whole, budget: EDIT_BUDGET });
    if (least) return least;
    const found = search({ order, bounds: this.#bounds, request, budget: STATE_BUDGET });
    return found.kind === 'found' ? found.kept() : undefined;
  }

  /** Of a tree like that the places of the occurrences say all. */
  get #isShort(): boolean {
    const { treeClass, nodes } = this.#order;
    return treeClass.exact && nodes.every((node) => node.kind !== 'repeat' || isShortRepeat(node));
  }

  leastEdits(request: RequestOrder): LeastEdits {
    const order = this.#order;
    const { places, floating } = placeOccurrences(order, request, this.#counts);
    this.#bounds ??= boundsOfNodes(order);
    const kept =
      this.#isShort && floating === 0
        ? leastExactEdits({ order, request, places, firing: this.#firing, effort: EFFORT })
        : leastEditsBySearch({ order, bounds: this.#bounds, request, budget: EDIT_BUDGET });
    return describeEdits(order, request, kept);
  }

  #checkExact(request: RequestOrder, places: Int32Array, budget: number): Conformance {
    const order = this.#order;
    if (this.#firing.fire(request, places, { serial: true })) {
      const started = this.#firing.startedOnes();
      const strength = this.#firing.strength();
      return { kind: 'conforms', method: 'exact', states: 0, strength, run: () => runOf(order, places, started) };
    }
    const waiting = this.#firing.waitingRounds();
    if (order.serialGroups === 0 || !this.#firing.fire(request, places, { serial: false })) return VIOLATED;
    if (overlappingPair(request, waiting)) return VIOLATED;
    const rounds = orderRounds({ order, request, places, started: this.#firing.startedOnes(), budget });
    if (rounds.kind === 'possible') {
      const run = (): Run => runOf(order, places, rounds.started);
      const strength = strengthOf(request, run(), { list: 0 });
      return { kind: 'conforms', method: 'exact', states: rounds.states, run, strength };
    }
    return { ...VIOLATED, kind: rounds.kind === 'impossible' ? 'violated' : 'tooAmbiguous', states: rounds.states };
  }
}

const VIOLATED = { kind: 'violated', method: 'exact', states: 0 } as const;

function runOf(order: CompiledOrder, places: Int32Array, started: ArrayLike<number>): Run {
  const inOrder = Array.from(started);
  return describeRun(runAtPlaces(order, places, inOrder), { count: places.length, order: inOrder });
}
