import { factsOf, type Origin, type SpanFacts } from '../../collectors/index.js';
import type { HandoffDeclarations } from '../../src/model/index.js';
import type { Arrivals } from './arrivals.js';
import type { ToyRequest, ToySystem } from './toy-system.js';
import { Truth } from './truth.js';

/** Whoever says whether a request is complete: the real account book, or another rule. */
export interface Judge {
  add(facts: SpanFacts): void;
  isAccounted(rootKey: string, origins: readonly Origin[]): boolean;
}

export type NewJudge = (declarations: HandoffDeclarations) => Judge;

/** What a judge got wrong. */
export interface Misjudgement {
  readonly kind: 'too-early' | 'too-late';
  readonly seed: number;
  readonly request: ToyRequest;
  readonly missing: number;
}

export interface Judged {
  readonly misjudgement: Misjudgement | undefined;
  /** Requests that were called complete in the end. */
  readonly accounted: number;
}

/** Shows the judge one span after the other, and asks about every request after each. */
export function judge(system: ToySystem, arrivals: Arrivals, newJudge: NewJudge): Judged {
  const truth = new Truth(system);
  const rule = newJudge(system.declarations);
  let accounted = 0;
  for (const exported of arrivals.batches.flat()) {
    if (!truth.arrive(exported, arrivals)) continue;
    rule.add(factsOf(exported.span));
    accounted = 0;
    for (const request of system.requests) {
      const isAccounted = rule.isAccounted(request.requestId, request.origins);
      const kind = misjudged(truth, request, isAccounted);
      const missing = truth.missing(request);
      if (kind) return { misjudgement: { kind, seed: system.seed, request, missing }, accounted };
      if (isAccounted) accounted++;
    }
  }
  return { misjudgement: undefined, accounted };
}

function misjudged(truth: Truth, request: ToyRequest, isAccounted: boolean): Misjudgement['kind'] | undefined {
  if (isAccounted) return truth.missing(request) > 0 ? 'too-early' : undefined;
  return truth.mustBeAccounted(request) ? 'too-late' : undefined;
}
