import type { Join } from '../../src/model/index.js';
import { compare } from '../adjust/index.js';
import { isRoot } from './accounting-rules.js';
import type { SpanFacts } from './span-facts.js';

/**
 * Why each trace of the request is in it, but for the one that it began in: it carries the request id, a link ties it to another
 * trace, or else a correlation attribute does, which is a guess.
 */
export function joinsOf(requestId: string, spans: readonly SpanFacts[]): readonly Join[] {
  const traces = new Map<string, SpanFacts[]>();
  for (const facts of spans) {
    const ofTrace = traces.get(facts.traceId);
    if (ofTrace) ofTrace.push(facts);
    else traces.set(facts.traceId, [facts]);
  }
  if (traces.size < 2) return [];
  const main = mainTrace(requestId, spans);
  const linked = linksBetween(traces);
  const joins: Join[] = [];
  for (const [traceId, ofTrace] of traces) {
    if (traceId === main) continue;
    joins.push(joinOf(traceId, { requestId, main, spans: ofTrace, linkedTo: linked.get(traceId) ?? [] }));
  }
  return joins.sort((a, b) => compare(a.traceId, b.traceId));
}

interface TraceToJoin {
  readonly requestId: string;
  readonly main: string;
  readonly spans: readonly SpanFacts[];
  readonly linkedTo: readonly string[];
}

function joinOf(traceId: string, { requestId, main, spans, linkedTo }: TraceToJoin): Join {
  if (spans.some(({ labelled, key }) => labelled && key === requestId)) {
    return { traceId, to: main, by: 'request-id', guess: false };
  }
  const to = linkedTo.includes(main) ? main : [...linkedTo].sort()[0];
  return to === undefined
    ? { traceId, to: main, by: 'correlation', guess: true }
    : { traceId, to, by: 'link', guess: false };
}

/** The trace in which the request's root began; without a root, its earliest one. */
function mainTrace(requestId: string, spans: readonly SpanFacts[]): string {
  const own = spans.filter(({ key }) => key === requestId);
  const roots = own.filter(isRoot);
  const first = [...(roots.length > 0 ? roots : own.length > 0 ? own : spans)].sort(
    (a, b) => compare(a.startUnixNano, b.startUnixNano) || compare(a.spanId, b.spanId),
  )[0];
  return first?.traceId ?? requestId;
}

/** For each trace, the other traces of the request that a link ties it to, in either direction. */
function linksBetween(traces: ReadonlyMap<string, readonly SpanFacts[]>): ReadonlyMap<string, string[]> {
  const linked = new Map<string, string[]>();
  const tie = (a: string, b: string) => linked.set(a, [...(linked.get(a) ?? []), b]);
  for (const [traceId, spans] of traces) {
    const targets = new Set(spans.flatMap(({ links }) => links.map((link) => link.traceId)));
    for (const target of targets) {
      if (target === traceId || !traces.has(target)) continue;
      tie(traceId, target);
      tie(target, traceId);
    }
  }
  return linked;
}
