import { expect } from 'chai';
import { createAssembler, matchersOfOwnSteps, nameSteps } from '../../collectors/index.js';
import type { AssembledRequest, Span, StepMatcher } from '../../src/model/index.js';
import { at, batchOfSpans, buildSpan, EPOCH, type SpanSpec, spanIdOf, traceIdOf } from '../helpers/spans.js';

function requestOf(spans: readonly Span[]): AssembledRequest {
  const assembler = createAssembler();
  assembler.add(batchOfSpans(spans), at(0));
  return assembler.snapshot(traceIdOf('default'))!;
}

function stepNames(specs: readonly SpanSpec[], matchers: readonly StepMatcher[]): readonly string[] {
  return nameSteps(requestOf(specs.map(buildSpan)), matchers).steps.map(({ stepName }) => stepName);
}

const redisSet: SpanSpec = {
  name: 'SET',
  kind: 'client',
  attributes: { 'db.system.name': 'redis', 'db.operation.name': 'SET', 'db.query.text': 'SET ctx:4711 ?' },
};
const kafkaSend: SpanSpec = {
  name: 'send gpu.allocated',
  kind: 'producer',
  attributes: {
    'messaging.system': 'kafka',
    'messaging.destination.name': 'gpu.allocated',
    'messaging.operation.name': 'send',
  },
};

