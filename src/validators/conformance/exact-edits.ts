import { type ClosedFacts, closeFacts } from './closed-facts.js';
import type { CompiledOrder } from './compiled-order.js';
import type { Firing } from './firing.js';
import type { KeptRun } from './least-edits.js';
import { obstacleCycle } from './obstacle-cycle.js';
import { overlappingPair } from './overlap.js';
import { DELETION, fitPlaces, type PlaceFit } from './place-fit.js';
import { NOWHERE } from './placing.js';
import type { RequestOrder } from './request-order.js';
import { describeRun, type RequiredOrder } from './run.js';
import { runAtPlaces } from './run-tree.js';
import { orderRounds } from './serial-rounds.js';
import { type Cycle, shortestCycle } from './shortest-cycle.js';

/** Which occurrences are kept, and where. */
interface Kept {
  /** By occurrence: its place, or `NOWHERE` if it is left out. */
  readonly places: Int32Array;
  /** All occurrences, in an order of starts that the facts and the kept ones allow. */
  readonly started: readonly number[];
  readonly isLeast: boolean;
}

export interface ExactProblem {
  readonly order: CompiledOrder;
  readonly request: RequestOrder;
  readonly places: Int32Array;
  readonly firing: Firing;
  /** Sets of occurrences to leave out that are tried, times the occurrences of the request. */
  readonly effort: number;
}

/** Orders of rounds that are tried for one set. */
const ROUND_BUDGET = 200;

/** Of more occurrences than these no smallest conflict of rounds is looked for. */
const MOST_ROUNDS = 256;

/** Among more occurrences than these any cycle will do. */
const MOST_STUCK = 500;

/** A set of occurrences to leave out, and what that comes to together with what the counts ask for. */
interface Candidate {
  readonly left: readonly number[];
  readonly weight: number;
  readonly places: Int32Array;
}

/**
 * The least edits for a tree of the exact class whose repeats go round single steps.
 *
 * What the counts ask for is known for any set of occurrences that is left out. Of the occurrences on a cycle one has to go: sets are tried in order of
 * what they come to, each set that still has a cycle followed by that set with one more of the cycle. When the effort is spent, whatever is held up goes.
 */
export function leastExactEdits(problem: ExactProblem): KeptRun {
  const { places, started, isLeast } = leastToLeave(problem);
  const kept = started.filter((occurrence) => (places[occurrence] as number) >= 0);
  return { run: runAtPlaces(problem.order, places, kept), started: kept, isLeast };
}

function fitKept(places: Int32Array, order: CompiledOrder, { mayStillCome }: RequestOrder): PlaceFit {
  const counts = new Int32Array(order.places.length);
  for (const place of places) if (place >= 0) counts[place] = (counts[place] as number) + 1;
  const isOpen = (place: number): boolean => mayStillCome?.has(order.places[place]?.label ?? '') === true;
  return fitPlaces(order.nodes, { counts, isOpen });
}

function leastToLeave(problem: ExactProblem): Kept {
  const search = new EditSearch(problem);
  const queue = [search.candidate([])];
  const seen = new Set<string>();
  let tries = Math.max(1, Math.floor(problem.effort / Math.max(1, problem.places.length)));
  for (let best = takeBest(queue); best && tries > 0; best = takeBest(queue), tries--) {
    const conflict = search.conflict(best.places);
    if (!conflict) return { places: best.places, started: search.started, isLeast: search.isSure };
    for (const occurrence of conflict) {
      const left = [...best.left, occurrence].sort((a, b) => a - b);
      if (!seen.has(left.join())) queue.push(search.candidate(left));
      seen.add(left.join());
    }
  }
  return search.dropWhatIsHeldUp();
}

/** The lightest; of those that weigh the same, the one that leaves out most, then the one found first. */
function takeBest(queue: Candidate[]): Candidate | undefined {
  let at = 0;
  queue.forEach((each, i) => {
    const best = queue[at] as Candidate;
    if (each.weight < best.weight || (each.weight === best.weight && each.left.length > best.left.length)) at = i;
  });
  return queue.splice(at, 1)[0];
}

class EditSearch {
  readonly #problem: ExactProblem;
  #facts: ClosedFacts | undefined;
  #started: readonly number[] = [];
  #isSure = true;

  constructor(problem: ExactProblem) {
    this.#problem = problem;
  }

  /** False once a set was given up that might have been without a conflict, or more than a conflict was taken for one. */
  get isSure(): boolean {
    return this.#isSure;
  }

  /** The order of starts that the last set without a conflict allows. */
  get started(): readonly number[] {
    return this.#started;
  }

