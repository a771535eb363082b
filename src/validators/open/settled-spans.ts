import { type Span, STAMP_NAMES, type WorkflowTrace } from '../../model/index.js';
import { textOf } from '../flow/span-index.js';

/** What of an open request's spans no later span can change. */
export interface SettledSpans {
  /** Spans that will stay the request's, whatever else comes. */
  readonly own: readonly Span[];
  /** True of such a span of which every cause is held, up to the roots: what is no ancestor of it now never will be. */
  isSettled(spanId: string): boolean;
  /** These, and every span that is held of those that caused them. */
  withCauses(spanIds: Iterable<string>): Set<string>;
}

/**
 * Finds the spans of an open request that can be relied on.
 *
 * ```
 *   root ─▶ a ─▶ b          settled, all three
 *   (…) ─▶ c ─▶ d           not: another span of c's step may be above it, or what the flow puts before it
 *   e links (…)             not: what it links may be below a
 * ```
 *
 * A span without the request's id may turn out to be another's, unless it shares a trace with one that has it, or is caused by one that stays.
 */
export function settledSpans(trace: WorkflowTrace): SettledSpans {
  const causes = new Map(trace.spans.map((span) => [span.spanId, causesOf(span)] as const));
  const effects = turnedRound(causes);
  const loose = [...causes].flatMap(([spanId, ids]) => (ids.every((id) => causes.has(id)) ? [] : [spanId]));
  const unsettled = closure(loose, effects, () => true);
  const isHere = (spanId: string): boolean => !unsettled.has(spanId);
  const labelled = labelledSpans(trace);
  const staying = closure(labelled, effects, isHere);
  return {
    own: staying.size === causes.size ? trace.spans : trace.spans.filter(({ spanId }) => staying.has(spanId)),
    isSettled: (spanId) => staying.has(spanId) && isHere(spanId),
    withCauses: (spanIds) => closure(spanIds, causes, () => true),
  };
}

function causesOf({ spanId, parentSpanId, links }: Span): readonly string[] {
  const ids = links.map((link) => link.spanId).filter((id) => id !== spanId);
  return parentSpanId === undefined ? ids : [parentSpanId, ...ids];
}

function turnedRound(causes: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const effects = new Map<string, string[]>();
  for (const [effect, ids] of causes) {
    for (const cause of ids) {
      const known = effects.get(cause);
      if (known) known.push(effect);
      else effects.set(cause, [effect]);
    }
  }
  return effects;
}

/** Everything that these lead to, as far as it may. */
function closure(
  from: Iterable<string>,
  steps: ReadonlyMap<string, readonly string[]>,
  may: (id: string) => boolean,
): Set<string> {
  const reached = new Set(from);
  for (const id of reached) for (const next of steps.get(id) ?? []) if (may(next)) reached.add(next);
  return reached;
}

/** Spans that carry the request's id, and those without any in the traces of those. A request without an id is called by its trace. */
function labelledSpans({ requestId, spans }: WorkflowTrace): readonly string[] {
  const labelOf = (span: Span): string | undefined => textOf(span.attributes.get(STAMP_NAMES.request));
  const traces = new Set([requestId]);
  for (const span of spans) if (labelOf(span) === requestId) traces.add(span.traceId);
  return spans.flatMap((span) => {
    const label = labelOf(span);
    const isOwn = label === undefined ? traces.has(span.traceId) : label === requestId;
    return isOwn ? [span.spanId] : [];
  });
}
