import type { CompiledFlow, Evidence, FlowNode, Rule, WorkflowTrace } from '../../src/model/index.js';
import { evidenceOf, flowOf, type SpanLine, traceOf } from './evidence.js';
import type { seeded } from './seeded.js';

type Random = ReturnType<typeof seeded>;

const STEPS = ['a', 'b', 'c', 'd', 'e', 'f'];

const step = (name: string): FlowNode => ({ kind: 'step', step: name });

/** A tree over some steps, most often of the exact class. */
function randomTree(random: Random, steps: readonly string[], isExact: boolean): FlowNode {
  const [only] = steps;
  if (steps.length === 1 && only !== undefined) return randomLeaf(random, only, isExact);
  const cut = 1 + random.below(steps.length - 1);
  const children = [steps.slice(0, cut), steps.slice(cut)].map((part) => randomTree(random, part, isExact));
  const sequence: FlowNode = { kind: 'sequence', children };
  switch (random.below(11)) {
    case 0:
      return { kind: 'choice', children };
    case 1:
      return { kind: 'optional', child: sequence };
    case 2:
      return { kind: 'any-order', children: steps.map(step) };
    case 3:
      return isExact
        ? sequence
        : { kind: 'repeat', child: sequence, min: 1, max: null, parallel: random.below(2) === 0 };
    case 4:
      return { ...sequence, by: 'start' };
    case 5:
      return { kind: 'any-of', children };
    case 6:
    case 7:
      return { kind: 'parallel', children };
    default:
      return sequence;
  }
}

function randomLeaf(random: Random, name: string, isExact: boolean): FlowNode {
  const child = step(name);
  switch (random.below(7)) {
    case 0:
    case 1:
      return {
        kind: 'repeat',
        child,
        min: random.below(2),
        max: random.pick([2, 3, null]),
        parallel: random.below(2) === 0,
      };
    case 2:
      return { kind: 'optional', child };
    case 3:
      return isExact ? child : { kind: 'sequence', children: [child, step(random.pick(STEPS))] };
    default:
      return child;
  }
}

/** A flow whose order, rules, budgets and settings are drawn at random. */
export function randomFlow(random: Random): CompiledFlow {
  const order = randomTree(random, STEPS.slice(0, 1 + random.below(STEPS.length)), random.below(3) > 0);
  const kind = random.pick(['response', 'precedence', 'chain-response', 'not-succession', 'init', 'end'] as const);
  const rule: Rule = { kind, steps: kind === 'init' || kind === 'end' ? ['a'] : ['a', 'b'] };
  const steps = STEPS.map((name) => ({ name, matcher: { step: name }, mayFail: random.below(4) === 0 }));
  const flow = flowOf(order, {
    rules: random.below(3) === 0 ? [rule] : [],
    budgets:
      random.below(3) === 0
        ? [
            { kind: 'total', limitMs: 20 },
            { kind: 'between', from: 'a', to: 'b', limitMs: 5, leastMs: 1 },
          ]
        : [],
    prove: random.below(4) === 0,
    unexpected: random.pick(['allow', 'report', 'forbid'] as const),
    trust: random.pick(['accounted', 'quiet'] as const),
  });
  return { ...flow, steps };
}

/** Spans of three services, tied together at random: parents that are missing, links, hand-offs, offsets, ends before starts. */
function randomLines(random: Random): readonly SpanLine[] {
  const count = 2 + random.below(9);
  let now = 0;
  return Array.from({ length: count }, (_, i): SpanLine => {
    now += random.pick([0, 0.2, 0.7, 1.5, 3, 8]);
    const service = random.pick(['s', 't', 'u']);
    const parent =
      i === 0 || random.below(4) === 0 ? undefined : random.below(12) === 0 ? 'gone' : `x${random.below(i)}`;
    const kind = random.pick(['internal', 'client', 'server', 'producer', 'consumer'] as const);
    return {
      id: `x${i}`,
      service,
      instance: `${service}-${random.below(6) === 0 ? 2 : 1}`,
      parent,
      links: i > 0 && random.below(5) === 0 ? [`x${random.below(i)}`] : [],
      startMs: now,
      endMs: random.below(15) === 0 ? now - 1 : now + random.pick([0, 0.4, 1.2, 4, 12, 30]),
      kind,
      from: parent !== undefined && random.below(3) === 0 ? `${parent}.1` : undefined,
      error: random.below(12) === 0 ? 'refused' : undefined,
      attributes: randomAttributes(random, kind),
    };
  });
}

function randomAttributes(random: Random, kind: string): SpanLine['attributes'] {
  const isMessage = kind === 'producer' || kind === 'consumer';
  return {
    ...(random.below(5) === 0 ? {} : { 'tracecourt.step': random.pick(STEPS) }),
    ...(kind === 'client' ? { 'http.response.status_code': random.pick([200, 503]) } : {}),
    ...(isMessage && random.below(2) === 0
      ? {
          'messaging.system': 'kafka',
          'messaging.destination.name': 't',
          'messaging.destination.partition.id': 0,
          'messaging.kafka.offset': random.below(3),
        }
      : {}),
  };
}

/** Stamps in true time, of all processes but perhaps one, and now and then a wrong one. */
function withStamps(random: Random, lines: readonly SpanLine[]): readonly SpanLine[] {
  const without = random.pick(['', 's-1', 't-1']);
  const next = new Map<string, number>();
  const stamps = lines.map((): Record<string, number | number[]> => ({}));
  const points = lines.flatMap(({ startMs, endMs }, i) => [
    { at: startMs, i, name: 'tracecourt.seq.start' },
    { at: (startMs + endMs) / 2, i, name: 'tracecourt.seq.sent' },
    { at: endMs, i, name: 'tracecourt.seq.end' },
  ]);
  for (const { i, name } of points.sort((a, b) => a.at - b.at)) {
    const { instance } = lines[i]!;
    if (instance === without || random.below(30) === 0) continue;
    const stamp = (next.get(instance) ?? 0) + (random.below(60) === 0 ? 0 : 1);
    next.set(instance, stamp);
    stamps[i]![name] = name === 'tracecourt.seq.sent' ? [stamp] : stamp;
  }
  return lines.map((line, i) => ({ ...line, attributes: { ...line.attributes, ...stamps[i] } }));
}

export function randomTrace(random: Random): WorkflowTrace {
  const lines = randomLines(random);
  return traceOf(random.below(2) === 0 ? withStamps(random, lines) : lines, {
    completedBy: random.pick(['accounted', 'accounted', 'root-quiet', 'deadline', undefined] as const),
    skewMs: random.below(2) === 0 ? { s: random.pick([0, 2, 50]), t: random.pick([0, -3, 0.5]) } : {},
    wholeMs: random.below(2) === 0,
  });
}

export function randomEvidence(random: Random, flow: CompiledFlow): Evidence {
  return evidenceOf(flow, randomTrace(random));
}
