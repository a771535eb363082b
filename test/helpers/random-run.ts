import type {
  AttributeValue,
  CompiledFlow,
  FlowNode,
  FlowStep,
  Rule,
  RuleKind,
  StepMatcher,
} from '../../src/model/index.js';
import { stepsUnder } from '../../src/validators/flow/tree.js';
import { flowOf, type SpanLine, stampAll, type TraceOptions } from './evidence.js';
import type { seeded } from './seeded.js';

// Flows drawn at random, and requests that follow them: each step somewhere in one of several services, as a span of its own, behind a call or behind a message, beside
// others where the flow lets it. Then, for some, something that was not meant to be.

type Random = ReturnType<typeof seeded>;

const STEPS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const INNER = ['i', 'j', 'k'];
const SERVICES = ['web', 'shop', 'bank', 'post'];

/** A flow of the exact class over some of the steps: each has one place, or several that are bound to different steps; every third one speaks of conditions, ancestors and what is inside of steps. */
export function randomExactFlow(random: Random): CompiledFlow {
  const isRich = random.below(3) === 0;
  const plain = treeOver(random, STEPS.slice(0, 1 + random.below(STEPS.length)));
  const order = isRich ? withConditions(random, withBonds(random, plain)) : plain;
  const flow = flowOf(order, {
    rules: Array.from({ length: random.pick([0, 0, 1, 2]) }, () => randomRule(random, isRich)),
    budgets: random.pick([
      [],
      [],
      [{ kind: 'step', step: 'a', limitMs: 9 }],
      [{ kind: 'total', limitMs: random.pick([15, 40, 400]) }],
      [{ kind: 'between', from: 'a', to: 'b', limitMs: random.pick([12, 80]), leastMs: 1 }],
    ] as const),
    prove: random.below(6) === 0,
    unexpected: random.pick(['allow', 'report', 'forbid'] as const),
    parameters: { way: random.below(2) },
  });
  const known = [...STEPS, ...(isRich ? INNER : []), 'beside'].map(
    (name): FlowStep => ({
      name,
      matcher: randomMatcher(name, random),
      mayFail: random.below(5) === 0,
      ...(isRich && name < 'j' && random.below(9) === 0 && { inside: randomInside(name, random) }),
    }),
  );
  return { ...flow, steps: known };
}

/** Some leaves only count under a step that comes earlier; now and then there are two of them, under different ones. */
function withBonds(random: Random, node: FlowNode): FlowNode {
  if (node.kind !== 'step') return withParts(node, (part) => withBonds(random, part));
  const earlier = STEPS.filter((step) => step < node.step);
  const [first, second] = [random.pick([...earlier, 'a']), random.pick([...earlier, 'a'])];
  if (earlier.length === 0 || random.below(6) > 0) return node;
  const bound = { ...node, under: first };
  if (first === second || random.below(3) > 0) return bound;
  return { kind: 'any-of', children: [bound, { ...node, under: second }] };
}

/** Conditions that come to what the run does, most of them. */
function withConditions(random: Random, node: FlowNode): FlowNode {
  const inner = withParts(node, (part) => withConditions(random, part));
  const [first = 'a'] = stepsUnder(inner);
  if (node.kind === 'choice') {
    const [child, otherwise] = inner.kind === 'choice' ? inner.children : [];
    return child && otherwise ? { kind: 'if', condition: conditionOn(first, random), child, otherwise } : inner;
  }
  if (node.kind === 'repeat' || random.below(9) > 0) return inner;
  return { kind: 'if', condition: conditionOn(first, random), child: inner };
}

function conditionOn(step: string, random: Random): string {
  if (random.below(4) > 0) return `steps.${step}.size() > 0`;
  return random.pick(['params.way == 1', 'params.way == 1', `steps.${step}[0].attributes.n == 1`]);
}

