import type { Span, WorkflowTrace } from '../../model/index.js';
import { reach } from './cause-graph.js';
import { SpansSoFar } from './spans-so-far.js';

/** What of an open request's spans no later span can change. */
export interface SettledSpans {
  /** Spans that will stay the request's, whatever else comes. */
  readonly own: readonly Span[];
  /** True of such a span of which every cause is held, up to the roots: what is no ancestor of it now never will be. */
  isSettled(spanId: string): boolean;
  /** True of these, and of every span that is held of those that caused them. */
  withCauses(spanIds: Iterable<string>): (spanId: string) => boolean;
}

/** Finds the spans of an open request that can be relied on. */
export function settledSpans({ requestId, spans }: WorkflowTrace): SettledSpans {
  const soFar = new SpansSoFar(requestId);
  for (const span of spans) soFar.add(span);
  const { causes } = soFar;
  const { stays, isSettled } = soFar.reliance();
  const at = (spanId: string): number => causes.placeOf(spanId) ?? -1;
  return {
    own: spans.filter(({ spanId }) => stays(at(spanId))),
    isSettled: (spanId) => isSettled(at(spanId)),
    withCauses: (spanIds) => {
      const reached = reach(
        Array.from(spanIds, at).filter((place) => place >= 0),
        {
          size: causes.size,
          next: (place) => causes.causesOf(place),
        },
      );
      return (spanId) => reached[at(spanId)] === 1;
    },
  };
}
