import { type CountRange, type FlowNode, partsOf, stepsUnder } from '../../model/index.js';

/** How often each step can happen in a run of an order. */
export function countsIn(order: FlowNode): ReadonlyMap<string, CountRange> {
  const steps = [...new Set(stepsUnder(order))];
  return new Map(steps.map((step) => [step, countOf(order, step)]));
}

function countOf(node: FlowNode, step: string): CountRange {
  if (node.kind === 'step') return node.step === step ? { min: 1, max: 1 } : { min: 0, max: 0 };
  const parts = partsOf(node).map((part) => countOf(part, step));
  switch (node.kind) {
    case 'choice':
      return { min: least(parts), max: most(parts) };
    case 'any-of':
      return { min: least(parts), max: sum(parts.map(({ max }) => max)) };
    case 'optional':
      return { min: 0, max: most(parts) };
    case 'if':
      return { min: node.otherwise ? least(parts) : 0, max: most(parts) };
    case 'repeat': {
      const [child = { min: 0, max: 0 }, between = { min: 0, max: 0 }] = parts;
      const gaps = (rounds: number | null): number | null => (rounds === null ? null : Math.max(0, rounds - 1));
      return {
        min: node.min * child.min + (gaps(node.min) ?? 0) * between.min,
        max: sum([times(node.max, child.max), times(gaps(node.max), between.max)]),
      };
    }
    default:
      return { min: parts.reduce((total, { min }) => total + min, 0), max: sum(parts.map(({ max }) => max)) };
  }
}

/** No bound times nothing is nothing. */
function times(rounds: number | null, each: number | null): number | null {
  if (rounds === 0 || each === 0) return 0;
  return rounds === null || each === null ? null : rounds * each;
}

function sum(bounds: readonly (number | null)[]): number | null {
  return bounds.reduce<number | null>((total, bound) => (total === null || bound === null ? null : total + bound), 0);
}

function least(parts: readonly CountRange[]): number {
  return Math.min(...parts.map(({ min }) => min));
}

function most(parts: readonly CountRange[]): number | null {
  return parts.some(({ max }) => max === null) ? null : Math.max(...parts.map(({ max }) => max ?? 0));
}
