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
