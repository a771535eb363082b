import { listArrows, visitInOrder } from './arrows.js';
import { addRow, type BitRows, columnsOf, countCommon, emptyRows, setBit } from './bits.js';
import { closeFacts } from './closed-facts.js';
import type { RequestOrder } from './request-order.js';
import type { Run } from './run.js';

export interface StrengthCounts {
  readonly required: number;
  readonly proven: number;
}

/** How much of what a run requires is certain. */
export interface RunStrength extends StrengthCounts {
  /** Pairs that are required and not certain, earlier one first; the first so many of them. */
  readonly undecided: readonly (readonly [number, number])[];
}

/**
 * Counts the pairs that a run requires, and those that are certain: one ended before the other started, or is its ancestor, or, where the flow asks for
 * no more, started before it. Inserted occurrences do not count.
 */
export function strengthOf(request: RequestOrder, run: Run, { list }: { readonly list: number }): RunStrength {
  const count = request.occurrences.length;
  const facts = closeFacts(request);
  const byEnd = endsBefore(request);
  for (let i = 0; i < count; i++) addRow(byEnd, i, facts.ancestors, i);
  const earlier = emptyRows(1, count);
  let required = 0;
  let proven = 0;
  const undecided: (readonly [number, number])[] = [];
  for (const { by, parts } of run.required) {
    const certain = by === 'end' ? byEnd : facts.beforeStart;
    earlier.bits.fill(0);
    let size = 0;
    for (const members of parts) {
      const real = members.filter((member) => member < count);
      for (const after of real) {
        const known = countCommon(earlier, 0, certain, after);
        required += size;
        proven += known;
        if (known < size && undecided.length < list) undecided.push(...pairsLeft(earlier, certain, after));
      }
      for (const before of real) setBit(earlier, 0, before);
      size += real.length;
    }
  }
  return { required, proven, undecided: undecided.slice(0, list) };
}

function pairsLeft(earlier: BitRows, certain: BitRows, after: number): readonly (readonly [number, number])[] {
  const known = new Set(columnsOf(certain, after));
  return columnsOf(earlier, 0).flatMap((before) => (known.has(before) ? [] : [[before, after] as const]));
}

/** Row i: the occurrences that certainly end before i starts. */
function endsBefore(request: RequestOrder): BitRows {
  const { occurrences, nodes } = request;
  const before = emptyRows(nodes, occurrences.length);
  const endsAt = new Int32Array(nodes).fill(-1);
  occurrences.forEach(({ end }, i) => {
    if (end !== undefined) endsAt[end] = i;
  });
  visitInOrder(listArrows(request), (node, to) => {
    addRow(before, to, before, node);
    if ((endsAt[node] as number) >= 0) setBit(before, to, endsAt[node] as number);
  });
  const rows = emptyRows(occurrences.length, occurrences.length);
  occurrences.forEach(({ start }, i) => void addRow(rows, i, before, start));
  return rows;
}
