import type { FlowNode } from '../../model/index.js';
import { groupBy } from '../group-by.js';
import type { Facts, Occurrence } from './facts.js';
import { addArrow, addNode, BECAUSE, type OrderGraph } from './order-graph.js';
import { sequencesOf } from './tree.js';

/**
 * Adds the order that the flow's sequences ask for. For an occurrence a under an earlier child and b under a later one:
 *
 * ```
 *   a is an ancestor of b          nothing: the order holds, however long a lasts
 *   b's ancestors are all known    a ends before b starts
 *   some are not                   a starts before b starts (a may yet turn out to be an ancestor)
 * ```
 *
 * That b is an ancestor of a needs no rule: then b starts before a ends for certain, and the arrow closes a cycle.
 */
export function addRequiredOrder(
  graph: OrderGraph,
  {
    order,
    occurrences,
    facts,
  }: { readonly order: FlowNode; readonly occurrences: readonly Occurrence[]; readonly facts: Facts },
): void {
  for (const group of groupsInOrder(order, occurrences)) {
    if (group.by === 'start') addStarts(graph, group);
    else addSequence(graph, { group: group.parts, facts });
  }
}

/** The occurrences under each part of a sequence. */
export interface OrderedGroup {
  readonly parts: readonly (readonly Occurrence[])[];
  readonly by: 'start' | 'end';
}

/** For each sequence, the occurrences under each of its children. */
export function groupsInOrder(order: FlowNode, occurrences: readonly Occurrence[]): readonly OrderedGroup[] {
  const byStep = groupBy(occurrences, ({ step }) => step);
  return sequencesOf(order).map(({ parts, by }) => ({
    by,
    parts: parts.map((steps) => steps.flatMap((step) => byStep.get(step) ?? [])),
  }));
}

/** `by: start`: each starts before each of the later ones does. */
function addStarts(graph: OrderGraph, { parts }: OrderedGroup): void {
  let boundary: number | undefined;
  for (const part of parts) {
    if (boundary !== undefined) for (const { start } of part) addArrow(graph, boundary, start, BECAUSE.flow);
    boundary = nextBoundary(graph, boundary);
    for (const { start } of part) addArrow(graph, start, boundary, BECAUSE.flow);
  }
}

function addSequence(
  graph: OrderGraph,
  { group, facts }: { readonly group: readonly (readonly Occurrence[])[]; readonly facts: Facts },
): void {
  let ended: number | undefined;
  let started: number | undefined;
  group.forEach((earlier, i) => {
    const later = group.slice(i + 1).flat();
    for (const b of earlier) {
      const boundary = b.tied ? ended : started;
      if (boundary !== undefined) addArrow(graph, boundary, b.start, BECAUSE.flow);
    }
    if (later.length === 0) return;
    ended = nextBoundary(graph, ended);
    started = nextBoundary(graph, started);
    for (const a of earlier) {
      if (later.some((b) => facts.causes(a, b))) addPairs(graph, { a, later, facts });
      else {
        addArrow(graph, a.end ?? a.start, ended, BECAUSE.flow);
        addArrow(graph, a.start, started, BECAUSE.flow);
      }
    }
  });
}

function nextBoundary(graph: OrderGraph, before: number | undefined): number {
  const boundary = addNode(graph);
  if (before !== undefined) addArrow(graph, before, boundary, BECAUSE.flow);
  return boundary;
}

/** An ancestor of some of the later occurrences: a boundary would ask it to end before its own descendants start. */
function addPairs(
  graph: OrderGraph,
  { a, later, facts }: { readonly a: Occurrence; readonly later: readonly Occurrence[]; readonly facts: Facts },
): void {
  for (const b of later) {
    if (facts.causes(a, b)) continue;
    addArrow(graph, b.tied ? (a.end ?? a.start) : a.start, b.start, BECAUSE.flow);
  }
}
