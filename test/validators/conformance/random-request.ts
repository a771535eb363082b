import type { FlowNode } from '../../../src/model/index.js';
import { labelOf, type RequestOrder } from '../../../src/validators/conformance/index.js';
import type { seeded } from '../../helpers/seeded.js';

export type Random = ReturnType<typeof seeded>;

export interface Happening {
  readonly step: string;
  readonly tied: boolean;
  readonly ended: boolean;
  /** Indexes of happenings that caused it, at any depth. */
  readonly causes: ReadonlySet<number>;
}

/** Happenings, and what is certain of them: point 2i is the start of happening i, 2i + 1 its end. */
export interface ToyRequest {
  readonly happenings: readonly Happening[];
  readonly certain: readonly (readonly [number, number])[];
}

export interface RequestShape {
  readonly steps: readonly string[];
  /** True: no overlap and everything certain. */
  readonly isWord?: boolean;
}

/** Happenings that took place in one true order, of which only a part is certain. */
export function randomRequest(random: Random, { steps, isWord = false }: RequestShape): ToyRequest {
  const truth = isWord ? steps.flatMap((_, i) => [2 * i, 2 * i + 1]) : trueOrder(random, steps.length);
  const place = new Map(truth.map((point, i) => [point, i]));
  const causes = isWord ? steps.map(() => new Set<number>()) : randomCauses(random, truth);
  const density = isWord ? 1 : random.next();
  const happenings = steps.map((step, i) => ({
    step,
    tied: isWord || random.below(6) > 0,
    ended: isWord || random.below(12) > 0,
    causes: causes[i]!,
  }));
  const certain: (readonly [number, number])[] = [];
  const isKnown = (point: number): boolean => point % 2 === 0 || happenings[point >> 1]!.ended;
  for (const p of truth) {
    for (const q of truth) {
      if (place.get(p)! < place.get(q)! && isKnown(p) && isKnown(q) && random.next() < density) certain.push([p, q]);
    }
  }
  causes.forEach((ancestors, i) => {
    for (const ancestor of ancestors) certain.push([2 * ancestor, 2 * i]);
  });
  return { happenings, certain };
}

function trueOrder(random: Random, count: number): readonly number[] {
  const order: number[] = [];
  const open: number[] = [];
  let started = 0;
  while (order.length < 2 * count) {
    if (started < count && (open.length === 0 || random.below(2) === 0)) {
      order.push(2 * started);
      open.push(started++);
    } else {
      const [ended] = open.splice(random.below(open.length), 1);
      order.push(2 * ended! + 1);
    }
  }
  return order;
}

function randomCauses(random: Random, truth: readonly number[]): readonly Set<number>[] {
  const starts = truth.filter((point) => point % 2 === 0).map((point) => point / 2);
  const causes: Set<number>[] = starts.map(() => new Set());
  starts.forEach((happening, i) => {
    if (i === 0 || random.below(4) > 0) return;
    const parent = starts[random.below(i)]!;
    causes[happening] = new Set([parent, ...causes[parent]!]);
  });
  return causes;
}

/** Steps under which the tree binds places. */
function boundTo(tree: FlowNode): readonly string[] {
  if (tree.kind === 'step') return tree.under === undefined ? [] : [tree.under];
  if ('children' in tree) return tree.children.flatMap(boundTo);
  if (tree.kind === 'if') return [tree.child, ...(tree.otherwise ? [tree.otherwise] : [])].flatMap(boundTo);
  return [tree.child, ...('between' in tree && tree.between ? [tree.between] : [])].flatMap(boundTo);
}

/** The request as the check takes it. */
export function toRequestOrder(
  tree: FlowNode,
  { happenings, certain }: ToyRequest,
  open: ReadonlySet<string> = new Set(),
): RequestOrder {
  const bound = boundTo(tree);
  return {
    occurrences: happenings.map(({ step, tied, ended, causes }, i) => ({
      labels: [
        labelOf(step),
        ...bound
          .filter((under) => [...causes].some((cause) => happenings[cause]!.step === under))
          .map((under) => labelOf(step, under)),
      ],
      start: 2 * i,
      end: ended ? 2 * i + 1 : undefined,
      tied,
    })),
    nodes: 2 * happenings.length,
    certain: certain.flat(),
    causes: happenings.flatMap(({ causes }, i) => [...causes].flatMap((cause) => [cause, i])),
    mayStillCome: new Set([...open].flatMap((step) => [labelOf(step), ...bound.map((under) => labelOf(step, under))])),
  };
}
