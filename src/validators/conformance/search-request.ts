import { type BitRows, columnsOf, emptyRows, hasBit, setBit } from './bits.js';
import { type ClosedFacts, closeFacts, startsAfter } from './closed-facts.js';
import type { CompiledOrder } from './compiled-order.js';
import { BoundsOfState, type LabelBounds, type LabelsLeft } from './label-bounds.js';
import type { Place, RepeatNode } from './order-tree.js';
import type { OrderedOccurrence, RequestOrder } from './request-order.js';
import type { MoveFacts } from './run-moves.js';
import type { Tags } from './run-state.js';
import { Walk } from './walk.js';

/** A request as a search goes through it: what has started and ended, where, and what is left. */
export class SearchRequest implements MoveFacts {
  readonly facts: ClosedFacts;
  readonly walk: Walk;
  readonly left: LabelsLeft;
  readonly bounds: BoundsOfState;
  /** True if leaves may be added that did not occur. */
  readonly mayAdd: boolean;
  /** By occurrence that has started: its place. */
  readonly places: Int32Array;
  /** By occurrence: the indexes of its labels. */
  readonly labels: readonly (readonly number[])[];
  readonly #order: CompiledOrder;
  readonly #request: RequestOrder;
  readonly #placesOf: readonly (readonly number[])[];
  /** Row: a label; bits: the occurrences that have it. */
  readonly #withLabel: BitRows;
  #after: BitRows | undefined;

  constructor(
    order: CompiledOrder,
    bounds: readonly LabelBounds[],
    { request, mayAdd }: { readonly request: RequestOrder; readonly mayAdd: boolean },
  ) {
    this.#order = order;
    this.mayAdd = mayAdd;
    this.#request = request;
    this.facts = closeFacts(request);
    this.walk = new Walk(request);
    this.places = new Int32Array(request.occurrences.length).fill(-1);
    this.labels = request.occurrences.map((each) => [
      ...new Set(each.labels.flatMap((label) => order.labelIds.get(label) ?? [])),
    ]);
    const placesOf = (labels: readonly number[]): readonly number[] =>
      labels.length === 1
        ? (order.placesOfLabel[labels[0] as number] as readonly number[])
        : labels.flatMap((label) => order.placesOfLabel[label] as readonly number[]).sort((a, b) => a - b);
    this.#placesOf = this.labels.map(placesOf);
    this.#withLabel = emptyRows(order.labels.length, request.occurrences.length);
    this.labels.forEach((labels, i) => {
      for (const label of labels) setBit(this.#withLabel, label, i);
    });
    const size = order.labels.length;
    this.left = { certain: new Int32Array(size), possible: new Int32Array(size), isOpen: new Uint8Array(size) };
    order.labels.forEach(
      (label, id) => void this.left.isOpen.fill(request.mayStillCome?.has(label) ? 1 : 0, id, id + 1),
    );
    for (const labels of this.labels) this.count(labels, 1);
    this.bounds = new BoundsOfState(bounds, this.left, { mayAdd });
  }

  isOpen(place: number): boolean {
    return this.left.isOpen[this.#order.labelOfPlace[place] as number] === 1;
  }

  placesOf(occurrence: number): readonly number[] {
    return this.#placesOf[occurrence] as readonly number[];
  }

  isTied(occurrence: number): boolean {
    return (this.#request.occurrences[occurrence] as OrderedOccurrence).tied;
  }

  isAncestor(ancestor: number, descendant: number): boolean {
    return hasBit(this.facts.ancestors, descendant, ancestor);
  }

  /** The occurrences whose start the facts allow next. */
  readyOnes(): readonly number[] {
    return columnsOf({ words: this.walk.ready.length, bits: this.walk.ready }, 0);
  }

  /** Of each label, the first occurrence whose start the facts allow next. */
  firstReadyOnes(): readonly number[] {
    const { words } = this.#withLabel;
    const found = new Set<number>();
    for (let label = 0; label < this.left.possible.length; label++) {
      for (let w = 0; w < words; w++) {
        const word = (this.#withLabel.bits[label * words + w] as number) & (this.walk.ready[w] as number);
        if (word === 0) continue;
        found.add((w << 5) + 31 - Math.clz32(word & -word));
        break;
      }
    }
    return [...found].sort((a, b) => a - b);
  }

  /** True if all others of a label that are left certainly start after an occurrence. */
  allStartAfter(label: number, occurrence: number): boolean {
    this.#after ??= startsAfter(this.#request);
    const { words, bits } = this.#withLabel;
    for (let w = 0; w < words; w++) {
      const after = this.#after.bits[occurrence * words + w] as number;
      let others = (bits[label * words + w] as number) & ~(this.walk.started[w] as number) & ~after;
      if (w === occurrence >>> 5) others &= ~(1 << (occurrence & 31));
      if (others !== 0) return false;
    }
    return true;
  }

  /** True if everything that certainly comes before its end has started, but for itself. */
  endsAtOnce(occurrence: number): boolean {
    const { words, bits }: BitRows = this.facts.beforeEnd;
    for (let w = 0; w < words; w++) {
      let missing = (bits[occurrence * words + w] as number) & ~(this.walk.started[w] as number);
      if (w === occurrence >>> 5) missing &= ~(1 << (occurrence & 31));
      if (missing !== 0) return false;
    }
    return true;
  }

  hasEnded(occurrence: number): boolean {
    return this.walk.hasEnded(occurrence);
  }

  /** Of an occurrence whose ancestors are not all known, what it is bound to may be among those. */
  isBound(place: number, occurrence: number, roundOf: (repeat: number) => Tags): boolean {
    const repeat = this.#order.boundWithin[place];
    if (!repeat || !this.isTied(occurrence)) return true;
    const { under } = this.#order.places[place] as Place;
    return roundOf(repeat.id).some(
      (tag) => this.#order.places[this.places[tag] as number]?.step === under && this.isAncestor(tag, occurrence),
    );
  }

  isAnchor(place: number): boolean {
    return (this.#order.anchorOf[place] as number) >= 0;
  }

  matters(occurrence: number, beyond: RepeatNode | undefined): boolean {
    const anchorOf = this.#order.anchorOf[this.places[occurrence] as number] ?? -1;
    return anchorOf > (beyond?.id ?? -1) || !this.hasEnded(occurrence);
  }

  roundsLeft(node: RepeatNode, begun: number): number {
    return this.bounds.roundsLeft(node, begun);
  }

  /** Lets it start at a place, or at none; gives the mark for `takeBack`. */
  start(occurrence: number, place = -1): number {
    this.places[occurrence] = place;
    this.count(this.labels[occurrence] as readonly number[], -1);
    return this.walk.start(occurrence);
  }

  takeBack(occurrence: number, mark: number): void {
    this.walk.backTo(mark);
    this.count(this.labels[occurrence] as readonly number[], 1);
  }

  /** What has started, as a text that is the same if and only if the same has. */
  get startedKey(): string {
    let key = '';
    for (const word of this.walk.started) key += String.fromCharCode(word & 0xffff, word >>> 16);
    return key;
  }

  /** Counts as many more that are left with these labels. */
  count(labels: readonly number[], by: number): void {
    const { certain, possible } = this.left;
    for (const label of labels) possible[label] = (possible[label] as number) + by;
    if (labels.length === 1) certain[labels[0] as number] = (certain[labels[0] as number] as number) + by;
  }
}