describe('nameSteps: matching', () => {
  const rows: readonly (readonly [string, SpanSpec, Omit<StepMatcher, 'step'>, boolean])[] = [
    ['the step attribute by default', { attributes: { 'tracecourt.step': 's' } }, {}, true],
    ['another step attribute', { attributes: { 'tracecourt.step': 't' } }, {}, false],
    [
      'a service with the step attribute',
      { service: 'a', attributes: { 'tracecourt.step': 's' } },
      { service: 'a' },
      true,
    ],
    ['a service without the step attribute', { service: 'a' }, { service: 'a' }, false],
    ['a name by glob', { name: 'invoke_agent alice' }, { span: 'invoke_agent *' }, true],
    ['a name that differs', { name: 'invoke' }, { span: 'invoke_agent *' }, false],
    ['a kind', { kind: 'server' }, { kind: 'server' }, true],
    ['redis by operation in any case', redisSet, { client: 'redis', operation: 'set' }, true],
    ['redis by key', redisSet, { client: 'redis', key: 'ctx:*' }, true],
    ['redis by another key', redisSet, { client: 'redis', key: 'lease:*' }, false],
    ['redis for neo4j', redisSet, { client: 'neo4j' }, false],
    ['kafka by topic and kind', kafkaSend, { client: 'kafka', topic: 'gpu.allocated', kind: 'producer' }, true],
    ['kafka by another topic', kafkaSend, { client: 'kafka', topic: 'gpu.rejected' }, false],
    ['an http client', { kind: 'client', attributes: { 'http.request.method': 'GET' } }, { client: 'http' }, true],
    [
      'an http server for a client',
      { kind: 'server', attributes: { 'http.request.method': 'GET' } },
      { client: 'http' },
      false,
    ],
    ['attributes', { attributes: { n: 1, b: true } }, { attributes: { n: 1, b: true } }, true],
    ['a big integer attribute', { attributes: { n: 2n ** 60n } }, { attributes: { n: 2 ** 60 } }, true],
    ['a name by expression', { name: 'price 7' }, { span: '/^price \\d+$/' }, true],
    ['a name that an expression does not find', { name: 'price x' }, { span: '/^price \\d+$/' }, false],
    ['a label', { attributes: { 'db.collection.name': 'Order' } }, { label: 'Ord*' }, true],
    ['a consumer group', { attributes: { 'messaging.consumer.group.name': 'g' } }, { group: 'g' }, true],
    ['a method in any case', { attributes: { 'http.request.method': 'POST' } }, { method: 'post' }, true],
    ['a route', { attributes: { 'http.route': '/orders/:id' } }, { route: '/orders/*' }, true],
    ['a path where there is no route', { attributes: { 'url.path': '/orders/1' } }, { route: '/orders/*' }, true],
    ['a grpc client', { kind: 'client', attributes: { 'rpc.system': 'grpc' } }, { client: 'grpc' }, true],
    ['a status', { error: 'no' }, { status: 'error' }, true],
    ['another status', {}, { status: 'error' }, false],
    ['a message', { error: 'all sold out now' }, { message: '*sold out*' }, true],
    ['a number in bounds', { attributes: { n: 299 } }, { attributes: { n: { 'at-least': 200, below: 300 } } }, true],
    ['a number at its bound', { attributes: { n: 300 } }, { attributes: { n: { below: 300 } } }, false],
    ['a text for a number', { attributes: { n: '250' } }, { attributes: { n: { above: 200 } } }, false],
    ['a big integer in bounds', { attributes: { n: 2n ** 60n } }, { attributes: { n: { above: 1 } } }, true],
    ['a text that contains', { attributes: { t: 'abc' } }, { attributes: { t: { contains: 'b' } } }, true],
    ['a list that has', { attributes: { t: [1, 2] } }, { attributes: { t: { contains: 2 } } }, true],
    ['one of several', { attributes: { t: 'b' } }, { attributes: { t: { 'one-of': ['a', 'b'] } } }, true],
    ['what it must not be', { attributes: { t: 'b' } }, { attributes: { t: { not: 'b' } } }, false],
    ['an absent attribute', {}, { attributes: { t: { not: 'b' } } }, false],
    ['an attribute that must be absent', {}, { attributes: { t: { present: false } } }, true],
    ['an attribute that must be there', { attributes: { t: '' } }, { attributes: { t: { present: true } } }, true],
    ['an empty list', { attributes: { t: [] } }, { attributes: { t: { empty: false } } }, false],
    ['JSON in an attribute', { attributes: { j: '{"a":[{"b":7}]}' } }, { json: { j: { 'a[0].b': 7 } } }, true],
    [
      'JSON that has another value',
      { attributes: { j: '{"a":[{"b":"7"}]}' } },
      { json: { j: { 'a[0].b': 7 } } },
      false,
    ],
    ['text that is no JSON', { attributes: { j: '{' } }, { json: { j: { a: { present: true } } } }, false],
    ['an attribute of another type', { attributes: { n: '1' } }, { attributes: { n: 1 } }, false],
    ['an attribute that is absent', {}, { attributes: { n: 1 } }, false],
    [
      'old database names',
      { attributes: { 'db.system': 'redis', 'db.statement': 'GET "k"' } },
      { client: 'redis', key: 'k' },
      true,
    ],
    [
      'an old topic name',
      { attributes: { 'messaging.system': 'kafka', 'messaging.destination': 't' } },
      { topic: 't' },
      true,
    ],
  ];
  for (const [what, spec, matcher, fits] of rows) {
    it(`${fits ? 'fits' : 'does not fit'} ${what}`, () => {
      expect(stepNames([spec], [{ step: 's', ...matcher }])).to.deep.equal(fits ? ['s'] : []);
    });
  }

  it('lets the outermost of nested spans count, however far apart', () => {
    const specs: SpanSpec[] = [
      { name: 'query outer' },
      { name: 'other', parentSpanId: spanIdOf('query outer') },
      { name: 'query inner', parentSpanId: spanIdOf('other') },
    ];
    expect(stepNames(specs, [{ step: 's', span: 'query *' }])).to.deep.equal(['s']);
    expect(stepNames(specs, [{ step: 's', span: 'query *', nested: 'each' }])).to.deep.equal(['s', 's']);
  });

  it('ends at a parent circle', () => {
    const specs = [
      { name: 'a', parentSpanId: spanIdOf('b') },
      { name: 'b', parentSpanId: spanIdOf('a') },
    ];
    expect(stepNames(specs, [{ step: 's', span: 'a' }])).to.deep.equal(['s']);
  });

  it('names the other steps that fit', () => {
    const matchers = [
      { step: 'one', span: '*' },
      { step: 'two', kind: 'internal' as const },
    ];
    expect(nameSteps(requestOf([buildSpan()]), matchers).steps[0]).to.deep.include({
      stepName: 'one',
      alsoFits: ['two'],
    });
  });
});

