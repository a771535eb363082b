import type { CompiledFlow, Span, TraceStep, WorkflowTrace } from '../../model/index.js';
import { hasTotal, outermostOf } from './outermost.js';
import { settledSpans } from './settled-spans.js';

/** What of an open request stays as it is, whatever else comes. */
export interface SettledRequest {
  /** To be judged in the request's place: its settled steps, and what caused them. What is below them and leads to no step has no say in their order. */
  readonly trace: WorkflowTrace;
  /** Every span that will stay the request's. */
  readonly own: readonly Span[];
}

/**
 * Left out, beside the occurrences that are not settled: steps that may be tried again, of which nothing is certain before the last try; and, where the flow has orders
 * inside of steps or binds places to them, what happened below such a step.
 */
export function settledRequest(trace: WorkflowTrace, flow: CompiledFlow): SettledRequest {
  const settled = settledSpans(trace);
  const tried = new Set(flow.steps.flatMap(({ name, matcher }) => (matcher.tries === undefined ? [] : [name])));
  const isTried = ({ stepName }: TraceStep): boolean => tried.has(stepName);
  const untried = trace.steps.filter((step) => settled.isSettled(step.spanId) && !isTried(step));
  const tries = trace.steps.filter(isTried).flatMap(({ attempts }) => attempts.map(({ spanId }) => spanId));
  const steps = tries.length > 0 && hasScopes(flow) ? untried.filter(notBelow(new Set(tries), trace)) : untried;
  const outermost = new Set(hasTotal(flow) ? outermostOf(settled.own) : []);
  const isNeeded = settled.withCauses(steps.map(({ spanId }) => spanId));
  return {
    trace: { ...trace, spans: settled.own.filter((span) => isNeeded(span.spanId) || outermost.has(span)), steps },
    own: settled.own,
  };
}

/** True of a flow with orders inside of steps, or with places that are bound to steps: what is above a step says where it counts. */
export function hasScopes({ steps, order }: CompiledFlow): boolean {
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
