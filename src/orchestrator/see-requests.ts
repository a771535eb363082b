import { nameSteps } from '../../collectors/index.js';
import type { SeenRequest } from '../flow/index.js';
import { nanosToMs } from '../lib/clock.js';
import type { AssembledRequest, StepMatcher, WorkflowTrace } from '../model/index.js';
import { type CertainOrder, certainOrder } from '../validators/index.js';
import type { LeftOut } from './whole-requests.js';

/** A request, and what is certain of it. */
export interface RequestSeen {
  readonly request: AssembledRequest;
  readonly seen: SeenRequest;
}

export interface RequestsSeen {
  readonly known: readonly RequestSeen[];
  readonly leftOut: readonly LeftOut[];
}

/** Every happening is held against every other: of more, a learner would be at it for minutes, and nobody reads what comes out. */
const MOST_STEPS = 1_000;

/** What is certain of these requests, with their steps named; those of which too much or nothing is are left out. */
export function seeRequests(requests: readonly AssembledRequest[], matchers: readonly StepMatcher[]): RequestsSeen {
  const known: RequestSeen[] = [];
  const leftOut: LeftOut[] = [];
  for (const request of requests) {
    const { requestId } = request;
    const trace = nameSteps(request, matchers);
    const count = trace.steps.length;
    const order = count > MOST_STEPS ? undefined : certainOrder(trace);
    if (order) known.push({ request, seen: seenOf(trace, order) });
    else if (count > MOST_STEPS)
      leftOut.push({ requestId, why: `it has ${count} steps; at most ${MOST_STEPS} are learnt from` });
    else leftOut.push({ requestId, why: 'its spans cause each other in a circle' });
  }
  return { known, leftOut };
}

function seenOf(
  { requestId, startTime, endTime }: WorkflowTrace,
  { steps, before, causes }: CertainOrder,
): SeenRequest {
  return {
    requestId,
    totalMs: nanosToMs(endTime - startTime),
    steps: steps.map((step) => ({
      step: step.stepName,
      failed: step.status === 'error',
      durationMs: nanosToMs(step.endTime - step.startTime),
    })),
    before,
    causes,
  };
}