describe('nameSteps: what it says of a step', () => {
  const [step] = nameSteps(
    requestOf([
      buildSpan({
        name: 'write',
        service: 'allocator',
        startMs: 2,
        durationMs: 3,
        error: 'deadlock',
        attributes: { 'tracecourt.step.input': '{"id":7}', 'tracecourt.step.output': 'not json' },
      }),
    ]),
    [{ step: 'graph-write', span: 'write' }],
  ).steps;

  it('gives service, times, input, output, status and error', () => {
    expect(step).to.deep.equal({
      stepName: 'graph-write',
      alsoFits: [],
      component: 'allocator',
      spanId: spanIdOf('write'),
      startTime: EPOCH + 2_000_000n,
      endTime: EPOCH + 5_000_000n,
      input: { id: 7 },
      output: 'not json',
      status: 'error',
      errorDetails: 'deadlock',
      attempts: [
        { spanId: spanIdOf('write'), startTime: EPOCH + 2_000_000n, endTime: EPOCH + 5_000_000n, status: 'error' },
      ],
    });
  });

  it('takes the message of an exception when the status has none', () => {
    const span = buildSpan({ error: '', events: [{ name: 'exception', attributes: { 'exception.message': 'gone' } }] });
    expect(nameSteps(requestOf([span]), [{ step: 's', span: '*' }]).steps[0]?.errorDetails).to.equal('gone');
  });

  it('leaves a payload as text that is nested too deeply to be handled safely', () => {
    const bomb = '['.repeat(5_000) + ']'.repeat(5_000);
    const span = buildSpan({ attributes: { 'tracecourt.step.input': bomb } });
    expect(nameSteps(requestOf([span]), [{ step: 's', span: '*' }]).steps[0]?.input).to.equal(bomb);
  });

  it('gives the bounds of the request and the step that started last', () => {
    const spans = [
      buildSpan({ name: 'a', startMs: 1, durationMs: 9 }),
      buildSpan({ name: 'b', startMs: 2, durationMs: 1 }),
    ];
    const trace = nameSteps(requestOf(spans), [
      { step: 'A', span: 'a' },
      { step: 'B', span: 'b' },
    ]);
    expect(trace).to.include({ startTime: at(1), endTime: at(10), currentStep: 'B' });
    const empty = nameSteps({ ...requestOf(spans), spans: [] }, []);
    expect(empty).to.include({ startTime: 0n, endTime: 0n, currentStep: undefined });
  });
});

describe('nameSteps: order', () => {
  const each: StepMatcher[] = ['a', 'b', 'c'].map((name) => ({ step: name, span: name }));

  it('is by start', () => {
    expect(
      stepNames(
        [
          { name: 'b', startMs: 2 },
          { name: 'a', startMs: 1 },
        ],
        each,
      ),
    ).to.deep.equal(['a', 'b']);
  });

  it('is by sequence stamps within a process, where starts tie', () => {
    const stamped = (name: string, stamp: number) => ({ name, attributes: { 'tracecourt.seq.start': stamp } });
    expect(stepNames([stamped('c', 1), stamped('a', 2), stamped('b', 3)], each)).to.deep.equal(['c', 'a', 'b']);
    expect(stepNames([stamped('a', 3), stamped('b', 2), stamped('c', 1)], each)).to.deep.equal(['c', 'b', 'a']);
  });

  it('does not compare the stamps of different processes', () => {
    const specs = [
      { name: 'a', startMs: 1, service: 'x', attributes: { 'tracecourt.seq.start': 900 } },
      { name: 'b', startMs: 2, service: 'y', attributes: { 'tracecourt.seq.start': 1 } },
    ];
    expect(stepNames(specs, each)).to.deep.equal(['a', 'b']);
  });
});

describe('matchersOfOwnSteps', () => {
  it('gives one for each step that spans name', () => {
    const spans = ['x', 'y', 'x'].map((step, i) =>
      buildSpan({ name: `${i}`, attributes: { 'tracecourt.step': step } }),
    );
    const matchers = matchersOfOwnSteps(requestOf(spans));
    expect(matchers.map(({ step }) => step)).to.have.members(['x', 'y']);
  });
});

