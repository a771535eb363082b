import type { FlowNode } from '../../model/index.js';
import {
  isShortRepeat,
  numberTree,
  type OrderNode,
  type OrderTree,
  type Place,
  partsOf,
  type RepeatNode,
} from './order-tree.js';
import { type NodeTable, tableOfNodes } from './times.js';
import { classOfTree, type TreeClass } from './tree-class.js';

/** The order of a flow, compiled once and asked about many requests. */
export interface CompiledOrder extends OrderTree {
  readonly treeClass: TreeClass;
  readonly nodeTable: NodeTable;
  /** The distinct labels of the places. */
  readonly labels: readonly string[];
  readonly labelIds: ReadonlyMap<string, number>;
  /** By place: the index of its label. */
  readonly labelOfPlace: readonly number[];
  /** By label: the places that have it. */
  readonly placesOfLabel: readonly (readonly number[])[];
  /** The one place of a label, or `FLOATING` if it has several. */
  readonly placeOfLabel: ReadonlyMap<string, number>;
  /** By place: what must come before it in every run, wherever occurrences are assigned to. Later places last. */
  readonly earlier: readonly (readonly EarlierPlaces[])[];
  /** The same, as one table. */
  readonly earlierTable: EarlierTable;
  /** True if some place must only wait for starts. */
  readonly asksStarts: boolean;
  /** By place: the index of the group whose occurrences follow one another, or -1. */
  readonly serialGroup: readonly number[];
  readonly serialGroups: number;
  /** By place: the repeat within whose round it is bound, where what it is bound to is in that round too. */
  readonly boundWithin: readonly (RepeatNode | undefined)[];
  /** By place: the outermost repeat within whose round another place is bound to it; -1 for none. Index of the node. */
  readonly anchorOf: readonly number[];
}

/** In the stead of a place: there are several. */
export const FLOATING = -1;

function onlyOne(places: readonly number[]): number {
  return places.length === 1 ? (places[0] as number) : FLOATING;
}

/** Places from `first` up to, and without, `after`: each occurrence there must have ended, or only started, before. */
export interface EarlierPlaces {
  readonly first: number;
  readonly after: number;
  readonly by: 'start' | 'end';
}

/** Ranges of earlier places, by place: those from its entry in `begins` up to, and without, the next. */
export interface EarlierTable {
  readonly begins: Int32Array;
  readonly first: Int32Array;
  readonly after: Int32Array;
  readonly byStart: Uint8Array;
}

/** Compiles the tree: linear in its size, but for the places that each place must wait for. */
export function compileOrder(tree: FlowNode): CompiledOrder {
  const numbered = numberTree(tree);
  const labels = [...new Set(numbered.places.map(({ label }) => label))];
  const labelIds = new Map(labels.map((label, id) => [label, id] as const));
  const labelOfPlace = numbered.places.map(({ label }) => labelIds.get(label) ?? 0);
  const placesOfLabel: number[][] = labels.map(() => []);
  labelOfPlace.forEach((label, place) => void placesOfLabel[label]?.push(place));
  const earlier = earlierPlaces(numbered);
  const serial = serialGroupsOf(numbered);
  const boundWithin = boundPlaces(numbered);
  return {
    ...numbered,
    treeClass: classOfTree(numbered),
    nodeTable: tableOfNodes(numbered.nodes),
    labels,
    labelIds,
    labelOfPlace,
    placesOfLabel,
    placeOfLabel: new Map(labels.map((label, id) => [label, onlyOne(placesOfLabel[id] ?? [])] as const)),
    earlier,
    earlierTable: tableOf(earlier),
    asksStarts: earlier.some((ranges) => ranges.some(({ by }) => by === 'start')),
    serialGroup: serial.groups,
    serialGroups: serial.count,
    boundWithin,
    anchorOf: anchorsOf(numbered.places, boundWithin),
  };
}

/**
 * What each place must wait for in every run: what earlier parts of the sequences around it hold. The sequences within a round of a repeat
 * of several steps say nothing: an earlier part may be of a later round.
 */
