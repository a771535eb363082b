import { expect } from 'chai';
import type { FlowNode, TraceStep } from '../../../src/model/index.js';
import { checkFlow } from '../../../src/validators/flow/check.js';
import { NOTHING_OPEN } from '../../../src/validators/flow/checked-request.js';
import type { Facts, Occurrence } from '../../../src/validators/flow/facts.js';
import { addArrow, addNode, BECAUSE, emptyGraph, type OrderGraph } from '../../../src/validators/flow/order-graph.js';
import { pairsOf } from '../../../src/validators/flow/reach.js';
import { childrenOf, stepsUnder } from '../../../src/validators/flow/tree.js';
import { choice, opt, par, rep, seq } from '../../helpers/evidence.js';
import { seeded } from '../../helpers/seeded.js';

type Random = ReturnType<typeof seeded>;

/** A tree of the exact class over some of the labels a, b, c, d: each at one place. */
function randomTree(random: Random, labels: readonly string[]): FlowNode {
  if (labels.length === 1) {
    const [label = ''] = labels;
    const kind = random.below(5);
    if (kind === 0) return rep(label, random.below(2), random.pick([2, 3, null]), false);
    if (kind === 1) return rep(label, random.below(3), random.pick([2, 3, null]), true);
    if (kind === 2) return opt(label);
    return { kind: 'step', step: label };
  }
  const cut = 1 + random.below(labels.length - 1);
  const children = [randomTree(random, labels.slice(0, cut)), randomTree(random, labels.slice(cut))];
  const kind = random.below(8);
  if (kind === 0) return choice(...children);
  if (kind === 1) return opt(seq(...children));
  return kind < 4 ? par(...children) : seq(...children);
}

interface Happening {
  readonly step: string;
  readonly tied: boolean;
  /** Indexes of happenings that caused it, at any depth. */
  readonly causes: ReadonlySet<number>;
}

interface Request {
  readonly happenings: readonly Happening[];
  /** Point 2i is the start of happening i, 2i + 1 its end. */
  readonly certain: readonly (readonly [number, number])[];
}

