import { askScope, checkFlow } from '../flow/check.js';
import type { FlowCheck } from '../flow/checked-request.js';
import { resolveConditions } from '../flow/conditions.js';
import { orderScopes } from '../flow/order-scopes.js';
import { NO_STRENGTH } from '../flow/strength.js';

const NOTHING_VIOLATED: FlowCheck = {
  counts: { missing: [], awaited: [], counts: [], unexpected: [] },
  order: { cycles: [], strength: NO_STRENGTH, undecided: [], tooAmbiguous: undefined },
  unresolved: [],
};

/** The same as {@link checkFlow} of a request that cannot conform any more. Of one that can it says just that: neither how firmly, nor what is awaited. */
export const checkOpenFlow: typeof checkFlow = (flow, request) => {
  const isViolated = orderScopes(flow, request).some((scope) => {
    const { order } = resolveConditions(scope.order, request.holds ?? (() => undefined));
    return askScope({ ...scope, order }, request).outcome.kind === 'violated';
  });
  return isViolated ? checkFlow(flow, request) : NOTHING_VIOLATED;
};