function earlierPlaces({ root, places }: OrderTree): readonly (readonly EarlierPlaces[])[] {
  const result: (readonly EarlierPlaces[])[] = places.map(() => []);
  const walk = (
    node: OrderNode,
    { earlier, inRounds }: { earlier: readonly EarlierPlaces[]; inRounds: boolean },
  ): void => {
    if (node.kind === 'place') result[node.first] = earlier;
    const within = inRounds || (node.kind === 'repeat' && !isShortRepeat(node));
    for (const part of partsOf(node)) {
      const isLater = node.kind === 'sequence' && !within && part.first > node.first;
      const range = { first: node.first, after: part.first, by: node.kind === 'sequence' ? node.by : 'end' } as const;
      walk(part, { earlier: isLater ? joined(earlier, range) : earlier, inRounds: within });
    }
  };
  walk(root, { earlier: [], inRounds: false });
  return result;
}

function tableOf(earlier: readonly (readonly EarlierPlaces[])[]): EarlierTable {
  const ranges = earlier.flat();
  const begins = new Int32Array(earlier.length + 1);
  earlier.forEach(({ length }, place) => {
    begins[place + 1] = (begins[place] as number) + length;
  });
  return {
    begins,
    first: Int32Array.from(ranges, ({ first }) => first),
    after: Int32Array.from(ranges, ({ after }) => after),
    byStart: Uint8Array.from(ranges, ({ by }) => (by === 'start' ? 1 : 0)),
  };
}

function joined(earlier: readonly EarlierPlaces[], range: EarlierPlaces): readonly EarlierPlaces[] {
  const last = earlier.at(-1);
  if (last?.after !== range.first || last.by !== range.by) return [...earlier, range];
  return [...earlier.slice(0, -1), { ...range, first: last.first }];
}

/** The occurrences of a serial repeat of one step follow one another, and so do those of an any-order of single steps. */
function serialGroupsOf({ root, places }: OrderTree): { readonly groups: readonly number[]; readonly count: number } {
  const groups = places.map(() => -1);
  let count = 0;
  const walk = (node: OrderNode, inRounds: boolean): void => {
    const isRound = node.kind === 'repeat' && !node.parallel && isShortRepeat(node);
    if (!inRounds && (isRound || (node.kind === 'any-order' && node.children.every(isSingle)))) {
      groups.fill(count++, node.first, node.after);
    }
    const within = inRounds || (node.kind === 'repeat' && !isShortRepeat(node));
    for (const part of partsOf(node)) walk(part, within);
  };
  walk(root, false);
  return { groups, count };
}

function isSingle(node: OrderNode): boolean {
  return (node.kind === 'optional' ? node.child : node).kind === 'place';
}

/** Where the rounds of a repeat hold both a bound place and what it is bound to, it is bound to that of its own round. */
function boundPlaces({ root, places }: OrderTree): readonly (RepeatNode | undefined)[] {
  const bound: (RepeatNode | undefined)[] = places.map(() => undefined);
  const walk = (node: OrderNode, repeats: readonly RepeatNode[]): void => {
    const around = node.kind === 'repeat' && !isShortRepeat(node) ? [...repeats, node] : repeats;
    if (node.kind === 'place' && node.place.under !== undefined) {
      bound[node.first] = around.findLast((repeat) => holds(repeat, node.place.under, places));
    }
    for (const part of partsOf(node)) walk(part, around);
  };
  walk(root, []);
  return bound;
}

function holds({ first, after }: OrderNode, step: string | undefined, places: readonly Place[]): boolean {
  return places.slice(first, after).some((place) => place.step === step);
}

function anchorsOf(places: readonly Place[], boundWithin: readonly (RepeatNode | undefined)[]): readonly number[] {
  if (boundWithin.every((repeat) => repeat === undefined)) return places.map(() => -1);
  return places.map((place) => anchorOf(place, { boundWithin, places }));
}

function anchorOf(
  { id, step }: Place,
  {
    boundWithin,
    places,
  }: { readonly boundWithin: readonly (RepeatNode | undefined)[]; readonly places: readonly Place[] },
): number {
  const repeats = boundWithin.map((repeat, place) => {
    const isAnchor = repeat && places[place]?.under === step && repeat.first <= id && id < repeat.after;
    return isAnchor ? repeat.id : -1;
  });
  return Math.max(-1, ...repeats);
}
