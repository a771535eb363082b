import { wordMask } from './bits.js';
import type { CompiledOrder } from './compiled-order.js';
import { FactLists } from './fact-lists.js';
import type { StandStill } from './obstacle-cycle.js';
import { provenPairs, type Room } from './proven-pairs.js';
import type { OrderedOccurrence, RequestOrder } from './request-order.js';
import type { StrengthCounts } from './strength.js';

/** Rounds that have started and not ended, and rounds that only wait for these. By rank. */
interface SerialGroup {
  readonly open: number[];
  readonly ready: number[];
}

/**
 * Walks through a request in an order that the facts and the flow allow: a point is fired when all that must come before it has been. If every point
 * gets fired, certain order ∪ required order has no cycle; if not, what is left holds one.
 *
 * The required order is never spelt out. A start whose facts allow it looks for an occurrence at an earlier place that stands in its way, and sleeps at
 * that one until it has ended. Only looks from then on go further: each word of the bit set of earlier occurrences is passed once.
 *
 * Serial groups are walked with a choice: of the rounds that could start, the first listed does. A walk that succeeds is a proof all the same; one that
 * fails may have chosen badly.
 *
 * One object serves many requests, one after the other, and allocates only when a request is larger than all before.
 */
export class Firing {
  readonly #order: CompiledOrder;
  readonly #lists = new FactLists();
  #request: RequestOrder = { occurrences: [], nodes: 0, certain: [], causes: [] };
  #places: Int32Array = new Int32Array(0);
  #isSerial = false;
  /** Occurrences are numbered by place here, so that the occurrences at neighbouring places are a range of bits. */
  #rank = new Int32Array(0);
  #atRank = new Int32Array(0);
  /** By place: the rank of its first occurrence. */
  readonly #offsets: Int32Array;

  #queue = new Int32Array(0);
  #queued = 0;
  #fired = 0;
  #sequence = new Int32Array(0);
  #started = 0;

  /** Bit sets over ranks, and one for each rank: its ancestors, if it has any. */
  #words = 0;
  #hasStarted = new Int32Array(0);
  #hasEnded = new Int32Array(0);
  #ancestors = new Int32Array(0);

  /** Where a held up start looks on, by rank: index in the table of earlier places, word. */
  #atRange = new Int32Array(0);
  #atWord = new Int32Array(0);
  /** By rank: the first start that sleeps until this one has started, or ended; and the next that sleeps at the same. */
  #sleepersAtStart = new Int32Array(0);
  #sleepersAtEnd = new Int32Array(0);
  #nextSleeper = new Int32Array(0);
  /** By rank of a sleeping start: twice the rank that it sleeps at, and one more if until that one starts. */
  #obstacles = new Int32Array(0);
  /** By rank: 1 while a start sleeps, or waits for its turn. */
  #isHeldUp = new Uint8Array(0);
  readonly #groups: readonly SerialGroup[];
  readonly #room: Room = { ended: new Int32Array(0), started: new Int32Array(0) };
  #dropped: number[] = [];

  constructor(order: CompiledOrder) {
    this.#order = order;
    this.#offsets = new Int32Array(order.places.length + 1);
    this.#groups = Array.from({ length: order.serialGroups }, () => ({ open: [], ready: [] }));
  }

  /** True if every point could be fired. Occurrences without a place (negative) are asked nothing. */
  fire(request: RequestOrder, places: Int32Array, { serial }: { readonly serial: boolean }): boolean {
    this.#request = request;
    this.#places = places;
    this.#isSerial = serial;
    this.#reserve();
    this.#rankByPlace();
    this.#lists.load(request, this.#rank);
    this.#fireSources();
    return this.#fireOn() === request.nodes;
  }