function withParts(node: FlowNode, change: (part: FlowNode) => FlowNode): FlowNode {
  if ('children' in node) return { ...node, children: node.children.map(change) };
  if (node.kind === 'optional') return { ...node, child: change(node.child) };
  // A round of several places would be none of the exact class.
  if (node.kind !== 'repeat') return node;
  const child = change(node.child);
  return child.kind === 'step' ? { ...node, child } : node;
}

/** Whatever may be said of the inside of a step, the exact class or not. */
function randomInside(around: string, random: Random): FlowNode {
  // Later ones alone: what is inside of a step is not around it too.
  const steps = [...INNER, random.pick(STEPS)].filter((step) => step > around);
  const leafOf = (step: string): FlowNode => leaf(random, step);
  const [i = '', j = '', ...more] = steps;
  const once = (step: string): FlowNode => ({ kind: 'step', step });
  return random.pick<FlowNode>([
    treeOver(random, steps.slice(0, 1 + random.below(steps.length))),
    {
      kind: 'repeat',
      child: { kind: 'repeat', child: once(i), min: 1, max: null, parallel: false },
      between: once(j),
      min: 1,
      max: 2,
      parallel: false,
    },
    {
      kind: 'repeat',
      child: { kind: 'sequence', children: [leafOf(i), leafOf(j)] },
      min: 0,
      max: 2,
      parallel: random.below(2) === 0,
    },
    {
      kind: 'sequence',
      children: [
        once(i),
        { kind: 'parallel', children: [...more, j].map(leafOf) },
        { kind: 'optional', child: once(i) },
      ],
    },
    { kind: 'any-order', children: [once(i), leafOf(j)] },
  ]);
}

/** Each finds the step by its name: where its process states it, in the span's own name, or as an attribute like any other. */
function randomMatcher(step: string, random: Random): StepMatcher {
  return random.pick([
    { step },
    { step },
    { step, span: step },
    { step, attributes: { 'tracecourt.step': step } },
    { step, span: step, attributes: { 'tracecourt.step': step } },
  ] as const);
}

function treeOver(random: Random, steps: readonly string[]): FlowNode {
  const [only] = steps;
  if (steps.length === 1 && only !== undefined) return leaf(random, only);
  const cut = 1 + random.below(steps.length - 1);
  const children = [steps.slice(0, cut), steps.slice(cut)].map((part) => treeOver(random, part));
  switch (random.below(9)) {
    case 0:
      return { kind: 'choice', children };
    case 1:
      return { kind: 'optional', child: { kind: 'sequence', children } };
    case 2:
      return { kind: 'sequence', children, by: 'start' };
    case 3:
      return { kind: 'any-of', children };
    case 4:
    case 5:
      return { kind: 'parallel', children };
    default:
      return { kind: 'sequence', children };
  }
}

function leaf(random: Random, step: string): FlowNode {
  const child: FlowNode = { kind: 'step', step };
  if (random.below(6) === 0) return { kind: 'optional', child };
  if (random.below(4) > 0) return child;
  const [min, max] = random.pick([
    [0, 3],
    [1, 2],
    [1, null],
  ] as const);
  return { kind: 'repeat', child, min, max, parallel: random.below(6) > 0 };
}

const RULES: readonly RuleKind[] = [
  'existence',
  'absence',
  'exactly',
  'at-most',
  'choice',
  'exclusive-choice',
  'responded-existence',
  'co-existence',
  'response',
  'precedence',
  'succession',
  'not-succession',
  'not-co-existence',
  'chain-response',
  'init',
];

function randomRule(random: Random, isRich: boolean): Rule {
  const rule = plainRule(random);
  if (!isRich || random.below(3) === 0) return rule;
  const about = rule.steps.length > 1 ? random.pick(['a', 'b'] as const) : 'a';
  const when = { about, condition: `${about}.attributes.n == 1` };
  if (rule.steps.length < 2) return { ...rule, when };
  return {
    ...rule,
    ...random.pick([
      { when },
      { where: 'a.attributes.n == b.attributes.n' },
      { where: 'a.durationMs < b.durationMs || a.service != b.service' },
      { window: random.pick([{ limitMs: 9 }, { limitMs: 60 }, { leastMs: 1, limitMs: 40 }, { leastMs: 3 }]) },
    ]),
  };
}

