import { closeFacts } from './closed-facts.js';
import type { CompiledOrder } from './compiled-order.js';
import { Firing } from './firing.js';
import { placeOccurrences } from './placing.js';
import type { RequestOrder } from './request-order.js';
import { type Run, runAtPlaces } from './run.js';
import { orderRounds } from './serial-rounds.js';
import { emptyTimes, fitsCounts } from './times.js';

/** States that a search looks at, beside one for each occurrence, before it gives up. */
export const STATE_BUDGET = 50_000;

/** Whether a request can have been a run of the flow. */
export type Conformance =
  | (Checked & {
      readonly kind: 'conforms';
      /** One such run; worked out on asking. */
      readonly run: () => Run;
    })
  | (Checked & { readonly kind: 'violated' | 'tooAmbiguous' });

interface Checked {
  /** `exact`: by counts and one walk over the points. `search`: by trying. */
  readonly method: 'exact' | 'search';
  /** States that a search looked at. */
  readonly states: number;
}

export interface CheckOptions {
  readonly budget?: number;
}

/** Checks the requests of one flow. */
export interface OrderChecker {
  readonly order: CompiledOrder;
  /**
   * A request conforms if and only if its occurrences can be assigned to places of one run of the flow so that the counts fit and certain order ∪ the
   * order that this run requires has no cycle. With steps that may still come, the same holds with their places optional: what is violated then is
   * violated for good.
   */
  check(request: RequestOrder, options?: CheckOptions): Conformance;
}

/** A checker keeps its working memory from one request to the next. */
export function createChecker(order: CompiledOrder): OrderChecker {
  const firing = new Firing(order);
  const times = emptyTimes(order.nodes.length);
  const check = (request: RequestOrder, { budget = STATE_BUDGET }: CheckOptions = {}): Conformance => {
    const { places, floating, nowhere, counts } = placeOccurrences(order, request);
    if (nowhere > 0 || !fitsCounts(order.nodes, counts, times)) return VIOLATED;
    const isExact = order.treeClass.exact && floating === 0;
    const conforms = (started: readonly number[], states: number): Conformance => ({
      ...{ kind: 'conforms', method: 'exact', states },
      run: () => runAtPlaces(order, { places, started }),
    });
    if (firing.fire(request, places, { serial: isExact }) && isExact) return conforms(startedIn(firing), 0);
    if (isExact && order.serialGroups === 0) return VIOLATED;
    if (!firing.fire(request, places, { serial: false })) return VIOLATED;
    if (!isExact) return { method: 'search', states: 0, kind: 'tooAmbiguous' };
    const facts = closeFacts(request);
    const rounds = orderRounds({ order, request, facts, places, started: startedIn(firing), budget });
    if (rounds.kind === 'possible') return conforms(rounds.started, rounds.states);
    return { ...VIOLATED, kind: rounds.kind === 'impossible' ? 'violated' : 'tooAmbiguous', states: rounds.states };
  };
  return { order, check };
}

const VIOLATED = { kind: 'violated', method: 'exact', states: 0 } as const;

function startedIn({ sequence, started }: Firing): readonly number[] {
  return [...sequence.subarray(0, started)];
}