describe('nameSteps: tries', () => {
  interface Try {
    readonly id: string;
    readonly from: number;
    readonly to: number;
    readonly error?: string;
    readonly under?: string;
    /** What the process numbered its start and its end. */
    readonly numbers?: readonly [number, number];
  }

  const stepsOf = (tries: 'retried' | 'hedged', specs: readonly Try[]) => {
    const spans = specs.map(({ id, from, to, error, numbers, under = 'root' }) =>
      buildSpan({
        name: 'try',
        spanId: spanIdOf(id),
        parentSpanId: spanIdOf(under),
        startMs: from,
        durationMs: to - from,
        ...(error === undefined ? {} : { error }),
        ...(numbers && { attributes: { 'tracecourt.seq.start': numbers[0], 'tracecourt.seq.end': numbers[1] } }),
      }),
    );
    const matchers: readonly StepMatcher[] = [{ step: 's', span: 'try', tries, nested: 'each' }];
    return nameSteps(requestOf([buildSpan({ name: 'root', durationMs: 100 }), ...spans]), matchers).steps;
  };
  const told = (steps: ReturnType<typeof stepsOf>) =>
    steps.map(({ status, attempts }) => `${status} after ${attempts.length}`);

  it('puts retries under one parent together, and ends as the last did', () => {
    const steps = stepsOf('retried', [
      { id: 'x', from: 0, to: 10, error: 'no' },
      { id: 'y', from: 20, to: 30, error: 'no' },
      { id: 'z', from: 40, to: 50 },
    ]);
    expect(told(steps)).to.deep.equal(['unset after 3']);
    expect(steps[0]).to.deep.include({ startTime: at(0), endTime: at(50) });
  });

  it('leaves tries that overlap apart, unless they are hedged', () => {
    const specs = [
      { id: 'x', from: 0, to: 30, error: 'no' },
      { id: 'y', from: 20, to: 25 },
    ];
    expect(told(stepsOf('retried', specs))).to.deep.equal(['error after 1', 'unset after 1']);
    expect(told(stepsOf('hedged', specs))).to.deep.equal(['unset after 2']);
  });

  it('takes tries for one after the other whose starts a clock of whole milliseconds moved, or whose numbers say so', () => {
    const rounded = [
      { id: 'x', from: 0, to: 10.7, error: 'no' },
      { id: 'y', from: 10, to: 20 },
    ];
    expect(told(stepsOf('retried', rounded))).to.deep.equal(['unset after 2']);
    const [slow, ...numbered] = [
      { id: 'x', from: 0, to: 30, error: 'no', numbers: [1, 2] as const },
      { id: 'y', from: 20, to: 40, numbers: [3, 4] as const },
    ];
    expect(told(stepsOf('retried', [slow!, ...numbered]))).to.deep.equal(['unset after 2']);
    const apart = [
      { ...slow!, numbers: [1, 3] as const },
      ...numbered.map((each) => ({ ...each, numbers: [2, 4] as const })),
    ];
    expect(told(stepsOf('retried', apart))).to.deep.equal(['error after 1', 'unset after 1']);
  });

  it('takes the try that went well for the last of those that began in one millisecond', () => {
    const steps = stepsOf('retried', [
      { id: 'y', from: 10, to: 16 },
      { id: 'x', from: 10, to: 10.5, error: 'no' },
    ]);
    expect(told(steps)).to.deep.equal(['unset after 2']);
  });

  it('ends hedged calls with the first that went well', () => {
    const [step] = stepsOf('hedged', [
      { id: 'x', from: 0, to: 90 },
      { id: 'y', from: 20, to: 40 },
    ]);
    expect(step?.attempts.map(({ spanId }) => spanId)).to.deep.equal([spanIdOf('x'), spanIdOf('y')]);
    expect(step).to.deep.include({ spanId: spanIdOf('x'), startTime: at(0), endTime: at(40) });
  });

  it('tells the first that went well by the numbers of its process, where a clock of whole milliseconds does not', () => {
    const [step] = stepsOf('hedged', [
      { id: 'x', from: 0, to: 40, numbers: [1, 4] },
      { id: 'y', from: 20, to: 40.6, numbers: [2, 3] },
    ]);
    expect(step?.attempts.map(({ spanId }) => spanId)).to.deep.equal([spanIdOf('x'), spanIdOf('y')]);
  });

  it('keeps tries under different parents apart', () => {
    const steps = stepsOf('retried', [
      { id: 'x', from: 0, to: 10 },
      { id: 'y', from: 20, to: 30, under: 'x' },
    ]);
    expect(steps).to.have.length(2);
  });
});