function plainRule(random: Random): Rule {
  const kind = random.pick(RULES);
  const a = random.pick(STEPS);
  if (['existence', 'absence', 'init'].includes(kind)) return { kind, steps: [a] };
  if (['exactly', 'at-most'].includes(kind)) return { kind, steps: [a], count: random.below(3) };
  return { kind, steps: [a, random.pick(STEPS.filter((step) => step !== a))] };
}

interface Place {
  readonly service: string;
  readonly parent: string;
  readonly startMs: number;
}

class RunUnderWay {
  readonly random: Random;
  readonly lines: SpanLine[] = [];
  readonly #insides: ReadonlyMap<string, FlowNode>;
  readonly #params: CompiledFlow['parameters'];
  readonly #spans = new Map<string, { readonly service: string; readonly parent: string }[]>();
  #offset = 0;

  constructor(random: Random, { steps, parameters }: Pick<CompiledFlow, 'steps' | 'parameters'>) {
    this.random = random;
    this.#params = parameters;
    this.#insides = new Map(steps.flatMap(({ name, inside }) => (inside ? [[name, inside] as const] : [])));
  }

  /** Whether a run goes the first way; it may be wrong. */
  goes(condition: string): boolean {
    return condition.startsWith('params') ? this.#params['way'] === 1 : this.random.below(2) === 0;
  }

  /** What is inside of a step that is a span; gives the moment when all of it is over. */
  inside(step: string, place: Place): number {
    const { service, parent, startMs } = place;
    this.#spans.set(step, [...(this.#spans.get(step) ?? []), { service, parent }]);
    const order = this.#insides.get(step);
    return order ? runNode(order, { ...place, startMs: startMs + 0.1 }, this) + 0.1 : startMs;
  }

