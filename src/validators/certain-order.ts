import type { TraceStep, WorkflowTrace } from '../model/index.js';
import { gatherFacts } from './flow/facts.js';
import { reachability } from './flow/reach.js';

/** What is certain of a request's steps among themselves, whatever any flow says. Steps go by their index in `steps`. */
export interface CertainOrder {
  readonly steps: readonly TraceStep[];
  /** By step: those that certainly come before it, as a cause or by having ended before it started. */
  readonly before: readonly ReadonlySet<number>[];
  /** By step: those that caused it, at any depth. */
  readonly causes: readonly ReadonlySet<number>[];
}

/** Undefined where the causes go round in a circle: then nothing is certain. */
export function certainOrder(trace: WorkflowTrace): CertainOrder | undefined {
  const gathered = gatherFacts(trace, trace.steps);
  if (!gathered.consistent) return undefined;
  const { facts, occurrences } = gathered;
  const precedes = reachability(
    facts.certain,
    occurrences.map(({ start }) => start),
  );
  const causes = occurrences.map((to) => indexesOf(occurrences, (from) => from !== to && facts.causes(from, to)));
  const before = occurrences.map((to, i) =>
    indexesOf(
      occurrences,
      (from, index) =>
        from !== to &&
        (causes[i]?.has(index) === true ||
          (causes[index]?.has(i) !== true && from.end !== undefined && precedes?.(from.end, to.start) === true)),
    ),
  );
  return { steps: occurrences.map(({ traceStep }) => traceStep), before, causes };
}

function indexesOf<T>(items: readonly T[], is: (item: T, index: number) => boolean): ReadonlySet<number> {
  return new Set(items.flatMap((item, i) => (is(item, i) ? [i] : [])));
}