  /**
   * After a walk that failed: goes on, and whenever it stands still takes the first listed start that is held up out of the flow, so that it asks nothing and
   * nothing is asked of it. Gives the occurrences that were taken out.
   */
  dropUntilAllFire(): readonly number[] {
    const { nodes, occurrences } = this.#request;
    let next = 0;
    while (this.#fireOn() < nodes) {
      while (next < occurrences.length && this.#isHeldUp[this.#rank[next] as number] === 0) next++;
      if (next === occurrences.length) next = 0;
      else this.#drop(next);
    }
    return this.#dropped;
  }

  /** After a walk that failed: rounds that have not ended, each with a round of its group that waits for it. */
  waitingRounds(): readonly (readonly [number, number])[] {
    return this.#groups.flatMap(({ open, ready }) =>
      open
        .filter((rank) => !isIn(this.#hasEnded, rank))
        .flatMap((first) =>
          ready.filter((rank) => !this.#mayOverlap(first, rank)).map((rank) => [first, rank] as const),
        )
        .map(([first, second]) => [this.#atRank[first] as number, this.#atRank[second] as number] as const),
    );
  }

  /** What the walk knows where it stands still, until the next one begins. */
  standStill(): StandStill {
    const fired = new Set(this.#queue.subarray(0, this.#fired));
    return {
      request: this.#request,
      hasFired: (node) => fired.has(node),
      obstacleTo: (after) => {
        const rank = this.#rank[after] as number;
        const obstacle = this.#isHeldUp[rank] === 1 ? (this.#obstacles[rank] as number) : -1;
        if (obstacle < 0) return undefined;
        return {
          before: this.#atRank[obstacle >>> 1] as number,
          after,
          demand: (obstacle & 1) === 1 ? 'start' : 'end',
        };
      },
    };
  }

  hasEnded(occurrence: number): boolean {
    return isIn(this.#hasEnded, this.#rank[occurrence] as number);
  }

  /** The occurrences that could be started, in an order that what was asked for allows. */
  startedOnes(): readonly number[] {
    const started: number[] = [];
    for (let i = 0; i < this.#started; i++) started.push(this.#sequence[i] as number);
    return started;
  }

  /** After a serial walk in which every point was fired: how many pairs the run requires an order of, and of how many it is certain. */
  strength(): StrengthCounts {
    return provenPairs({
      order: this.#order,
      lists: this.#lists,
      nodes: this.#request.nodes,
      words: this.#words,
      count: this.#started,
      fired: this.#queue,
      startOf: (rank) => this.#occurrence(rank).start,
      startedAt: (i) => this.#rank[this.#sequence[i] as number] as number,
      placeOf: (rank) => this.#places[this.#atRank[rank] as number] as number,
      offsets: this.#offsets,
      ancestors: this.#ancestors,
      room: this.#room,
    });
  }

  #reserve(): void {
    const { occurrences, nodes, causes } = this.#request;
    const count = occurrences.length;
    this.#words = (count + 31) >>> 5;
    if (this.#queue.length < nodes) this.#queue = new Int32Array(2 * nodes);
    if (causes.length > 0 && this.#ancestors.length < count * this.#words) {
      this.#ancestors = new Int32Array(count * this.#words);
    }
    if (this.#sequence.length >= count) return;
    const make = (): Int32Array<ArrayBuffer> => new Int32Array(2 * count);
    this.#sequence = make();
    this.#rank = make();
    this.#atRank = make();
    this.#hasStarted = make();
    this.#hasEnded = make();
    this.#atRange = make();
    this.#atWord = make();
    this.#sleepersAtStart = make();
    this.#sleepersAtEnd = make();
    this.#nextSleeper = make();
    this.#obstacles = make();
    this.#isHeldUp = new Uint8Array(2 * count);
  }

  #rankByPlace(): void {
    const places = this.#places;
    const offsets = this.#offsets.fill(0);
    let last = places.length;
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number;
      if (place < 0) last--;
      else offsets[place] = (offsets[place] as number) + 1;
    }
    let next = last;
    for (let place = offsets.length - 1; place >= 0; place--) {
      next -= offsets[place] as number;
      offsets[place] = next;
    }
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number;
      const rank = place < 0 ? last++ : (offsets[place] as number);
      if (place >= 0) offsets[place] = rank + 1;
      this.#rank[i] = rank;
      this.#atRank[rank] = i;
    }
    offsets.copyWithin(1, 0);
    offsets[0] = 0;
  }

  #fireSources(): void {
    const { occurrences, nodes } = this.#request;
    const count = occurrences.length;
    this.#started = 0;
    this.#queued = 0;
    this.#fired = 0;
    this.#dropped = [];
    this.#hasStarted.fill(0, 0, this.#words);
    this.#hasEnded.fill(0, 0, this.#words);
    this.#isHeldUp.fill(0, 0, count);
    this.#sleepersAtStart.fill(-1, 0, count);
    this.#sleepersAtEnd.fill(-1, 0, count);
    for (const group of this.#groups) group.open.length = group.ready.length = 0;
    const { waiting } = this.#lists;
    for (let node = 0; node < nodes; node++) if (waiting[node] === 0) this.#allow(node);
  }

  /** Fires what can be fired; gives the number of nodes that have been. */
  #fireOn(): number {
    const queue = this.#queue;
    const { firstArrow, nextArrow, arrowTo, waiting, pointAt } = this.#lists;
    do {
      while (this.#fired < this.#queued) {
        const node = queue[this.#fired++] as number;
        const point = pointAt[node] as number;
        if (point >= 0) this.#pass(point);
        for (let arrow = firstArrow[node] as number; arrow >= 0; arrow = nextArrow[arrow] as number) {
          const to = arrowTo[arrow] as number;
          const left = (waiting[to] as number) - 1;
          waiting[to] = left;
          if (left === 0) this.#allow(to);
        }
      }
    } while (this.#isSerial && this.#startRound());
    return this.#fired;
  }

  /** A start or an end has been fired; where nothing is known of its end, a start is both. */
  #pass(point: number): void {
    const rank = point >>> 1;
    const word = rank >>> 5;
    const bit = 1 << (rank & 31);
    const isStart = (point & 1) === 0;
    if (isStart) {
      const occurrence = this.#atRank[rank] as number;
      this.#sequence[this.#started++] = occurrence;
      this.#hasStarted[word] = (this.#hasStarted[word] as number) | bit;
      if ((this.#sleepersAtStart[rank] as number) >= 0) this.#wake(this.#sleepersAtStart, rank);
      if (this.#occurrence(rank).end !== undefined) return;
    }
    this.#hasEnded[word] = (this.#hasEnded[word] as number) | bit;
    if ((this.#sleepersAtEnd[rank] as number) >= 0) this.#wake(this.#sleepersAtEnd, rank);
  }

  /** All facts before a node have been fired. */
  #allow(node: number): void {
    const point = this.#lists.pointAt[node] as number;
    if (point < 0 || (point & 1) === 1) {
      this.#queue[this.#queued++] = node;
      return;
    }
    const rank = point >>> 1;
    if ((this.#lists.firstCause[rank] as number) >= 0) this.#gatherAncestors(rank);
    const place = this.#places[this.#atRank[rank] as number] as number;
    this.#atRange[rank] = place < 0 ? 0 : (this.#order.earlierTable.begins[place + 1] as number);
    this.#atWord[rank] = -1;
    this.#look(rank, place);
  }

  #gatherAncestors(rank: number): void {
    const { firstCause, nextCause, ancestor } = this.#lists;
    const ancestors = this.#ancestors;
    const words = this.#words;
    const row = rank * words;
    for (let w = 0; w < words; w++) ancestors[row + w] = 0;
    for (let id = firstCause[rank] as number; id >= 0; id = nextCause[id] as number) {
      const cause = ancestor[id] as number;
      const at = row + (cause >>> 5);
      ancestors[at] = (ancestors[at] as number) | (1 << (cause & 31));
      if ((firstCause[cause] as number) < 0) continue;
      const from = cause * words;
      for (let w = 0; w < words; w++)
        ancestors[row + w] = (ancestors[row + w] as number) | (ancestors[from + w] as number);
    }
  }

  /** Lets the start have its turn, or lays it to sleep at the last occurrence that stands in its way. */
  #look(rank: number, place: number): void {
    const { begins, byStart } = this.#order.earlierTable;
    const begin = place < 0 ? 0 : (begins[place] as number);
    let range = this.#atRange[rank] as number;
    let word = this.#atWord[rank] as number;
    for (;;) {
      if (word < 0) {
        if (range === begin) break;
        word = this.#lastWord(--range);
        if (word < 0) continue;
      }
      const asksStart = byStart[range] === 1 || !this.#occurrence(rank).tied;
      const obstacle = this.#obstacle(rank, { range, word, asksStart });
      if (obstacle >= 0) {
        this.#atRange[rank] = range;
        this.#atWord[rank] = obstacle >>> 5;
        this.#sleep(rank, obstacle, asksStart);
        return;
      }
      word = -1;
    }
    this.#takeTurn(rank, place);
  }

  /** The last word that holds an occurrence of a range; -1 if there is none. */
  #lastWord(range: number): number {
    const { first, after } = this.#order.earlierTable;
    const from = this.#offsets[first[range] as number] as number;
    const to = this.#offsets[after[range] as number] as number;
    return from === to ? -1 : (to - 1) >>> 5;
  }

  /** The last rank in the range, from a word on down, that has not ended (or started), and is no ancestor; -1 if there is none. */
  #obstacle(
    rank: number,
    { range, word, asksStart }: { readonly range: number; readonly word: number; readonly asksStart: boolean },
  ): number {
    const { first, after } = this.#order.earlierTable;
    const from = this.#offsets[first[range] as number] as number;
    const to = this.#offsets[after[range] as number] as number;
    const passed = asksStart ? this.#hasStarted : this.#hasEnded;
    const row = asksStart || (this.#lists.firstCause[rank] as number) < 0 ? -1 : rank * this.#words;
    const lowest = from >>> 5;
    for (let w = word; w >= lowest; w--) {
      let bits = ~(passed[w] as number) & wordMask(w, from, to);
      if (row >= 0) bits &= ~(this.#ancestors[row + w] as number);
      if (bits !== 0) return (w << 5) + 31 - Math.clz32(bits);
    }
    return -1;
  }

  #sleep(rank: number, obstacle: number, untilStart: boolean): void {
    const sleepers = untilStart ? this.#sleepersAtStart : this.#sleepersAtEnd;
    this.#nextSleeper[rank] = sleepers[obstacle] as number;
    sleepers[obstacle] = rank;
    this.#obstacles[rank] = 2 * obstacle + (untilStart ? 1 : 0);
    this.#isHeldUp[rank] = 1;
  }

  /** Wakes what sleeps at a rank: what fell asleep first, first, so that the order of the request is kept. */
  #wake(sleepers: Int32Array, rank: number): void {
    const next = this.#nextSleeper;
    let first = -1;
    for (let sleeper = sleepers[rank] as number; sleeper >= 0; ) {
      const after = next[sleeper] as number;
      next[sleeper] = first;
      first = sleeper;
      sleeper = after;
    }
    sleepers[rank] = -1;
    for (let sleeper = first; sleeper >= 0; ) {
      const after = next[sleeper] as number;
      const place = this.#places[this.#atRank[sleeper] as number] as number;
      if (this.#isHeldUp[sleeper] === 1) this.#look(sleeper, place);
      sleeper = after;
    }
  }

  #takeTurn(rank: number, place: number): void {
    const group = this.#isSerial && place >= 0 ? (this.#order.serialGroup[place] as number) : -1;
    this.#isHeldUp[rank] = group >= 0 ? 1 : 0;
    if (group >= 0) this.#obstacles[rank] = -1;
    if (group >= 0) this.#groups[group]?.ready.push(rank);
    else this.#queue[this.#queued++] = this.#occurrence(rank).start;
  }

  /** Starts the first listed round that no open round of its group stands in the way of. */
  #startRound(): boolean {
    let chosen: SerialGroup | undefined;
    let rank = -1;
    for (const group of this.#groups) {
      const next = group.ready.length === 0 ? -1 : this.#firstFree(group);
      if (next < 0 || (rank >= 0 && (this.#atRank[rank] as number) < (this.#atRank[next] as number))) continue;
      chosen = group;
      rank = next;
    }
    if (!chosen) return false;
    chosen.open.push(rank);
    chosen.ready.splice(chosen.ready.indexOf(rank), 1);
    this.#isHeldUp[rank] = 0;
    this.#queue[this.#queued++] = this.#occurrence(rank).start;
    return true;
  }

  #firstFree({ open, ready }: SerialGroup): number {
    let kept = 0;
    for (const rank of open) if (!isIn(this.#hasEnded, rank)) open[kept++] = rank;
    open.length = kept;
    let best = -1;
    for (const rank of ready) {
      if (best >= 0 && (this.#atRank[rank] as number) > (this.#atRank[best] as number)) continue;
      if (kept === 0 || open.every((other) => this.#mayOverlap(other, rank))) best = rank;
    }
    return best;
  }

  /** A round may start while its ancestor is open; one whose ancestors are not all known only has to start later. */
  #mayOverlap(open: number, rank: number): boolean {
    if (!this.#occurrence(rank).tied) return true;
    return (this.#lists.firstCause[rank] as number) >= 0 && isIn(this.#ancestors, open, rank * this.#words);
  }

  #drop(occurrence: number): void {
    const rank = this.#rank[occurrence] as number;
    this.#dropped.push(occurrence);
    this.#isHeldUp[rank] = 0;
    for (const { ready } of this.#groups) {
      const at = ready.indexOf(rank);
      if (at >= 0) ready.splice(at, 1);
    }
    this.#queue[this.#queued++] = this.#occurrence(rank).start;
    for (const passed of [this.#hasStarted, this.#hasEnded]) {
      passed[rank >>> 5] = (passed[rank >>> 5] as number) | (1 << (rank & 31));
    }
    this.#wake(this.#sleepersAtStart, rank);
    this.#wake(this.#sleepersAtEnd, rank);
  }

  #occurrence(rank: number): OrderedOccurrence {
    return this.#request.occurrences[this.#atRank[rank] as number] as OrderedOccurrence;
  }
}

function isIn(bits: Int32Array, rank: number, row = 0): boolean {
  return (((bits[row + (rank >>> 5)] as number) >>> (rank & 31)) & 1) === 1;
}
