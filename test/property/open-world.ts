import type { CompiledFlow, FlowNode, FlowStep, Rule, Span, StepMatcher } from '../../src/model/index.js';
import { stepsUnder } from '../../src/validators/flow/tree.js';
import { flowOf, type SpanLine, stampAll, traceOf } from '../helpers/evidence.js';
import type { seeded } from '../helpers/seeded.js';
import { randomExactTree, randomTree } from '../validators/conformance/random-tree.js';

type Random = ReturnType<typeof seeded>;

const STEPS = ['a', 'b', 'c', 'd'];
export const REQUEST = 'r-1';

/** A flow and a whole request, of which the spans come one after the other. */
export interface OpenWorld {
  readonly flow: CompiledFlow;
  readonly spans: readonly Span[];
}

/**
 * Everything that may make a span look different once others have come: steps inside steps of the same name, tries, spans that fit two steps, orders inside steps, contexts that break,
 * links, other requests in the same trace, spans that name no request. Its clocks are off, each by as much for good; its causes do not contradict each other.
 */
export function randomOpenWorld(random: Random): OpenWorld {
  return { flow: randomFlow(random), spans: randomSpans(random) };
}

function randomFlow(random: Random): CompiledFlow {
  const order =
    random.below(2) === 0 ? randomExactTree(random, STEPS) : randomTree(random, { steps: STEPS, leaves: 4 });
  const named = new Set([...stepsUnder(order), ...boundTo(order)]);
  const inner = random.below(5) === 0 ? random.pick(STEPS) : undefined;
  const steps = STEPS.filter((name) => named.has(name) || random.below(3) > 0).map((name): FlowStep => {
    const inside =
      name === inner
        ? randomExactTree(
            random,
            STEPS.filter((other) => other !== name),
          )
        : undefined;
    return {
      name,
      matcher: randomMatcher(random, name),
      mayFail: random.below(2) === 0,
      ...(inside ? { inside } : {}),
    };
  });
  return flowOf(order, {
    steps: random.below(6) === 0 ? [...steps, { name: 'e', matcher: { step: 'e', span: 'a' }, mayFail: false }] : steps,
    rules: random.below(2) === 0 ? [randomRule(random)] : [],
    budgets: [
      ...(random.below(4) === 0 ? [{ kind: 'step', step: random.pick(STEPS), limitMs: 20, leastMs: 1 } as const] : []),
      ...(random.below(6) === 0 ? [{ kind: 'total', limitMs: 60, leastMs: 5 } as const] : []),
      ...(random.below(6) === 0 ? [{ kind: 'between', from: 'a', to: 'b', limitMs: 5 } as const] : []),
    ],
    forbidden: random.below(5) === 0 ? [{ name: 'secret' }] : [],
    unexpected: random.pick(['allow', 'report', 'forbid'] as const),
    trust: random.pick(['accounted', 'quiet'] as const),
    correlation: random.below(3) === 0 ? ['key'] : [],
  });
}

function boundTo(order: FlowNode): readonly string[] {
  return [...JSON.stringify(order).matchAll(/"under":"(\w+)"/g)].map(([, name]) => name ?? '');
}

function randomMatcher(random: Random, step: string): StepMatcher {
  const base: StepMatcher = { step };
  switch (random.below(8)) {
    case 0:
      return { ...base, tries: random.pick(['retried', 'hedged'] as const) };
    case 1:
    case 2:
      return { ...base, nested: 'each' };
    default:
      return base;
  }
}

const PAIRS = [
  'not-succession',
  'not-co-existence',
  'not-response',
  'response',
  'precedence',
  'chain-response',
] as const;

function randomRule(random: Random): Rule {
  const [a, b] = [random.pick(STEPS), random.pick(STEPS)];
  switch (random.below(4)) {
    case 0:
      return { kind: random.pick(['at-most', 'exactly', 'at-least'] as const), steps: [a], count: random.below(3) };
    case 1:
      return { kind: random.pick(['absence', 'init', 'end'] as const), steps: [a] };
    case 2:
      return { kind: random.pick(['exclusive-choice', 'choice'] as const), steps: [...new Set([a, b])] };
    default:
      return {
        kind: random.pick(PAIRS),
        steps: [a, b],
        ...(random.below(3) === 0 ? { window: { limitMs: 10 } } : {}),
      };
  }
}

const SERVICES = ['s', 't', 'u'];

function randomSpans(random: Random): readonly Span[] {
  const lines: SpanLine[] = [];
  const count = 2 + random.below(6);
  const isStamped = random.below(2) === 0;
  let now = 0;
  for (let i = 0; i < count; i++) {
    const before = lines.at(-1);
    now = Math.max(now, before?.startMs ?? 0) + random.below(12) * (random.below(3) === 0 ? 0.2 : 1);
    const line = randomLine(random, { i, startMs: now, earlier: lines });
    lines.push(before?.parent !== undefined && random.below(4) === 0 ? tryAgain(before, line) : line);
  }
  const skewMs = Object.fromEntries(
    SERVICES.map((service) => [service, random.below(3) === 0 ? 0 : random.below(80) - 40]),
  );
  return traceOf(isStamped ? stampAll(lines) : lines, { skewMs, wholeMs: !isStamped && random.below(2) === 0 }).spans;
}

/** The same call once more, most often after the one before has failed. */
function tryAgain(before: SpanLine, { id, endMs, startMs, error }: SpanLine): SpanLine {
  const start = Math.max(startMs, before.endMs + 1);
  return {
    ...before,
    id,
    links: [],
    error: before.error === undefined ? error : undefined,
    startMs: start,
    endMs: start + endMs - startMs,
  };
}

function randomLine(
  random: Random,
  { i, startMs, earlier }: { readonly i: number; readonly startMs: number; readonly earlier: readonly SpanLine[] },
): SpanLine {
  const service = random.pick(SERVICES);
  const parent = earlier.length > 0 && random.below(6) > 0 ? random.pick(earlier) : undefined;
  const linked = earlier.length > 0 && random.below(6) === 0 ? [random.pick(earlier).id] : [];
  const traceId = parent?.traceId ?? (random.below(3) === 0 ? `t${random.below(3)}` : 't0');
  const isOther = random.below(25) === 0;
  const label = isOther ? 'r-2' : random.below(5) === 0 ? undefined : REQUEST;
  const step = random.below(5) === 0 ? undefined : random.pick([...STEPS, 'x']);
  return {
    id: `s${i}`,
    service,
    instance: `${service}-1`,
    startMs,
    endMs: startMs + 0.5 + random.below(30) * (random.below(3) === 0 ? 0.1 : 1),
    kind: random.pick(['internal', 'server', 'client', 'consumer'] as const),
    traceId,
    parent: parent?.id,
    links: linked,
    error: random.below(12) === 0 ? 'no' : undefined,
    attributes: {
      name: random.pick(['a', 'w']),
      ...(step === undefined ? {} : { 'tracecourt.step': step }),
      ...(label === undefined ? {} : { 'tracecourt.request.id': label }),
      ...(random.below(12) === 0 ? { secret: 'x' } : {}),
      ...(random.below(6) === 0 ? { key: random.pick(['k', 'l']) } : {}),
    },
  };
}
