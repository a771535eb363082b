import { TracecourtError } from '../errors.js';
import { flowMatchers, learnOrders, wholeLog } from '../flow/index.js';
import type { CompiledFlow, FlowNode } from '../model/index.js';
import { readRecordings } from './recordings.js';
import { seeRequests } from './see-requests.js';
import { splitByWholeness } from './whole-requests.js';

/** What recorded requests show of the order of a flow's steps. */
export interface OrdersSeen {
  readonly order: FlowNode;
  readonly insides: ReadonlyMap<string, FlowNode>;
  readonly requests: number;
}

/** Throws TracecourtError `not-found` where no whole request of the recording has a step of the flow. */
export async function learnOrdersFor(
  flow: CompiledFlow,
  { recording, bundles }: { readonly recording: string; readonly bundles: string },
): Promise<OrdersSeen> {
  const { whole } = splitByWholeness(await readRecordings([recording], { flow, bundles }));
  const seen = seeRequests(whole, flowMatchers(flow))
    .known.map((each) => each.seen)
    .filter(({ steps }) => steps.length > 0);
  const { order, insides } = learnOrders(wholeLog(seen));
  if (order) return { order, insides, requests: seen.length };
  throw new TracecourtError('not-found', `No whole request in ${recording} has a step of the flow ${flow.name}.`, {
    nextStep: 'Check that the recording is of this flow, and complete: `tracecourt check` tells what is missing.',
  });
}
