import type { CompiledOrder } from './compiled-order.js';
import { type OrderNode, partsOf, type RepeatNode, UNBOUNDED } from './order-tree.js';
import type { RunState } from './run-state.js';

/** How many occurrences of each label one run of a node needs at least, and takes at most. Labels that are not listed: none. */
export interface LabelBounds {
  readonly labels: readonly number[];
  readonly least: readonly number[];
  readonly most: readonly number[];
}

/** By node. */
export function boundsOfNodes({ nodes, labelOfPlace }: CompiledOrder): readonly LabelBounds[] {
  const bounds: LabelBounds[] = [];
  for (const node of nodes) {
    if (node.kind === 'place') bounds.push({ labels: [labelOfPlace[node.first] as number], least: [1], most: [1] });
    else bounds.push(combine(node, bounds));
  }
  return bounds;
}

function combine(node: Exclude<OrderNode, { readonly kind: 'place' }>, bounds: readonly LabelBounds[]): LabelBounds {
  const parts = partsOf(node).map(({ id }) => bounds[id] as LabelBounds);
  const labels = [...new Set(parts.flatMap((part) => part.labels))].sort((a, b) => a - b);
  const ranges = labels.map((label) => {
    const all = parts.map((part) => {
      const at = part.labels.indexOf(label);
      return [part.least[at] ?? 0, part.most[at] ?? 0] as const;
    });
    return rangeOf(node, all);
  });
  return { labels, least: ranges.map(([least]) => least), most: ranges.map(([, most]) => Math.min(most, UNBOUNDED)) };
}

function rangeOf(node: OrderNode, parts: readonly (readonly [number, number])[]): readonly [number, number] {
  const least = parts.map((part) => part[0]);
  const most = parts.map((part) => part[1]);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
  switch (node.kind) {
    case 'choice':
      return [Math.min(...least), Math.max(...most)];
    case 'any-of':
      return [Math.min(...least), sum(most)];
    case 'optional':
      return [0, sum(most)];
    case 'repeat': {
      const [child = 0, between = 0] = least;
      const [mostChild = 0, mostBetween = 0] = most;
      return [
        node.min * child + Math.max(0, node.min - 1) * between,
        node.max * mostChild + Math.max(0, node.max - 1) * mostBetween,
      ];
    }
    default:
      return [sum(least), sum(most)];
  }
}

/** What is left to be placed, by label: occurrences that can only be of it, and all that can. */
export interface LabelsLeft {
  readonly certain: Int32Array;
  readonly possible: Int32Array;
  /** 1 for a label of which more may still come. */
  readonly isOpen: Uint8Array;
}

/** Counts what a state still needs and takes, by label. */
export class BoundsOfState {
  readonly least: Int32Array;
  readonly most: Float64Array;
  readonly #bounds: readonly LabelBounds[];
  readonly #left: LabelsLeft;
  readonly #mayAdd: boolean;

  /** With `mayAdd`, rounds can be made of leaves that are added, however little is left for them. */
  constructor(
    bounds: readonly LabelBounds[],
    left: LabelsLeft,
    { mayAdd = false }: { readonly mayAdd?: boolean } = {},
  ) {
    this.#mayAdd = mayAdd;
    this.#bounds = bounds;
    this.#left = left;
    this.least = new Int32Array(left.possible.length);
    this.most = new Float64Array(left.possible.length);
  }

  /** Makes `least` and `most` those of the state. */
  count(state: RunState): void {
    this.clear();
    this.add(state);
  }

  clear(): void {
    this.least.fill(0);
    this.most.fill(0);
  }

  /** Adds what one run of a part needs and takes that nothing has entered. */
  addNode(node: OrderNode): void {
    this.#addNode(node, 1, 1);
  }

  /** False if the state has too few places for what is left, or needs more than is left. */
  fits(): boolean {
    const { certain, possible, isOpen } = this.#left;
    for (let label = 0; label < possible.length; label++) {
      if ((this.most[label] as number) < (certain[label] as number)) return false;
      if ((this.least[label] as number) > (possible[label] as number) && isOpen[label] === 0) return false;
    }
    return true;
  }

  /** Adds what so many parts in this state need and take. */
  add(state: RunState, times = 1): void {
    switch (state.kind) {
      case 'fresh':
        this.#addNode(state.node, times, times);
        return;
      case 'done':
        return;
      case 'sequence':
        this.add(state.child, times);
        for (let i = state.at + 1; i < state.node.children.length; i++) {
          this.#addNode(state.node.children[i], times, times);
        }
        return;
      case 'beside':
        for (const child of state.children) {
          const isOptional = child.kind === 'fresh' && state.node.kind === 'any-of';
          if (isOptional) this.#addNode(child.node, 0, times);
          else this.add(child, times);
        }
        return;
      case 'any-order':
        this.add(state.child, times);
        state.node.children.forEach((child, i) => {
          if (i !== state.at && !state.finished.includes(i)) this.#addNode(child, times, times);
        });
        return;
      case 'rounds':
        this.#addRounds(state, times);
        return;
      case 'copies': {
        for (const { state: copy, count } of state.copies) this.add(copy, times * count);
        const most = this.roundsLeft(state.node, state.begun);
        this.#addNode(state.node.child, times * Math.max(0, state.node.min - state.begun), times * most);
        return;
      }
      default:
        state satisfies never;
    }
  }

  #addRounds({ node, begun, isBetween, child }: Extract<RunState, { readonly kind: 'rounds' }>, times: number): void {
    this.add(child, times);
    const least = Math.max(isBetween ? 1 : 0, node.min - begun);
    const most = this.roundsLeft(node, begun);
    this.#addNode(node.child, times * least, times * most);
    const gap = isBetween ? 1 : 0;
    this.#addNode(node.between, times * Math.max(0, least - gap), times * Math.max(0, most - gap));
  }

  /** How many places are lacking for what is left, and how much more is needed than that. */
  misfits(): { readonly lacking: number; readonly missing: number } {
    const { certain, possible, isOpen } = this.#left;
    let lacking = 0;
    let missing = 0;
    for (let label = 0; label < possible.length; label++) {
      lacking += Math.max(0, (certain[label] as number) - (this.most[label] as number));
      if (isOpen[label] === 0) missing += Math.max(0, (this.least[label] as number) - (possible[label] as number));
    }
    return { lacking, missing };
  }

  /** How many rounds more can begin: no more than there is left of what each of them needs. */
  roundsLeft({ child, max }: RepeatNode, begun: number): number {
    const { labels, least } = this.#bounds[child.id] as LabelBounds;
    let most = max === UNBOUNDED ? UNBOUNDED : max - begun;
    if (this.#mayAdd) return most;
    labels.forEach((label, i) => {
      if ((least[i] as number) === 0 || this.#left.isOpen[label] === 1) return;
      most = Math.min(most, Math.floor((this.#left.possible[label] as number) / (least[i] as number)));
    });
    return most;
  }

  #addNode(node: OrderNode | undefined, timesLeast: number, timesMost: number): void {
    if (!node) return;
    const { labels, least, most } = this.#bounds[node.id] as LabelBounds;
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i] as number;
      if (this.#left.isOpen[label] === 0)
        this.least[label] = (this.least[label] as number) + timesLeast * (least[i] as number);
      this.most[label] = (this.most[label] as number) + timesMost * (most[i] as number);
    }
  }
}
