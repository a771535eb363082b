import { lazily } from '../../lib/lazily.js';
import { oncePer } from '../../lib/once-per.js';
import type { CompiledFlow, FlowNode } from '../../model/index.js';
import { awaitedSteps } from './awaited-steps.js';
import type { CheckedRequest, FlowCheck, FlowCounts, OrderCheck } from './checked-request.js';
import { type Holds, resolveConditions } from './conditions.js';
import { explainEdits } from './explain-edits.js';
import { type OrderScope, orderScopes } from './order-scopes.js';
import { provePairs } from './prove-order.js';
import { checkerOf, requestOrder } from './request-order.js';
import { withConditions } from './ruled-out.js';
import { requiredBy } from './run-order.js';
import { addStrength, NO_STRENGTH } from './strength.js';
import { stepsUnder } from './tree.js';

/**
 * Whether a request conforms to the order of its flow, and how firmly that is known.
 *
 * It conforms if and only if its occurrences can be assigned to places of one run of the flow so that the counts fit and certain order ∪ the order that this run
 * requires has no cycle; and the same holds of what is inside each occurrence whose step has an order of its own. While steps may still come, the same holds
 * with those steps optional: what fails then fails for good.
 */
export function checkFlow(flow: Pick<CompiledFlow, 'order' | 'steps'>, request: CheckedRequest): FlowCheck {
  const scopes = orderScopes(flow, request);
  const { holds = () => undefined, isFirm = () => true } = request;
  const checks = scopes.map((scope) => {
    const now = checkUnder(holds, { scope, request });
    if (!saysSomething(now)) return now;
    // It may conform in the end, if what its conditions are now is not what they come to.
    return checkUnder((condition) => (isFirm(condition) ? holds(condition) : undefined), { scope, request });
  });
  return checks.reduce(join);
}

function checkUnder(
  holds: Holds,
  { scope, request }: { readonly scope: OrderScope; readonly request: CheckedRequest },
): FlowCheck {
  const { order, unresolved } = resolveConditions(scope.order, holds);
  const check = checkScope({ ...scope, order }, request);
  if (check.counts.unexpected.length === 0) return { ...check, unresolved };
  const unexpected = withConditions(check.counts.unexpected, { order: scope.order, holds });
  return { ...check, counts: { ...check.counts, unexpected }, unresolved };
}

/** One order, its conditions decided, held against its occurrences. */
export function askScope(scope: OrderScope, { facts, open, occurrences: everyone }: CheckedRequest) {
  const optional = new Set(stepsOf(scope.order).filter((step) => open.mayStillCome(step) || open.storeShown(step)));
  const asked = requestOrder(scope, { facts, everyone, mayStillCome: optional });
  const checker = checkerOf(scope.order);
  return { optional, asked, checker, outcome: checker.check(asked) };
}

function checkScope(scope: OrderScope, request: CheckedRequest): Omit<FlowCheck, 'unresolved'> {
  const { facts } = request;
  const { optional, asked, checker, outcome } = askScope(scope, request);
  switch (outcome.kind) {
    case 'conforms': {
      const awaited = optional.size > 0 ? awaitedSteps(asked, { checker, open: request.open }) : [];
      const { required, proven } = outcome.strength;
      return {
        counts: { ...NO_COUNTS, awaited },
        order: lazily(
          // What a possible run requires is not violated: what is not proven is undecided.
          { ...NO_ORDER, strength: { required, proven, undecided: required - proven } },
          { undecided: () => provePairs(requiredBy(outcome.run(), scope), facts).undecided },
        ),
      };
    }
    case 'tooAmbiguous':
      return { counts: NO_COUNTS, order: { ...NO_ORDER, tooAmbiguous: outcome.states } };
    case 'violated': {
      const told = explainEdits(scope, { asked, checker, request });
      // A violation that nothing tells of would be a pass.
      return saysSomething(told) ? told : { ...told, order: { ...NO_ORDER, tooAmbiguous: outcome.states } };
    }
    default:
      return outcome satisfies never;
  }
}

const NO_COUNTS: FlowCounts = { missing: [], awaited: [], counts: [], unexpected: [] };
const stepsOf = oncePer((order: FlowNode): readonly string[] => [...new Set(stepsUnder(order))]);

const NO_ORDER: OrderCheck = { cycles: [], strength: NO_STRENGTH, undecided: [], tooAmbiguous: undefined };

function saysSomething({ counts, order }: Omit<FlowCheck, 'unresolved'>): boolean {
  const { missing, counts: wrong, unexpected } = counts;
  return missing.length + wrong.length + unexpected.length + order.cycles.length > 0;
}

function join(a: FlowCheck, b: FlowCheck): FlowCheck {
  return {
    counts: {
      missing: [...a.counts.missing, ...b.counts.missing],
      awaited: [...a.counts.awaited, ...b.counts.awaited],
      counts: [...a.counts.counts, ...b.counts.counts],
      unexpected: [...a.counts.unexpected, ...b.counts.unexpected],
    },
    order: lazily(
      {
        cycles: [...a.order.cycles, ...b.order.cycles],
        strength: addStrength(a.order.strength, b.order.strength),
        tooAmbiguous: a.order.tooAmbiguous ?? b.order.tooAmbiguous,
      },
      { undecided: () => [...a.order.undecided, ...b.order.undecided] },
    ),
    unresolved: [...a.unresolved, ...b.unresolved],
  };
}

/** Every order that a flow has: its own, and those inside its steps. */
export function ordersOf({ order, steps }: Pick<CompiledFlow, 'order' | 'steps'>): readonly FlowNode[] {
  return [order, ...steps.flatMap(({ inside }) => inside ?? [])];
}
