import { expect } from 'chai';
import fc from 'fast-check';
import { TracecourtError } from '../../src/errors.js';
import { loadFlow } from '../../src/flow/index.js';
import type { CompiledFlow } from '../../src/model/index.js';
import { SAMPLE_FLOW } from './sample-flow.js';

async function problemsOf(text: string): Promise<readonly string[]> {
  try {
    await loadFlow(text, 'a.flow.yaml');
  } catch (error) {
    expect(error).to.be.instanceOf(TracecourtError);
    const { code, problems } = error as TracecourtError;
    expect(code).to.equal('invalid-flow');
    return problems.map((one) => `${one.line}:${one.column} ${one.message}`);
  }
  return [];
}

function placeIn(text: string, mark: string): string {
  const before = text.slice(0, text.indexOf(mark)).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Replace `from` by `to` in the sample: one problem at the first `mark`, with `message` in it. */
const MISTAKES: readonly (readonly [from: string, to: string, mark: string, message: string])[] = [
  ['version: 1', 'version: 2', '2', 'expected 1, got 2'],
  ['flow: gpu', 'flow: "-"  #', '"-"', 'a name of letters'],
  ['unexpected:', 'unexpcted:', 'unexpcted', 'did you mean "unexpected"?'],
  ['unexpected: report', 'unexpected: repot', 'repot', 'did you mean "report"?'],
  ['trust: accounted', 'trust: 7', '7', 'expected one of accounted, quiet, got 7'],
  ['prove: false', 'prove: maybe', 'maybe', 'expected true or false, got "maybe"'],
  ['correlation: []', 'correlation: [3]', '3]', 'expected text, got 3'],
  ['service: notifier', 'servce: notifier', 'servce', 'unknown key "servce", did you mean "service"?'],
  ['kind: consumer', 'kind: consumr', 'consumr', 'did you mean "consumer"?'],
  ['client: kafka', 'client: kafak', 'kafak', 'did you mean "kafka"?'],
  ['may-fail: true', 'may-fail: 1', '1 }', 'expected true or false, got 1'],
  ['steps.allocation[0].output.decisionId', 'steps.allocaton[0]', 'allocaton', 'did you mean "allocation"?'],
  [
    'steps.allocation[0].output.decisionId',
    'step.allocation[0]',
    'step.',
    'unknown name "step", did you mean "steps"?',
  ],
  [
    'steps.allocation[0].output.decisionId',
    'steps.allocation[0].outptu.decisionId',
    'outptu',
    'did you mean "output"?',
  ],
  [
    'steps.allocation[0].output.decisionId',
    'steps.allocation.output',
    'output',
    '"steps.allocation" is a list and has no "output": name one of it, as in steps.allocation[0].output',
  ],
  [
    'steps.allocation[0].output.decisionId',
    'steps.allocation.filter(one, one.stauts == "ok")[0].output',
    'stauts',
    'did you mean "status"?',
  ],
  ['    - allocation', '    - alocation', 'alocation', 'unknown step "alocation", did you mean "allocation"?'],
  ['    - allocation', '    - 5', '5', "expected a step's name or one of"],
  ['    - allocation', '    - squence: [allocation]', 'squence', 'did you mean "sequence"?'],
  ['    - allocation', '    - parallel: []', '[]', 'an empty one'],
  ['times: 3..5', 'times: 5..3', '5..3', 'is more than the most'],
  ['times: 3..5', 'times: many', 'many', 'expected times like'],
  ['step: council-vote, times', 'of: { sequence: [] }, times', '[] }', 'an empty one'],
  ['step: council-vote, times: 3..5', 'step: council-vote', '{ step: council', '"times" is missing'],
  ['total: 2s', 'total: 2 secs', '2 secs', 'expected a duration'],
  ['  council-vote: 300ms', '  concil-vote: 300ms', 'concil-vote', 'did you mean "council-vote"?'],
  ['graph-write -> event-handled', 'graph-write -> event-handed', 'graph-write -> ', 'did you mean "event-handled"?'],
  ['neo4j: {', 'neo4: {', 'neo4:', 'did you mean "neo4j"?'],
  ['$decisionId', '$decisonId', 'decisonId', 'did you mean "decisionId"?'],
  ['ctx:{decisionId}', 'ctx:{id}', 'id}", expect', 'unknown value "id"'],
  ['row.gpu', 'rwo.gpu', 'rwo', 'did you mean "row"?'],
  ['ttlMs > 0', 'ttlMs >', '", parent', 'not a CEL expression'],
  ['parent: graph-write', 'parent: graph-wrte', 'graph-wrte', 'did you mean "graph-write"?'],
  ['parent: graph-write', 'parent: cache-write', 'cache-write }', 'unknown effect'],
  ['consumed-by', 'consumed_by', 'consumed_by', 'did you mean "consumed-by"?'],
  ['within: 3s', 'within: 3', '3 }', 'expected text, got 3'],
  ['count: 1, consumed', 'count: -1, consumed', '-1', 'expected at least 0, got -1'],
  ['needed: 3', 'needed: 6', '6', 'only 5'],
  ['votes: { step: council-vote', 'votes: { step: council', 'council, vote', 'unknown step "council"'],
  ['outcome: graph-write', 'outcome: event-handled', 'event-handled }', 'unknown effect "event-handled"'],
  ['publish: event-publish', 'publish: event-handled', 'event-handled }', 'unknown effect'],
  ['gpu.allocated: 1 }', 'gpu.allocated: one }', 'one }', 'expected a number, got "one"'],
  ['prove: false', 'trust: quiet', 'trust: quiet', 'unique'],
  ['granted-by: graph-write', 'granted-by: graph-wrte', 'graph-wrte', 'did you mean "graph-write"?'],
  ['granted-by: graph-write', 'by: graph-write', 'by: graph-write', 'unknown key "by"'],
  ['{holder: $decisionId}', '{holder: $decison}', 'decison}', 'unknown value "decison"'],
  ['ours: row.holder', 'ours: rwo.holder', 'rwo.holder', 'did you mean "row"?'],
  [
    'ours: row.holder == values.decisionId',
    'ours: row.holder == values.decsionId',
    'decsionId',
    'did you mean "decisionId"?',
  ],
  ['from: row.since', '# from', 'granted-by', '"from" is missing: expected text'],
  ['capacity: 2', 'capacity: -7', '-7', 'expected at least 1, got -7'],
  ['skew: 500ms', 'skew: short', 'short', 'expected a duration'],
  ['skew: 500ms', 'redis: { key: a }', 'granted-by', 'expected one store (neo4j, redis, kafka), got neo4j and redis'],
  ['written-by: [graph-write,', 'written-by: [graph-wrte,', '[graph-wrte', 'did you mean "graph-write"?'],
  ['read-by: event-handled', 'read-by: event-handed', 'event-handed', 'did you mean "event-handled"?'],
  ['read-by: event-handled', 'read-by: []', '[]', 'at least 1 of them'],
  ['version: output.version', 'version: outpt.version', 'outpt', 'did you mean "output"?'],
  ['version: output.version', 'version: output.', ', key: output', 'not a CEL expression'],
  ['key: output.decisionId', 'key: values.id', 'id }', 'unknown value "id"'],
];

/** What is known of an expression before there is data: the invariant, and the message with what it is about. */
const SENSELESS: readonly (readonly [expression: string, message: string])[] = [
  ["'x'", 'expected what is true or false: this never is'],
  ['steps.allocation.size()', 'expected what is true or false: this never is'],
  ["steps.allocation.all(a, a.status == 'errr')", 'unknown word "errr"'],
  ["'errr' != steps.allocation[0].status", 'unknown word "errr"'],
  ["spans.exists(s, s.kind == 'clinet')", 'unknown word "clinet", did you mean "client"?'],
  ["request.completedBy == 'acounted'", 'unknown word "acounted", did you mean "accounted"?'],
  ['steps.allocation[0].durationMs.foo > 1', '"steps.allocation[0].durationMs" is a number and has no "foo"'],
  ['request.id.x == 1', '"request.id" is a text and has no "x"'],
];

describe('loadFlow', () => {
  for (const [expression, message] of SENSELESS) {
    it(`refuses the invariant ${expression}`, async () => {
      const text = SAMPLE_FLOW.concat(`\ninvariants: { senseless: "${expression}" }\n`);
      const error = await loadFlow(text, 'a').catch((problem: Error) => problem);
      expect(error).to.be.instanceOf(Error).with.property('message').that.includes(message);
    });
  }

  it('tells of a parameter that there is not, and of nothing else at its place', async () => {
    for (const [from, to] of [
      ['service: notifier', 'service: "${svc}"'],
      ['count: 1, consumed', 'count: "${svc}", consumed'],
      ['prove: false', 'prove: "${svc}"'],
    ] as const) {
      const problems = await problemsOf(SAMPLE_FLOW.replace(from, to));
      expect(problems, to).to.have.length(1);
      expect(problems[0]).to.include('unknown parameter "svc"');
    }
  });

  it('says of a number between quotes what is wrong with it, and of empty text what is wanted', async () => {
    const [version] = await problemsOf(SAMPLE_FLOW.replace('version: 1', 'version: "1"'));
    expect(version).to.match(/expected 1, got "1": write it without quotes$/);
    const [service] = await problemsOf(SAMPLE_FLOW.replace('service: notifier', 'service: ""'));
    expect(service).to.match(/expected text, got ""$/);
  });

  it('takes both spellings of the rule that two steps exclude each other', async () => {
    const rules = (kind: string) => `version: 1\nflow: f\nsteps: { a: {}, b: {} }\nrules: [{ ${kind}: [a, b] }]\n`;
    expect(await loadFlow(rules('not-coexistence'), 'f')).to.deep.equal(await loadFlow(rules('not-co-existence'), 'f'));
    expect((await problemsOf(rules('not-coexistnce')))[0]).to.include('did you mean');
  });

  it('lets a condition, an expectation and a lease be no text either', async () => {
    for (const [from, to] of [
      ['expect: "row.gpu == steps.allocation[0].output.gpu"', 'expect: size(row)'],
      ['ours: row.holder == values.decisionId', 'ours: 1 + 1'],
    ] as const) {
      expect(SAMPLE_FLOW).to.include(from);
      const error = await loadFlow(SAMPLE_FLOW.replace(from, to), 'a').catch((problem: Error) => problem);
      expect(error).to.be.instanceOf(Error).with.property('message').that.includes('true or false');
    }
  });

  it('compiles a flow that uses every part', async () => {
    const flow = await loadFlow(SAMPLE_FLOW, 'a.flow.yaml');
    expect(flow.name).to.equal('gpu-allocation');
    expect(flow.steps.map((step) => step.name)).to.have.length(7);
    expect(flow.steps.at(-1)?.mayFail).to.equal(true);
    expect(flow.budgets).to.deep.equal([
      { kind: 'total', limitMs: 2000 },
      { kind: 'step', step: 'council-vote', limitMs: 300 },
      { kind: 'between', from: 'graph-write', to: 'event-handled', limitMs: 1000 },
    ]);
    expect(flow.effects[1]).to.include({ step: 'cache-write', count: 1, parent: 'graph-write', withinMs: 2000 });
    expect(flow.effects[2]?.query).to.deep.equal({
      store: 'kafka',
      topic: 'gpu.allocated',
      key: '{decisionId}',
      consumedBy: ['notifier'],
    });
    expect(flow.leases).to.have.length(1);
    expect(flow.leases[0]).to.include({ name: 'gpu', grantedBy: 'graph-write', capacity: 2, skewMs: 500 });
    expect(flow.leases[0]?.query).to.include({ store: 'neo4j' });
    expect(flow.versions).to.deep.equal([
      {
        name: 'context',
        writtenBy: ['graph-write', 'cache-write'],
        readBy: ['event-handled'],
        version: 'output.version',
        key: 'output.decisionId',
      },
    ]);
  });

  it('gives plain data that survives JSON', async () => {
    const flow = await loadFlow(SAMPLE_FLOW, 'a.flow.yaml');
    const defined = JSON.parse(JSON.stringify(flow)) as CompiledFlow;
    expect(JSON.stringify(defined)).to.equal(JSON.stringify(flow));
  });

  for (const [from, to, mark, message] of MISTAKES) {
    it(`points at "${mark}" when it reads "${to}"`, async () => {
      const text = SAMPLE_FLOW.replace(from, to);
      expect(text).not.to.equal(SAMPLE_FLOW);
      const problems = await problemsOf(text);
      const place = placeIn(text, mark);
      expect(
        problems.some((one) => one.startsWith(`${place} `) && one.includes(message)),
        `${place} ${message} in ${problems.join('\n')}`,
      ).to.equal(true);
    });
  }

  it('takes a lease for exclusive, and clocks to be within a second, unless it says otherwise', async () => {
    const text = SAMPLE_FLOW.replace('    capacity: 2\n    skew: 500ms\n', '');
    expect((await loadFlow(text, 'a.flow.yaml')).leases[0]).to.include({ capacity: 1, skewMs: 1_000 });
  });

  for (const [store, query] of [
    ['redis', 'redis: { key: "lock:{decisionId}" }'],
    ['kafka', 'kafka: { topic: grants, key: "{decisionId}" }'],
  ] as const) {
    it(`reads the grants of a lease from ${store}, by the names of its records`, async () => {
      const text = SAMPLE_FLOW.replace(/neo4j: \{ cypher: "MATCH \(l:Lease.*\n/, `${query}\n`)
        .replaceAll('row.holder', 'json.holder')
        .replaceAll('row.since', 'json.from')
        .replaceAll('row.until', 'json.until');
      expect((await loadFlow(text, 'a.flow.yaml')).leases[0]?.query.store).to.equal(store);
    });
  }

  it('tells all problems at once, in the order of the file', async () => {
    const text = SAMPLE_FLOW.replace('service: notifier', 'servce: x')
      .replace('total: 2s', 'total: x')
      .replace('needed: 3', 'needed: 9');
    const problems = await problemsOf(text);
    expect(problems.map((one) => Number(one.split(':')[0]))).to.deep.equal([9, 21, 31]);
  });

  it('finds the place within quoted and folded expressions', async () => {
    const folded = SAMPLE_FLOW.replace(
      'decisionId: steps.allocation[0].output.decisionId',
      'decisionId: >-\n    steps.allocation[0].output.a ==\n      steps.alocation[0].output.b',
    );
    expect(await problemsOf(folded)).to.deep.equal(['14:13 unknown step "alocation", did you mean "allocation"?']);
  });

  it('tells of one misplaced part of YAML alone, and not of each word after it', async () => {
    for (const to of ['', 'steps: [x] ]\n', 'steps: { x: y } }\n']) {
      expect(await problemsOf(SAMPLE_FLOW.replace('steps:\n', () => to)), to).to.have.length(1);
    }
  });

  it('refuses alias bombs, deep nesting and dangerous keys', async () => {
    const bomb = [
      'a: &a [1,1,1,1,1,1]',
      'b: &b [*a,*a,*a,*a,*a,*a]',
      'c: &c [*b,*b,*b,*b,*b,*b]',
      'd: [*c,*c,*c,*c,*c,*c]',
    ];
    expect((await problemsOf(bomb.join('\n')))[0]).to.include('alias');
    expect(await problemsOf(`${'['.repeat(50_000)}`)).not.to.have.length(0);
    expect((await problemsOf(`a: ${'['.repeat(80)}${']'.repeat(80)}`))[0]).to.include('levels deep');
    expect((await problemsOf('__proto__: { a: 1 }'))[0]).to.equal('1:1 "__proto__" is not allowed as a key');
  });

  it('never throws anything but TracecourtError', async () => {
    const lines = SAMPLE_FLOW.split('\n');
    const edit = fc.record({
      line: fc.nat(lines.length - 1),
      text: fc.string({ unit: fc.constantFrom(...'{}[]:-,*&"\'|>a0 \n$#') }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { maxLength: 4 }), fc.jsonValue(), async (edits, json) => {
        const changed = [...lines];
        for (const { line, text } of edits) changed[line] = text;
        await problemsOf(changed.join('\n'));
        await problemsOf(JSON.stringify(json));
        await problemsOf(
          JSON.stringify({
            version: 1,
            flow: 'f',
            steps: json,
            order: json,
            effects: { a: json },
            budgets: json,
            votes: json,
            values: json,
            leases: { a: json },
            versions: { a: json },
          }),
        );
      }),
      { numRuns: 150 },
    );
  });
});