  /** Leaves out these occurrences, and of the others what the counts say is too many: the last ones. */
  candidate(left: readonly number[]): Candidate {
    const { order, request } = this.#problem;
    const places = this.#problem.places.slice();
    for (const occurrence of left) places[occurrence] = NOWHERE;
    const { weight, surplus } = fitKept(places, order, request);
    for (let i = places.length - 1; i >= 0; i--) {
      const place = places[i] as number;
      if (place < 0 || surplus[place] === 0) continue;
      surplus[place] = (surplus[place] as number) - 1;
      places[i] = NOWHERE;
    }
    return { left, places, weight: weight + left.length * DELETION };
  }

  /** Occurrences of which at least one has to go, if the order of those that are placed is impossible. */
  conflict(places: Int32Array): readonly number[] | undefined {
    const { request, firing } = this.#problem;
    const placed = [...places.keys()].filter((i) => (places[i] as number) >= 0);
    if (firing.fire(request, places, { serial: true })) return this.#allow([...firing.startedOnes()]);
    const waiting = firing.waitingRounds();
    if (firing.fire(request, places, { serial: false })) return this.#conflictOfRounds(placed, places, waiting);
    const stuck = placed.filter((i) => !firing.hasEnded(i));
    const cycle = this.#cycle(places, stuck);
    return cycle ? [...new Set(cycle.flatMap(({ before, after }) => [before, after]))] : stuck;
  }

  /** Gives up on the least: takes out what the counts say, and whatever is held up after that. */
  dropWhatIsHeldUp(): Kept {
    const { request, firing } = this.#problem;
    const { places } = this.candidate([]);
    firing.fire(request, places, { serial: true });
    for (const occurrence of firing.dropUntilAllFire()) places[occurrence] = NOWHERE;
    return { places, started: [...firing.startedOnes()], isLeast: false };
  }

  #allow(started: readonly number[]): undefined {
    this.#started = started;
  }

  #conflictOfRounds(
    placed: readonly number[],
    places: Int32Array,
    waiting: readonly (readonly [number, number])[],
  ): readonly number[] | undefined {
    const overlap = overlappingPair(this.#problem.request, waiting);
    if (overlap) return overlap;
    if (this.#fitRounds(places)) return undefined;
    if (placed.length <= MOST_ROUNDS) return smallestConflict(placed, (kept) => !this.#fitRounds(only(places, kept)));
    this.#isSure = false;
    return waiting[0] ?? placed.slice(-1);
  }

  #fitRounds(places: Int32Array): boolean {
    const { order, request, firing } = this.#problem;
    firing.fire(request, places, { serial: false });
    const started = firing.startedOnes();
    const rounds = orderRounds({ order, request, places, started, budget: ROUND_BUDGET });
    if (rounds.kind === 'possible') this.#allow(rounds.started);
    if (rounds.kind === 'tooAmbiguous') this.#isSure = false;
    return rounds.kind === 'possible';
  }

  #cycle(places: Int32Array, stuck: readonly number[]): Cycle | undefined {
    if (stuck.length > MOST_STUCK) return obstacleCycle(this.#problem.firing.standStill());
    const { order, request } = this.#problem;
    const required = requiredBySequences(order, places, stuck);
    return shortestCycle(required, { facts: this.facts, request, sources: stuck, among: () => true });
  }

  get facts(): ClosedFacts {
    this.#facts ??= closeFacts(this.#problem.request);
    return this.#facts;
  }
}

function only(places: Int32Array, kept: readonly number[]): Int32Array {
  const some = new Int32Array(places.length).fill(NOWHERE);
  for (const occurrence of kept) some[occurrence] = places[occurrence] as number;
  return some;
}

/** What the sequences require of these occurrences. */
function requiredBySequences(
  order: CompiledOrder,
  places: Int32Array,
  among: readonly number[],
): readonly RequiredOrder[] {
  const run = runAtPlaces(order, only(places, among), among);
  return describeRun(run, { count: places.length, order: among, only: 'sequence' }).required;
}

/**
 * A smallest set that is still in conflict: no member can be spared. Halves the set as long as that will do, so that few members among many are found
 * with few questions.
 */
function smallestConflict(
  members: readonly number[],
  isConflict: (members: readonly number[]) => boolean,
): readonly number[] {
  const find = (given: readonly number[], rest: readonly number[], hasChanged: boolean): readonly number[] => {
    if (hasChanged && isConflict(given)) return [];
    if (rest.length === 1) return rest;
    const half = rest.length >> 1;
    const [left, right] = [rest.slice(0, half), rest.slice(half)];
    const fromRight = find([...given, ...left], right, left.length > 0);
    const fromLeft = find([...given, ...fromRight], left, fromRight.length > 0);
    return [...fromLeft, ...fromRight];
  };
  return members.length === 0 ? members : find([], members, false);
}
