import type { CompiledFlow, Span } from '../../model/index.js';

/** True of a flow that says how long the whole may take. */
export function hasTotal({ budgets }: Pick<CompiledFlow, 'budgets'>): boolean {
  return budgets.some(({ kind }) => kind === 'total');
}

/** The span that began first, and the one that ended last, as the clocks say: what took too long took at least from the one to the other. In whatever order they are given. */
export function outermostOf(spans: readonly Span[]): readonly Span[] {
  const [first] = spans;
  if (!first) return [];
  let [earliest, latest] = [first, first];
  for (const span of spans) {
    if (isAhead(span, earliest, earliest.startUnixNano - span.startUnixNano)) earliest = span;
    if (isAhead(span, latest, span.endUnixNano - latest.endUnixNano)) latest = span;
  }
  return [earliest, latest];
}

/** Of equals, the one whose id comes first. */
function isAhead({ spanId }: Span, best: Span, by: bigint): boolean {
  return by > 0n || (by === 0n && spanId < best.spanId);
}
