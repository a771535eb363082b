import type { Span, StepAttempt, StepMatcher, TraceStep } from '../src/model/index.js';

/**
 * Steps with their tries put together: spans that share a parent and a step that is tried. A try that began a trace of its own, and links the one before it, shares that one's.
 *
 * ```
 *   retried    ──x  ──x  ────      one occurrence of three tries: it starts with the first, ends with the last
 *   hedged     ────────x           one occurrence of two: it ends with the first that went well, which is the
 *                 ─────            last of its attempts
 * ```
 *
 * Retried tries that overlap are no retries: each stays an occurrence of its own. The given order is kept by the first try.
 */
export function collapseTries(
  steps: readonly TraceStep[],
  { spans, matchers }: { readonly spans: readonly Span[]; readonly matchers: readonly StepMatcher[] },
): readonly TraceStep[] {
  const tried = new Map(matchers.flatMap(({ step, tries }) => (tries === undefined ? [] : [[step, tries] as const])));
  if (tried.size === 0) return steps;
  const familyOf = families(steps, spans);
  const joined = new Map<TraceStep, TraceStep[]>();
  const latest = new Map<string, TraceStep>();
  for (const step of steps) {
    const tries = tried.get(step.stepName);
    const family = familyOf(step);
    const first = tries === undefined ? undefined : latest.get(family);
    const members = first && joined.get(first);
    if (members && (tries === 'hedged' || (members.at(-1)?.endTime ?? 0n) <= step.startTime)) members.push(step);
    else {
      joined.set(step, [step]);
      latest.set(family, step);
    }
  }
  return [...joined].map(([first, members]) => occurrenceOf(members, tried.get(first.stepName)) ?? first);
}

/** What the tries of one step have in common: its name and the span above them, or, of tries in traces of their own, the first of them. */
function families(steps: readonly TraceStep[], spans: readonly Span[]): (step: TraceStep) => string {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const known = new Map<string, string>();
  for (const { stepName, spanId } of steps) {
    const { parentSpanId, links = [] } = byId.get(spanId) ?? {};
    const earlier = links.flatMap((link) => known.get(`${stepName} ${link.spanId}`) ?? [])[0];
    const above = parentSpanId ?? `of ${spanId}`;
    known.set(`${stepName} ${spanId}`, (parentSpanId === undefined && earlier) || `${stepName} ${above}`);
  }
  return ({ stepName, spanId }) => known.get(`${stepName} ${spanId}`) ?? '';
}

function occurrenceOf(members: readonly TraceStep[], tries: StepMatcher['tries']): TraceStep | undefined {
  const [first] = members;
  if (!first || members.length === 1) return first;
  const decisive = tries === 'hedged' ? firstToSucceed(members) : members.at(-1);
  if (!decisive) return first;
  const attempts = [...members.filter((member) => member !== decisive), decisive].map(attemptOf);
  const { endTime, output, status, errorDetails } = decisive;
  return { ...first, endTime, output, status, errorDetails, attempts };
}

/** Of the hedged calls that went well, the one that ended first; of none, the one that ended last. */
function firstToSucceed(members: readonly TraceStep[]): TraceStep | undefined {
  const byEnd = [...members].sort((a, b) => (a.endTime < b.endTime ? -1 : a.endTime > b.endTime ? 1 : 0));
  return byEnd.find(({ status }) => status !== 'error') ?? byEnd.at(-1);
}

function attemptOf({ spanId, startTime, endTime, status }: TraceStep): StepAttempt {
  return { spanId, startTime, endTime, status };
}
