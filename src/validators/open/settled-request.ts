import type { CompiledFlow, TraceStep, WorkflowTrace } from '../../model/index.js';
import { settledSpans } from './settled-spans.js';

/**
 * The part of an open request that stays as it is, whatever else comes: it is to be judged in the request's place.
 *
 * Left out, beside the occurrences that are not settled: steps that may be tried again, of which nothing is certain before the last try; and, where the flow has orders
 * inside of steps or binds places to them, what happened below such a step.
 */
export function settledRequest(trace: WorkflowTrace, flow: CompiledFlow): WorkflowTrace {
  const { own, isSettled } = settledSpans(trace);
  const tried = new Set(flow.steps.flatMap(({ name, matcher }) => (matcher.tries === undefined ? [] : [name])));
  const isTried = ({ stepName }: TraceStep): boolean => tried.has(stepName);
  const settled = trace.steps.filter((step) => isSettled(step.spanId) && !isTried(step));
  const tries = trace.steps.filter(isTried).flatMap(({ attempts }) => attempts.map(({ spanId }) => spanId));
  const steps = tries.length > 0 && hasScopes(flow) ? settled.filter(notBelow(new Set(tries), trace)) : settled;
  return { ...trace, spans: own, steps };
}

function hasScopes({ steps, order }: CompiledFlow): boolean {
  return steps.some(({ inside }) => inside !== undefined) || JSON.stringify(order).includes('"under"');
}

function notBelow(above: ReadonlySet<string>, { spans }: WorkflowTrace): (step: TraceStep) => boolean {
  const parents = new Map(spans.map(({ spanId, parentSpanId }) => [spanId, parentSpanId] as const));
  return ({ spanId }) => {
    const visited = new Set<string>();
    for (let up = parents.get(spanId); up !== undefined && !visited.has(up); up = parents.get(up)) {
      if (above.has(up)) return false;
      visited.add(up);
    }
    return true;
  };
}
