import type { CompiledOrder, EarlierPlaces } from './compiled-order.js';
import type { OrderedOccurrence, RequestOrder } from './request-order.js';

/** Rounds that have started and not ended, and rounds that only wait for these. By rank. */
interface SerialGroup {
  open: number[];
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
  /** Occurrences in the order in which they started. */
  #sequence = new Int32Array(0);
  #started = 0;

  readonly #order: CompiledOrder;
  #request: RequestOrder = { occurrences: [], nodes: 0, certain: [], causes: [] };
  /** Occurrences are numbered by place here, so that the occurrences at neighbouring places are a range of bits. */
  #rank = new Int32Array(0);
  #atRank = new Int32Array(0);
  readonly #offsets: Int32Array;
  #places: Int32Array = new Int32Array(0);
  #words = 0;

  /** The arrows of the facts, as lists by node. */
  #firstArrow = new Int32Array(0);
  #nextArrow = new Int32Array(0);
  #arrowTo = new Int32Array(0);
  #arrows = 0;
  #incoming = new Int32Array(0);
  #startsAt = new Int32Array(0);
  #endsAt = new Int32Array(0);
  #queue = new Int32Array(0);
  #queued = 0;
  #fired = 0;

  /** Bit sets over ranks. */
  #hasStarted = new Int32Array(0);
  #hasEnded = new Int32Array(0);
  #ancestors = new Int32Array(0);
  #firstCause = new Int32Array(0);
  #nextCause = new Int32Array(0);
  #cause = new Int32Array(0);

  /** Where a sleeping start looks on, by rank: index in the list of earlier places, word. */
  #atRange = new Int32Array(0);
  #atWord = new Int32Array(0);
  /** By rank: the first start that sleeps until this one has started, or ended; and the next that sleeps at the same. */
  #sleepersAtStart = new Int32Array(0);
  #sleepersAtEnd = new Int32Array(0);
  #nextSleeper = new Int32Array(0);

  readonly #serial: readonly SerialGroup[];
  /** By rank: 1 while a start sleeps, or waits for its turn. */
  #isHeldUp = new Uint8Array(0);
  #dropped: number[] = [];

  constructor(order: CompiledOrder) {
    this.#order = order;
    this.#offsets = new Int32Array(order.places.length + 1);
    this.#serial = Array.from({ length: order.serialGroups }, () => ({ open: [], ready: [] }));
  }

  /** True if every point could be fired. Occurrences without a place (negative) are asked nothing. */
  fire(request: RequestOrder, places: Int32Array, { serial }: { readonly serial: boolean }): boolean {
    this.#request = request;
    this.#places = places;
    this.#reserve();
    this.#rankByPlace();
    this.#addFacts();
    this.#fireSources(serial);
    return this.#fireOn(serial) === request.nodes;
  }