/** Happenings that took place in one true order, of which only a part is certain. */
function randomRequest(random: Random, labels: readonly string[]): Request {
  const count = 1 + random.below(5);
  const truth = trueOrder(random, count);
  const place = new Map(truth.map((point, i) => [point, i]));
  const before = (p: number, q: number): boolean => place.get(p)! < place.get(q)!;
  const causes: Set<number>[] = Array.from({ length: count }, () => new Set());
  const byStart = truth.filter((point) => point % 2 === 0).map((point) => point / 2);
  byStart.forEach((happening, i) => {
    if (i === 0 || random.below(4) > 0) return;
    const parent = byStart[random.below(i)]!;
    causes[happening] = new Set([parent, ...causes[parent]!]);
  });
  const density = random.next();
  const certain: (readonly [number, number])[] = [];
  for (let p = 0; p < 2 * count; p++) {
    for (let q = 0; q < 2 * count; q++) {
      if (p !== q && before(p, q) && random.next() < density) certain.push([p, q]);
    }
  }
  causes.forEach((ancestors, i) => {
    for (const ancestor of ancestors) certain.push([2 * ancestor, 2 * i]);
  });
  const happenings = causes.map((each) => ({ step: random.pick(labels), tied: random.below(6) > 0, causes: each }));
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

/** The definition, tried on every linear order of the points: is there one that is a run of the tree? */
function conformsByBruteForce(tree: FlowNode, { happenings, certain }: Request): boolean {
  if (!countVectors(tree).some((allowed) => fits(allowed, happenings))) return false;
  const points = 2 * happenings.length;
  const placed: number[] = [];
  const at = new Map<number, number>();
  const arrows = [...certain, ...happenings.map((_, i) => [2 * i, 2 * i + 1] as const)];
  const extend = (): boolean => {
    if (placed.length === points) return isRun(tree, { happenings, at });
    for (let point = 0; point < points; point++) {
      if (at.has(point) || arrows.some(([p, q]) => q === point && !at.has(p))) continue;
      at.set(point, placed.length);
      placed.push(point);
      if (extend()) return true;
      placed.pop();
      at.delete(point);
    }
    return false;
  };
  return extend();
}

type Counts = Readonly<Record<string, readonly [number, number]>>;

/** Every way to run the tree, as bounds per label. */
function countVectors(tree: FlowNode): readonly Counts[] {
  switch (tree.kind) {
    case 'step':
      return [{ [tree.step]: [1, 1] }];
    case 'repeat':
      return [{ [stepsUnder(tree)[0]!]: [tree.min, tree.max ?? Infinity] }];
    case 'optional':
      return [{}, ...countVectors(tree.child)];
    case 'choice':
      return tree.children.flatMap(countVectors);
    default:
      return childrenOf(tree)
        .map(countVectors)
        .reduce((all, next) => all.flatMap((left) => next.map((right) => ({ ...left, ...right }))), [{}]);
  }
}

function fits(allowed: Counts, happenings: readonly Happening[]): boolean {
  const labels = new Set([...Object.keys(allowed), ...happenings.map(({ step }) => step)]);
  return [...labels].every((label) => {
    const [low, high] = allowed[label] ?? [0, 0];
    const count = happenings.filter(({ step }) => step === label).length;
    return low <= count && count <= high;
  });
}

function isRun(
  tree: FlowNode,
  { happenings, at }: { readonly happenings: readonly Happening[]; readonly at: ReadonlyMap<number, number> },
): boolean {
  const precedes = (i: number, j: number): boolean => {
    if (happenings[j]!.causes.has(i)) return true;
    return happenings[j]!.tied ? at.get(2 * i + 1)! < at.get(2 * j)! : at.get(2 * i)! < at.get(2 * j)!;
  };
  for (let i = 0; i < happenings.length; i++) {
    for (let j = 0; j < happenings.length; j++) {
      const relation = relationOf(tree, happenings[i]!.step, happenings[j]!.step);
      if (relation === 'before' && !precedes(i, j)) return false;
      if (relation === 'apart' && i < j && !precedes(i, j) && !precedes(j, i)) return false;
    }
  }
  return true;
}

function relationOf(tree: FlowNode, a: string, b: string): 'before' | 'apart' | 'free' {
  if (tree.kind === 'repeat') return has(tree, a) && a === b && !tree.parallel ? 'apart' : 'free';
  if (tree.kind === 'step') return 'free';
  if (tree.kind === 'optional') return relationOf(tree.child, a, b);
  const children = childrenOf(tree);
  const placeOf = (label: string): number => children.findIndex((child) => has(child, label));
  const [i, j] = [placeOf(a), placeOf(b)];
  if (i === j) return i === -1 ? 'free' : relationOf(children[i]!, a, b);
  return tree.kind === 'sequence' && i !== -1 && j !== -1 && i < j ? 'before' : 'free';
}

function has(tree: FlowNode, label: string): boolean {
  return stepsUnder(tree).includes(label);
}

/** The same request as the check takes it. */
function asFacts({ happenings, certain }: Request): { occurrences: readonly Occurrence[]; facts: Facts } {
  const graph: OrderGraph = emptyGraph();
  const occurrences = happenings.map(({ step, tied }, i): Occurrence => {
    const base = { spanId: `${i}`, process: 0, service: 's', step, time: 0 };
    const start = addNode(graph, { ...base, at: 'start' });
    const end = addNode(graph, { ...base, at: 'end' });
    addArrow(graph, start, end, BECAUSE.span);
    return { step, spanId: `${i}`, start, end, tied, traceStep: {} as TraceStep };
  });
  for (const [p, q] of certain) addArrow(graph, p, q, BECAUSE.cause);
  const facts = {
    graph,
    stamped: new Set<number>(),
    clocks: { bound: () => Infinity, dropped: new Set<number>() },
    endsBefore: () => undefined,
    causes: (a: Occurrence, b: Occurrence) => happenings[Number(b.spanId)]!.causes.has(Number(a.spanId)),
    causesAmong: () => happenings.flatMap(({ causes }, i) => [...causes].flatMap((cause) => [cause, i])),
    certain: pairsOf(graph),
  };
  return { occurrences, facts: facts as unknown as Facts };
}

function conforms(tree: FlowNode, request: Request): boolean {
  const { counts, order } = checkFlow({ order: tree, steps: [] }, { ...asFacts(request), open: NOTHING_OPEN });
  const problems = counts.missing.length + counts.counts.length + counts.unexpected.length;
  return problems === 0 && order.cycles.length === 0 && order.tooAmbiguous === undefined;
}

const PAIRS = Number(process.env['TRACECOURT_BRUTE_PAIRS'] ?? 20_000);

describe('the check against brute force', () => {
  it(`agrees with every linear order of the points, on ${PAIRS} random requests`, function () {
    this.timeout(10_800_000);
    let conforming = 0;
    let feasible = 0;
    for (let seed = 1; seed <= PAIRS; seed++) {
      const random = seeded(seed);
      const labels = ['a', 'b', 'c', 'd'].slice(0, 1 + random.below(4));
      const tree = randomTree(random, labels);
      const request = randomRequest(random, labels);
      const expected = conformsByBruteForce(tree, request);
      if (expected) conforming++;
      if (countVectors(tree).some((allowed) => fits(allowed, request.happenings))) feasible++;
      if (conforms(tree, request) !== expected) {
        expect.fail(
          `seed ${seed}: expected ${expected} for ${JSON.stringify({ tree, certain: request.certain, happenings: request.happenings.map((h) => ({ ...h, causes: [...h.causes] })) })}`,
        );
      }
    }
    expect(conforming).to.be.greaterThan(PAIRS / 20);
    expect(feasible - conforming).to.be.greaterThan(PAIRS / 50);
  });
});
