import type { Evidence } from '../model/index.js';
import type { Evaluate } from './evaluate.js';
import type { Holds } from './flow/conditions.js';

/** What a condition of the order is of the request that expressions speak of. */
export function conditionsIn(evidence: Pick<Evidence, 'scope'>, evaluate: Evaluate): Holds {
  return (condition) => {
    const answer = evaluate(condition, { ...evidence.scope });
    return 'value' in answer && typeof answer.value === 'boolean' ? answer.value : undefined;
  };
}
