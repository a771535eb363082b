import { nameSteps } from '../../collectors/index.js';
import type { SeenRequest } from '../flow/index.js';
import type { AssembledRequest, StepMatcher } from '../model/index.js';
import { certainOrder } from '../validators/index.js';

/** A request, and what is certain of it. */
export interface RequestSeen {
  readonly request: AssembledRequest;
  readonly seen: SeenRequest;
}

const NANOS_PER_MS = 1_000_000;

/** What is certain of these requests, with their steps named; those whose causes go round in a circle are left out. */
export function seeRequests(
  requests: readonly AssembledRequest[],
  matchers: readonly StepMatcher[],
): readonly RequestSeen[] {
  return requests.flatMap((request) => {
    const trace = nameSteps(request, matchers);
    const order = certainOrder(trace);
    if (!order) return [];
    const seen: SeenRequest = {
      requestId: request.requestId,
      totalMs: Number(trace.endTime - trace.startTime) / NANOS_PER_MS,
      steps: order.steps.map(({ stepName, status, startTime, endTime }) => ({
        step: stepName,
        failed: status === 'error',
        durationMs: Number(endTime - startTime) / NANOS_PER_MS,
      })),
      before: order.before,
      causes: order.causes,
    };
    return [{ request, seen }];
  });
}
