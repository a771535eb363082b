import type { FlowNode } from '../../model/index.js';

/** A run of an order: what happens, and what must come before what. */
export interface SampleRun {
  readonly leaves: readonly SampleLeaf[];
  readonly before: readonly SampleBefore[];
}

export interface SampleLeaf {
  readonly step: string;
  readonly under?: string;
}

interface SampleBefore {
  readonly earlier: number;
  readonly later: number;
  readonly by: 'start' | 'end';
}

/** Runs that are kept of one node; of more, these are spread evenly over them. */
const MOST_RUNS = 48;
/** Rounds beyond the least that are tried. */
const MORE_ROUNDS = 2;

const NOTHING: SampleRun = { leaves: [], before: [] };

/** Some runs of an order: all of them, as far as they are few and short. */
export function sampleRuns(node: FlowNode): readonly SampleRun[] {
  switch (node.kind) {
    case 'step':
      return [
        { leaves: [{ step: node.step, ...(node.under === undefined ? {} : { under: node.under }) }], before: [] },
      ];
    case 'sequence':
      return products(node.children).map((parts) => inLine(parts, node.by ?? 'end'));
    case 'parallel':
      return products(node.children).map(beside);
    case 'any-order':
      return spread(arrangements(node.children).flatMap((parts) => products(parts).map((runs) => inLine(runs, 'end'))));
    case 'choice':
      return spread(node.children.flatMap(sampleRuns));
    case 'any-of':
      return spread(someOf(node.children).flatMap((parts) => products(parts).map(beside)));
    case 'optional':
      return [NOTHING, ...sampleRuns(node.child)];
    case 'repeat':
      return spread(repeats(node));
    case 'if':
      return spread([...sampleRuns(node.child), ...(node.otherwise ? sampleRuns(node.otherwise) : [NOTHING])]);
    case 'flow':
      return sampleRuns(node.child);
    default:
      return node satisfies never;
  }
}

function repeats(node: Extract<FlowNode, { kind: 'repeat' }>): readonly SampleRun[] {
  const { child, between, min, max, parallel } = node;
  const runs: SampleRun[] = min === 0 ? [NOTHING] : [];
  for (let rounds = Math.max(1, min); rounds <= Math.min(max ?? Infinity, min + MORE_ROUNDS); rounds++) {
    const parts = Array.from({ length: rounds }, (_, i) => (i === 0 || !between ? [child] : [between, child])).flat();
    runs.push(...products(parts).map((each) => (parallel ? beside(each) : inLine(each, 'end'))));
  }
  return runs;
}

function products(parts: readonly FlowNode[]): readonly (readonly SampleRun[])[] {
  return parts.reduce<readonly (readonly SampleRun[])[]>(
    (begun, part) => {
      const runs = sampleRuns(part);
      return spread(begun.flatMap((before) => runs.map((run) => [...before, run])));
    },
    [[]],
  );
}

/** As they are, the other way round, and beginning with each. */
function arrangements<T>(parts: readonly T[]): readonly (readonly T[])[] {
  const turned = parts.map((_, i) => [...parts.slice(i), ...parts.slice(0, i)]);
  return [...turned, [...parts].reverse()];
}

/** Each by itself, each pair, and all. */
function someOf<T>(parts: readonly T[]): readonly (readonly T[])[] {
  const pairs = parts.flatMap((a, i) => parts.slice(i + 1).map((b) => [a, b]));
  return [...parts.map((part) => [part]), ...pairs, ...(parts.length > 2 ? [parts] : [])];
}

function spread<T>(items: readonly T[]): readonly T[] {
  if (items.length <= MOST_RUNS) return items;
  const step = (items.length - 1) / (MOST_RUNS - 1);
  return Array.from({ length: MOST_RUNS }, (_, i) => items[Math.round(i * step)]).filter((item) => item !== undefined);
}

function beside(parts: readonly SampleRun[]): SampleRun {
  const leaves: SampleLeaf[] = [];
  const before: SampleBefore[] = [];
  for (const part of parts) {
    const base = leaves.length;
    before.push(...part.before.map(({ earlier, later, by }) => ({ earlier: base + earlier, later: base + later, by })));
    leaves.push(...part.leaves);
  }
  return { leaves, before };
}

function inLine(parts: readonly SampleRun[], by: 'start' | 'end'): SampleRun {
  const { leaves, before } = beside(parts);
  const between: SampleBefore[] = [];
  let base = 0;
  for (const part of parts) {
    for (let later = base; later < base + part.leaves.length; later++) {
      for (let earlier = 0; earlier < base; earlier++) between.push({ earlier, later, by });
    }
    base += part.leaves.length;
  }
  return { leaves, before: [...before, ...between] };
}