  /** Under one of the spans of a step, if it is bound to be there and there is one. */
  bound(place: Place, under: string | undefined): Place {
    const spans = under === undefined ? [] : (this.#spans.get(under) ?? []);
    return spans.length === 0 ? place : { ...place, ...this.random.pick(spans) };
  }

  attributesOf(step: string): Readonly<Record<string, AttributeValue>> {
    return { 'tracecourt.step': step, ...(this.random.below(8) === 0 ? {} : { n: this.random.below(2) }) };
  }

  add(service: string, startMs: number, more: Partial<SpanLine>): { id: string; end: (endMs: number) => void } {
    const id = `x${this.lines.length}`;
    const at = this.lines.length;
    this.lines.push({ id, service, instance: `${service}-1`, startMs, endMs: startMs, attributes: {}, ...more });
    const end = (endMs: number): void => {
      this.lines[at] = { ...this.lines[at]!, endMs };
    };
    return { id, end };
  }

  message(): Readonly<Record<string, AttributeValue>> {
    return {
      'messaging.system': 'kafka',
      'messaging.destination.name': 'told',
      'messaging.destination.partition.id': 0,
      'messaging.kafka.offset': this.#offset++,
    };
  }
}

/** What one request that follows the order sends, before anybody read a clock: in true time. */
export function randomRun(random: Random, flow: CompiledFlow): readonly SpanLine[] {
  const run = new RunUnderWay(random, flow);
  const root = run.add('web', 0, { kind: 'server' });
  const isWatched = random.below(4) === 0;
  if (isWatched) ping(root.id, 0.2, run);
  const done = runNode(flow.order, { service: 'web', parent: root.id, startMs: 1 }, run) + 1;
  if (isWatched) ping(root.id, done, run);
  root.end(done + 2);
  return stampAll(run.lines);
}

/** A call that is no step, to a service that does none. */
function ping(parent: string, startMs: number, run: RunUnderWay): void {
  const call = run.add('web', startMs, { parent, kind: 'client', attributes: { 'http.response.status_code': 200 } });
  run.add('watch', startMs + 0.2, { parent: call.id, kind: 'server', from: `${call.id}.1` }).end(startMs + 0.4);
  call.end(startMs + 0.6);
}

const gap = (random: Random): number => 0.05 + random.below(3_000) / 1_000;

/** Gives the moment when all of the part is over. */
function runNode(node: FlowNode, place: Place, run: RunUnderWay): number {
  const { random } = run;
  const { startMs } = place;
  switch (node.kind) {
    case 'step':
      return runStep(node.step, run.bound(place, node.under), run);
    case 'sequence':
      return runInTurn(node.children, place, run);
    case 'if': {
      const way = run.goes(node.condition) ? node.child : node.otherwise;
      return way ? runNode(way, place, run) : startMs;
    }
    case 'any-order':
      return runInTurn(random.below(2) === 0 ? node.children : node.children.toReversed(), place, run);
    case 'parallel':
    case 'any-of':
      return latest(node.children.map((child) => runNode(child, { ...place, startMs: startMs + gap(random) }, run)));
    case 'choice':
      return runNode(random.pick(node.children), place, run);
    case 'optional':
      return random.below(2) === 0 ? startMs : runNode(node.child, place, run);
    case 'repeat':
      return runRounds(node, place, run);
    default:
      throw new Error(`no ${node.kind} here`);
  }
}

const latest = (moments: readonly number[]): number => Math.max(...moments);

function runInTurn(children: readonly FlowNode[], place: Place, run: RunUnderWay): number {
  const { random } = run;
  const [first, ...others] = children;
  if (!first) return place.startMs;
  if (others.length > 0 && random.below(6) === 0) return runAcross(first, others, { ...place, run });
  if (first.kind === 'step' && first.under === undefined && random.below(6) === 0)
    return runInside(first.step, others, { ...place, run });
  const now = runNode(first, { ...place, startMs: place.startMs + gap(random) }, run);
  return runInTurn(others, { ...place, startMs: now }, run);
}

interface Underway extends Place {
  readonly run: RunUnderWay;
}

/** The first part while a call is prepared, the others in the service that is called. */
function runAcross(first: FlowNode, others: readonly FlowNode[], { service, parent, startMs, run }: Underway): number {
  const to = run.random.pick(SERVICES);
  const call = run.add(service, startMs, { parent, kind: 'client', attributes: { 'http.response.status_code': 200 } });
  const sentAt = runNode(first, { service, parent: call.id, startMs: startMs + 0.1 }, run) + 0.1;
  const from = `${call.id}.1`;
  const served = run.add(to, sentAt + 0.2, { parent: call.id, kind: 'server', from, attributes: { sentAt } });
  const done = runInTurn(others, { service: to, parent: served.id, startMs: sentAt + 0.3 }, run);
  served.end(done + 0.1);
  call.end(done + 0.3);
  return done + 0.3;
}

/** The others are done inside of the first step, which goes on until they are. */
function runInside(step: string, others: readonly FlowNode[], { service, parent, startMs, run }: Underway): number {
  const own = run.add(service, startMs, { parent, attributes: run.attributesOf(step) });
  const place = { service, parent: own.id, startMs };
  const inside = run.inside(step, place);
  const done = Math.max(inside, runInTurn(others, { ...place, startMs: startMs + 0.1 }, run) + 0.1);
  own.end(done);
  return done;
}

function runRounds(node: Extract<FlowNode, { kind: 'repeat' }>, place: Place, run: RunUnderWay): number {
  const { random } = run;
  const rounds = node.min + random.below((node.max ?? node.min + 2) - node.min + 1);
  let now = place.startMs;
  for (let i = 0; i < rounds; i++) {
    if (i > 0 && node.between) now = runNode(node.between, { ...place, startMs: now + gap(random) }, run);
    const startMs = (node.parallel ? place.startMs : now) + gap(random);
    now = Math.max(now, runNode(node.child, { ...place, startMs }, run));
  }
  return now;
}

function runStep(step: string, { service, parent, startMs }: Place, run: RunUnderWay): number {
  const { random } = run;
  const attributes = run.attributesOf(step);
  const least = startMs + gap(random) + random.pick([0.2, 2, 10]);
  /** When the step's own span can end, which began then. */
  const doneIn = (place: Place): number => Math.max(least, run.inside(step, place));
  switch (random.below(5)) {
    case 0: {
      const to = random.pick(SERVICES);
      const client = run.add(service, startMs, {
        parent,
        kind: 'client',
        attributes: { 'http.response.status_code': random.pick([200, 200, 503]) },
      });
      const server = run.add(to, startMs + 0.3, {
        parent: client.id,
        kind: 'server',
        attributes,
        ...random.pick([{ from: `${client.id}.1` }, {}]),
      });
      const done = doneIn({ service: to, parent: server.id, startMs: startMs + 0.3 });
      server.end(done);
      client.end(done + 0.4);
      return done + 0.4;
    }
    case 1: {
      const to = random.pick(SERVICES);
      const message = run.message();
      const sender = run.add(service, startMs, { parent, kind: 'producer', attributes: message });
      sender.end(startMs + 0.3);
      const receiver = run.add(to, startMs + 0.5, {
        parent: sender.id,
        kind: 'consumer',
        attributes: { ...message, ...attributes },
        from: `${sender.id}.1`,
      });
      const done = doneIn({ service: to, parent: receiver.id, startMs: startMs + 0.5 }) + 0.5;
      receiver.end(done);
      return done;
    }
    case 2: {
      const to = random.pick(SERVICES);
      const own = run.add(to, startMs, { parent, attributes });
      const done = doneIn({ service: to, parent: own.id, startMs });
      own.end(done);
      return done;
    }
    default: {
      const own = run.add(service, startMs, { parent, attributes });
      if (random.below(3) === 0)
        run
          .add(service, startMs + 0.01, { parent: own.id, kind: 'client', attributes: { 'db.system.name': 'redis' } })
          .end(startMs + 0.02);
      const done = doneIn({ service, parent: own.id, startMs });
      own.end(done);
      return done;
    }
  }
}

type Change = (lines: readonly SpanLine[], random: Random) => readonly SpanLine[];

/** Changes one line, by its place, to others. */
const onOne =
  (by: (line: SpanLine, random: Random, lines: readonly SpanLine[]) => readonly SpanLine[]): Change =>
  (lines, random) => {
    const at = random.below(lines.length);
    return lines.flatMap((line, i) => (i === at ? by(line, random, lines) : [line]));
  };

const withAttributes = (line: SpanLine, attributes: SpanLine['attributes']): SpanLine => ({
  ...line,
  attributes: { ...line.attributes, ...attributes },
});

function without(line: SpanLine, key: string): SpanLine {
  const { [key]: _gone, ...attributes } = line.attributes;
  return { ...line, attributes };
}

/** What can be wrong with a request, or with what is told of it. */
export const CHANGES: Readonly<Record<string, Change>> = {
  drop: onOne(() => []),
  duplicate: onOne((line) => [line, { ...line, id: `${line.id}-again` }]),
  'same-id': onOne((line) => [line, line]),
  nest: onOne((line) => {
    const { 'tracecourt.seq.start': start, 'tracecourt.seq.end': end } = line.attributes;
    const stamps = { 'tracecourt.seq.start': Number(start) + 0.25, 'tracecourt.seq.end': Number(end) - 0.25 };
    const inner = {
      ...withAttributes(line, stamps),
      id: `${line.id}-inside`,
      parent: line.id,
      kind: 'internal',
    } as const;
    return [line, { ...without(inner, 'tracecourt.seq.sent'), startMs: line.startMs + 0.01, endMs: line.endMs - 0.01 }];
  }),
  'id-taken': onOne((line, random, lines) => [{ ...line, id: random.pick(lines).id }]),
  'clock-jump': (lines, random) => {
    const { service, startMs } = random.pick(lines);
    const by = random.pick([30, 300]);
    return lines.map((line) =>
      line.service === service && line.startMs >= startMs
        ? { ...line, startMs: line.startMs + by, endMs: line.endMs + by }
        : line,
    );
  },
  'stamp-twice': onOne((line, random, lines) => {
    const others = lines.filter(({ id, instance }) => id !== line.id && instance === line.instance);
    if (others.length === 0) return [line];
    const name = random.pick(['tracecourt.seq.start', 'tracecourt.seq.end']);
    return [withAttributes(line, { [name]: random.pick(others).attributes[name] ?? 0 })];
  }),
  swap: (lines, random) => {
    const [i, j] = [random.below(lines.length), random.below(lines.length)];
    const stamps = ({ attributes, startMs, endMs }: SpanLine) => ({ attributes, startMs, endMs });
    const step = (line: SpanLine) => line.attributes['tracecourt.step'];
    const moved = (line: SpanLine, to: SpanLine): SpanLine => {
      const own = step(line);
      const there = without({ ...line, ...stamps(to) }, 'tracecourt.step');
      return own === undefined ? there : withAttributes(there, { 'tracecourt.step': own });
    };
    return lines.map((line, at) => (at === i ? moved(line, lines[j]!) : at === j ? moved(line, lines[i]!) : line));
  },
  rename: onOne((line, random) => [
    withAttributes(line, { 'tracecourt.step': random.pick([...STEPS, ...INNER, 'beside', 'nobody-knows']) }),
  ]),
  delay: onOne((line, random) => {
    const by = random.pick([1, 5, 40, 300]);
    return [{ ...line, startMs: line.startMs + by, endMs: line.endMs + by }];
  }),
  earlier: onOne((line, random) => {
    const by = random.pick([1, 5, 40, 300]);
    return [{ ...line, startMs: line.startMs - by, endMs: line.endMs - by }];
  }),
  longer: onOne((line, random) => [{ ...line, endMs: line.endMs + random.pick([1, 50, 500]) }]),
  'ends-before-it-starts': onOne((line) => [{ ...line, endMs: line.startMs - 1 }]),
  fail: onOne((line) => [{ ...line, error: 'refused' }]),
  unstamp: onOne((line, random) => [
    without(line, random.pick(['tracecourt.seq.start', 'tracecourt.seq.end', 'tracecourt.seq.sent'])),
  ]),
  restamp: onOne((line, random) => [
    withAttributes(line, { [random.pick(['tracecourt.seq.start', 'tracecourt.seq.end'])]: random.below(20) }),
  ]),
  'stamp-as-text': onOne((line) => [withAttributes(line, { 'tracecourt.seq.start': '3' })]),
  reparent: onOne((line, random, lines) => [
    { ...line, parent: random.pick([undefined, 'gone', random.pick(lines).id]) },
  ]),
  link: onOne((line, random, lines) => [{ ...line, links: [random.pick(lines).id] }]),
  receive: onOne((line, random) => [{ ...line, from: `${line.parent}.${random.pick(['1', '2', '0', 'x', '1.5'])}` }]),
  'other-process': onOne((line, random) => [{ ...line, instance: `${line.service}-${random.pick([1, 2])}` }]),
  'other-trace': onOne((line) => [{ ...line, traceId: '2' }]),
  'other-offset': onOne((line, random) => [withAttributes(line, { 'messaging.kafka.offset': random.below(4) })]),
  'other-kind': onOne((line, random) => [
    { ...line, kind: random.pick(['internal', 'server', 'client', 'producer', 'consumer'] as const) },
  ]),
  'call-a-store': onOne((line) => [{ ...withAttributes(line, { 'db.system.name': 'redis' }), kind: 'client' }]),
};

export function randomOptions(random: Random): TraceOptions {
  const skew = (): number => random.pick([0, 0.4, -3, 50, -220]);
  return {
    completedBy: random.below(25) === 0 ? random.pick(['root-quiet', 'deadline', undefined] as const) : 'accounted',
    skewMs: random.below(3) === 0 ? {} : Object.fromEntries(SERVICES.map((service) => [service, skew()])),
    wholeMs: random.below(2) === 0,
  };
}