  /**
   * After a walk that failed: goes on, and whenever it stands still takes the first listed start that is held up out of the flow, so that it asks nothing and
   * nothing is asked of it. Gives the occurrences that were taken out.
   */
  dropUntilAllFire(options: { readonly serial: boolean }): readonly number[] {
    const { nodes, occurrences } = this.#request;
    let next = 0;
    while (this.#fireOn(options.serial) < nodes) {
      while (next < occurrences.length && this.#isHeldUp[this.#rank[next] as number] === 0) next++;
      if (next === occurrences.length) next = 0;
      else this.#drop(next, options.serial);
    }
    return this.#dropped;
  }

  hasEnded(occurrence: number): boolean {
    return isIn(this.#hasEnded, this.#rank[occurrence] as number);
  }

  /** The occurrences that could be started, in an order that what was asked for allows. */
  startedOnes(): readonly number[] {
    return Array.from(this.#sequence.subarray(0, this.#started));
  }

  #reserve(): void {
    const { occurrences, nodes, certain, causes } = this.#request;
    const count = occurrences.length;
    const arrows = (certain.length + causes.length) / 2 + count;
    this.#words = (count + 31) >>> 5;
    if (this.#sequence.length < count) this.#growOccurrences(count);
    if (this.#firstArrow.length < nodes) this.#growNodes(nodes);
    if (this.#nextArrow.length < arrows) {
      this.#nextArrow = new Int32Array(2 * arrows);
      this.#arrowTo = new Int32Array(2 * arrows);
    }
    if (this.#cause.length < causes.length / 2) {
      this.#cause = new Int32Array(causes.length);
      this.#nextCause = new Int32Array(causes.length);
    }
    if (causes.length > 0 && this.#ancestors.length < count * this.#words) {
      this.#ancestors = new Int32Array(count * this.#words);
    }
  }

  #growOccurrences(count: number): void {
    const size = 2 * count;
    const words = (size + 31) >>> 5;
    this.#sequence = new Int32Array(size);
    this.#rank = new Int32Array(size);
    this.#atRank = new Int32Array(size);
    this.#hasStarted = new Int32Array(words);
    this.#hasEnded = new Int32Array(words);
    this.#firstCause = new Int32Array(size);
    this.#atRange = new Int32Array(size);
    this.#atWord = new Int32Array(size);
    this.#sleepersAtStart = new Int32Array(size);
    this.#sleepersAtEnd = new Int32Array(size);
    this.#nextSleeper = new Int32Array(size);
    this.#isHeldUp = new Uint8Array(size);
  }

  #growNodes(nodes: number): void {
    const size = 2 * nodes;
    this.#firstArrow = new Int32Array(size);
    this.#incoming = new Int32Array(size);
    this.#startsAt = new Int32Array(size);
    this.#endsAt = new Int32Array(size);
    this.#queue = new Int32Array(size);
  }

  #rankByPlace(): void {
    const places = this.#places;
    const offsets = this.#offsets.fill(0);
    let homeless = 0;
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number;
      if (place < 0) homeless++;
      else offsets[place] = (offsets[place] as number) + 1;
    }
    let next = 0;
    for (let place = 0; place < offsets.length; place++) {
      const count = offsets[place] as number;
      offsets[place] = next;
      next += count;
    }
    let last = places.length - homeless;
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number;
      const rank = place < 0 ? last++ : (offsets[place] as number);
      if (place >= 0) offsets[place] = rank + 1;
      this.#rank[i] = rank;
      this.#atRank[rank] = i;
    }
    for (let place = offsets.length - 1; place > 0; place--) offsets[place] = offsets[place - 1] as number;
    offsets[0] = 0;
  }

  #addFacts(): void {
    const { occurrences, nodes, certain, causes } = this.#request;
    const count = occurrences.length;
    this.#arrows = 0;
    this.#firstArrow.fill(-1, 0, nodes);
    this.#incoming.fill(0, 0, nodes);
    this.#startsAt.fill(-1, 0, nodes);
    this.#endsAt.fill(-1, 0, nodes);
    for (let i = 0; i < certain.length; i += 2) this.#addArrow(certain[i] as number, certain[i + 1] as number);
    for (let i = 0; i < count; i++) {
      const { start, end } = occurrences[i] as OrderedOccurrence;
      this.#startsAt[start] = this.#rank[i] as number;
      this.#endsAt[end ?? start] = this.#rank[i] as number;
      if (end !== undefined) this.#addArrow(start, end);
    }
    this.#firstCause.fill(-1, 0, count);
    for (let i = 0; i < causes.length; i += 2) this.#addCause(causes[i] as number, causes[i + 1] as number, i >>> 1);
  }

  #addArrow(from: number, to: number): void {
    const arrow = this.#arrows++;
    this.#arrowTo[arrow] = to;
    this.#nextArrow[arrow] = this.#firstArrow[from] as number;
    this.#firstArrow[from] = arrow;
    this.#incoming[to] = (this.#incoming[to] as number) + 1;
  }

  #addCause(ancestor: number, descendant: number, id: number): void {
    const rank = this.#rank[descendant] as number;
    this.#cause[id] = this.#rank[ancestor] as number;
    this.#nextCause[id] = this.#firstCause[rank] as number;
    this.#firstCause[rank] = id;
    const { occurrences } = this.#request;
    this.#addArrow(
      (occurrences[ancestor] as OrderedOccurrence).start,
      (occurrences[descendant] as OrderedOccurrence).start,
    );
  }

  #fireSources(serial: boolean): void {
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
    for (const group of this.#serial) {
      group.open = [];
      group.ready.length = 0;
    }
    for (let node = 0; node < nodes; node++) if (this.#incoming[node] === 0) this.#allow(node, serial);
  }

  /** Fires what can be fired; gives the number of nodes that have been. */
  #fireOn(serial: boolean): number {
    do {
      while (this.#fired < this.#queued) this.#fireNode(this.#queue[this.#fired++] as number, serial);
    } while (serial && this.#startRound());
    return this.#fired;
  }

  #drop(occurrence: number, serial: boolean): void {
    const rank = this.#rank[occurrence] as number;
    this.#dropped.push(occurrence);
    this.#isHeldUp[rank] = 0;
    for (const { ready } of this.#serial) {
      const at = ready.indexOf(rank);
      if (at >= 0) ready.splice(at, 1);
    }
    this.#queue[this.#queued++] = (this.#request.occurrences[occurrence] as OrderedOccurrence).start;
    this.#hasStarted[rank >>> 5] = (this.#hasStarted[rank >>> 5] as number) | (1 << (rank & 31));
    this.#hasEnded[rank >>> 5] = (this.#hasEnded[rank >>> 5] as number) | (1 << (rank & 31));
    this.#wake(this.#sleepersAtStart, rank, serial);
    this.#wake(this.#sleepersAtEnd, rank, serial);
  }

  /** All facts before a node have been fired. */
  #allow(node: number, serial: boolean): void {
    const rank = this.#startsAt[node] as number;
    if (rank < 0) this.#queue[this.#queued++] = node;
    else {
      if (this.#request.causes.length > 0) this.#gatherAncestors(rank);
      const place = this.#places[this.#atRank[rank] as number] as number;
      this.#atRange[rank] = place < 0 ? -1 : (this.#order.earlier[place] as readonly EarlierPlaces[]).length;
      this.#atWord[rank] = -1;
      this.#look(rank, serial);
    }
  }

  #gatherAncestors(rank: number): void {
    const words = this.#words;
    const row = rank * words;
    this.#ancestors.fill(0, row, row + words);
    for (let id = this.#firstCause[rank] as number; id >= 0; id = this.#nextCause[id] as number) {
      const cause = this.#cause[id] as number;
      const from = cause * words;
      for (let w = 0; w < words; w++) {
        this.#ancestors[row + w] = (this.#ancestors[row + w] as number) | (this.#ancestors[from + w] as number);
      }
      const at = row + (cause >>> 5);
      this.#ancestors[at] = (this.#ancestors[at] as number) | (1 << (cause & 31));
    }
  }

  /** Queues the start, or lays it to sleep at the last occurrence that stands in its way. */
  #look(rank: number, serial: boolean): void {
    const occurrence = this.#atRank[rank] as number;
    const place = this.#places[occurrence] as number;
    const ranges = place < 0 ? [] : (this.#order.earlier[place] as readonly EarlierPlaces[]);
    const { tied } = this.#request.occurrences[occurrence] as OrderedOccurrence;
    let at = this.#atRange[rank] as number;
    while (at > 0 || this.#atWord[rank] !== -1) {
      if (this.#atWord[rank] === -1) this.#enterRange(rank, ranges[--at] as EarlierPlaces);
      this.#atRange[rank] = at;
      const range = ranges[at] as EarlierPlaces;
      const asksStart = range.by === 'start' || !tied;
      const obstacle = this.#obstacle(rank, range, asksStart);
      if (obstacle >= 0) {
        this.#sleep(rank, obstacle, asksStart);
        return;
      }
    }
    this.#ready(rank, serial);
  }

  #enterRange(rank: number, { first, after }: EarlierPlaces): void {
    const from = this.#offsets[first] as number;
    const to = this.#offsets[after] as number;
    this.#atWord[rank] = from === to ? -1 : (to - 1) >>> 5;
  }

  /** The last rank in the range that has not ended (or started), and is no ancestor; -1 if there is none. */
  #obstacle(rank: number, { first, after }: EarlierPlaces, asksStart: boolean): number {
    const from = this.#offsets[first] as number;
    const to = this.#offsets[after] as number;
    const passed = asksStart ? this.#hasStarted : this.#hasEnded;
    const exempts = !asksStart && this.#request.causes.length > 0;
    const row = rank * this.#words;
    const lowest = from >>> 5;
    for (let w = this.#atWord[rank] as number; w >= lowest && w >= 0; w--) {
      let bits = ~(passed[w] as number) & wordMask(w, from, to);
      if (exempts) bits &= ~(this.#ancestors[row + w] as number);
      if (bits !== 0) {
        this.#atWord[rank] = w;
        return (w << 5) + 31 - Math.clz32(bits);
      }
    }
    this.#atWord[rank] = -1;
    return -1;
  }

  #sleep(rank: number, obstacle: number, untilStart: boolean): void {
    const sleepers = untilStart ? this.#sleepersAtStart : this.#sleepersAtEnd;
    this.#nextSleeper[rank] = sleepers[obstacle] as number;
    sleepers[obstacle] = rank;
    this.#isHeldUp[rank] = 1;
  }

  #ready(rank: number, serial: boolean): void {
    const occurrence = this.#atRank[rank] as number;
    const place = this.#places[occurrence] as number;
    const group = serial && place >= 0 ? (this.#order.serialGroup[place] as number) : -1;
    this.#isHeldUp[rank] = group >= 0 ? 1 : 0;
    if (group >= 0) this.#serial[group]?.ready.push(rank);
    else this.#queue[this.#queued++] = (this.#request.occurrences[occurrence] as OrderedOccurrence).start;
  }

  #fireNode(node: number, serial: boolean): void {
    const starts = this.#startsAt[node] as number;
    if (starts >= 0) this.#start(starts, serial);
    const ends = this.#endsAt[node] as number;
    if (ends >= 0) this.#end(ends, serial);
    for (let arrow = this.#firstArrow[node] as number; arrow >= 0; arrow = this.#nextArrow[arrow] as number) {
      const to = this.#arrowTo[arrow] as number;
      const left = (this.#incoming[to] as number) - 1;
      this.#incoming[to] = left;
      if (left === 0) this.#allow(to, serial);
    }
  }

  #start(rank: number, serial: boolean): void {
    this.#sequence[this.#started++] = this.#atRank[rank] as number;
    this.#hasStarted[rank >>> 5] = (this.#hasStarted[rank >>> 5] as number) | (1 << (rank & 31));
    this.#wake(this.#sleepersAtStart, rank, serial);
  }

  #end(rank: number, serial: boolean): void {
    this.#hasEnded[rank >>> 5] = (this.#hasEnded[rank >>> 5] as number) | (1 << (rank & 31));
    this.#wake(this.#sleepersAtEnd, rank, serial);
  }

  #wake(sleepers: Int32Array, rank: number, serial: boolean): void {
    let sleeper = sleepers[rank] as number;
    sleepers[rank] = -1;
    while (sleeper >= 0) {
      const next = this.#nextSleeper[sleeper] as number;
      if (this.#isHeldUp[sleeper] === 1) this.#look(sleeper, serial);
      sleeper = next;
    }
  }

  /** Starts the first listed round that no open round of its group stands in the way of. */
  #startRound(): boolean {
    let best: { readonly group: SerialGroup; readonly at: number; readonly occurrence: number } | undefined;
    for (const group of this.#serial) {
      if (group.ready.length === 0) continue;
      group.open = group.open.filter((rank) => !isIn(this.#hasEnded, rank));
      const at = this.#firstFree(group);
      const occurrence = this.#atRank[group.ready[at] ?? 0] as number;
      if (at >= 0 && (best === undefined || occurrence < best.occurrence)) best = { group, at, occurrence };
    }
    if (!best) return false;
    best.group.open.push(...best.group.ready.splice(best.at, 1));
    this.#isHeldUp[this.#rank[best.occurrence] as number] = 0;
    this.#queue[this.#queued++] = (this.#request.occurrences[best.occurrence] as OrderedOccurrence).start;
    return true;
  }

  #firstFree({ open, ready }: SerialGroup): number {
    let best = -1;
    for (let i = 0; i < ready.length; i++) {
      const rank = ready[i] as number;
      if (best >= 0 && (this.#atRank[rank] as number) > (this.#atRank[ready[best] as number] as number)) continue;
      if (open.every((other) => this.#mayOverlap(other, rank))) best = i;
    }
    return best;
  }

  /** A round may start while its ancestor is open; one whose ancestors are not all known only has to start later. */
  #mayOverlap(open: number, rank: number): boolean {
    if (!(this.#request.occurrences[this.#atRank[rank] as number] as OrderedOccurrence).tied) return true;
    return this.#request.causes.length > 0 && isIn(this.#ancestors, open, rank * this.#words);
  }
}

function isIn(bits: Int32Array, rank: number, row = 0): boolean {
  return (((bits[row + (rank >>> 5)] as number) >>> (rank & 31)) & 1) === 1;
}

/** The bits of a word that lie from `from` up to, and without, `to`. */
function wordMask(word: number, from: number, to: number): number {
  const low = word === from >>> 5 ? -1 << (from & 31) : -1;
  const high = word === (to - 1) >>> 5 ? -1 >>> (31 - ((to - 1) & 31)) : -1;
  return low & high;
}
