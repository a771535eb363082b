import { SEQUENCE_END, SEQUENCE_START } from '@tracecourt/instrumentation/wire-names';
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
 * Retried tries that overlap are no retries: each stays an occurrence of its own. They overlap if their process numbered them so, or else by a whole millisecond:
 * starts may be read in whole ones. The given order is kept by the first try.
 */
export function collapseTries(
  steps: readonly TraceStep[],
  { spans, matchers }: { readonly spans: readonly Span[]; readonly matchers: readonly StepMatcher[] },
): readonly TraceStep[] {
  const tried = new Map(matchers.flatMap(({ step, tries }) => (tries === undefined ? [] : [[step, tries] as const])));
  if (tried.size === 0) return steps;
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const familyOf = families(steps, byId);
  const joined = new Map<TraceStep, TraceStep[]>();
  const latest = new Map<string, TraceStep>();
  for (const step of steps) {
    const tries = tried.get(step.stepName);
    const family = familyOf(step);
    const first = tries === undefined ? undefined : latest.get(family);
    const members = first && joined.get(first);
    const last = members?.at(-1);
    if (members && last && (tries === 'hedged' || !overlap(last, step, byId))) members.push(step);
    else {
      joined.set(step, [step]);
      latest.set(family, step);
    }
  }
  return [...joined].map(
    ([first, members]) => occurrenceOf(members, { tries: tried.get(first.stepName), byId }) ?? first,
  );
}

type SpansById = ReadonlyMap<string, Span>;

const PROCESS = ['service.name', 'service.instance.id'];
const CLOCK_STEP = 1_000_000n;

function isOneProcess(a: Span, b: Span): boolean {
  return PROCESS.every((key) => a.resource.get(key) === b.resource.get(key));
}

function overlap(earlier: TraceStep, later: TraceStep, byId: SpansById): boolean {
  const [first, second] = [byId.get(earlier.spanId), byId.get(later.spanId)];
  const ended = first?.attributes.get(SEQUENCE_END);
  const began = second?.attributes.get(SEQUENCE_START);
  if (first && second && isOneProcess(first, second) && typeof ended === 'number' && typeof began === 'number')
    return began < ended;
  // Of two that began in one millisecond either may have been first.
  return earlier.endTime - later.startTime >= CLOCK_STEP && later.endTime - earlier.startTime >= CLOCK_STEP;
}

/** What the tries of one step have in common: its name and the span above them, or, of tries in traces of their own, the first of them. */
function families(steps: readonly TraceStep[], byId: ReadonlyMap<string, Span>): (step: TraceStep) => string {
  const known = new Map<string, string>();
  for (const { stepName, spanId } of steps) {
    const { parentSpanId, links = [] } = byId.get(spanId) ?? {};
    const earlier = links.flatMap((link) => known.get(`${stepName} ${link.spanId}`) ?? [])[0];
    const above = parentSpanId ?? `of ${spanId}`;
    known.set(`${stepName} ${spanId}`, (parentSpanId === undefined && earlier) || `${stepName} ${above}`);
  }
  return ({ stepName, spanId }) => known.get(`${stepName} ${spanId}`) ?? '';
}

function occurrenceOf(
  members: readonly TraceStep[],
  { tries, byId }: { readonly tries: StepMatcher['tries']; readonly byId: SpansById },
): TraceStep | undefined {
  const [first] = members;
  if (!first || members.length === 1) return first;
  const decisive = tries === 'hedged' ? firstToSucceed(members, byId) : lastOf(members, byId);
  if (!decisive) return first;
  const attempts = [...members.filter((member) => member !== decisive), decisive].map(attemptOf);
  const { endTime, output, status, errorDetails } = decisive;
  return { ...first, endTime, output, status, errorDetails, attempts };
}

/** Nobody tries again what went well: of tries that began too close to each other to tell, that one is the last. */
function lastOf(members: readonly TraceStep[], byId: SpansById): TraceStep | undefined {
  const last = members.at(-1);
  if (!last || numberedEnds(members, byId)) return last;
  const latest = members.filter(({ startTime }) => last.startTime - startTime < CLOCK_STEP);
  return latest.find(({ status }) => status !== 'error') ?? last;
}

/** Of the hedged calls that went well, the one that ended first; of none, the one that ended last. */
function firstToSucceed(members: readonly TraceStep[], byId: SpansById): TraceStep | undefined {
  const numbers = numberedEnds(members, byId);
  const endOf = (step: TraceStep): number | bigint => numbers?.get(step) ?? step.endTime;
  const byEnd = [...members].sort((a, b) => (endOf(a) < endOf(b) ? -1 : endOf(a) > endOf(b) ? 1 : 0));
  return byEnd.find(({ status }) => status !== 'error') ?? byEnd.at(-1);
}

/** What the process numbered each end; undefined unless it is one process that numbered them all. */
function numberedEnds(members: readonly TraceStep[], byId: SpansById): ReadonlyMap<TraceStep, number> | undefined {
  const first = byId.get(members[0]?.spanId ?? '');
  const ends = new Map<TraceStep, number>();
  for (const member of members) {
    const span = byId.get(member.spanId);
    const end = span?.attributes.get(SEQUENCE_END);
    if (first && span && isOneProcess(first, span) && typeof end === 'number') ends.set(member, end);
  }
  return ends.size === members.length ? ends : undefined;
}

function attemptOf({ spanId, startTime, endTime, status }: TraceStep): StepAttempt {
  return { spanId, startTime, endTime, status };
}
