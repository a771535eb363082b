import { expect } from 'chai';
import { loadFlow, wordOrder, wordSpecimens } from '../../src/flow/index.js';
import type {
  CompiledFlow,
  MutationTally,
  ResolvedQuery,
  Specimen,
  StoredRecord,
  StoreObservation,
} from '../../src/model/index.js';
import { mutateFlow, specimensOf } from '../../src/orchestrator/index.js';
import { checkWord } from '../../src/validators/index.js';
import { flowOf, traceOf } from '../helpers/evidence.js';
import { gpuRequest } from '../helpers/gpu-request.js';
import { seeded } from '../helpers/seeded.js';
import { randomExactTree } from '../validators/conformance/random-tree.js';

const STEPS = 'version: 1\nflow: shop\nsteps: { a: {}, b: {}, c: {}, d: {} }\n';

async function mutated(rest: string, allow: readonly string[] = []) {
  const flow = await loadFlow(STEPS + rest, 'shop.flow.yaml');
  const sources = { flowFile: 'shop.flow.yaml', traces: [], bundles: [] };
  return mutateFlow(await specimensOf(flow, sources), { allow });
}

const unnoticed = (mutations: readonly MutationTally[]): readonly string[] =>
  mutations.filter(({ uncaught }) => uncaught > 0).map(({ name }) => name);
const names = (mutations: readonly MutationTally[]): readonly string[] => mutations.map(({ name }) => name);

describe('mutating the requests that a flow accepts', () => {
  it('tells what a strict flow lets pass: nothing', async () => {
    const { requests, mutations, tried, caught } = await mutated(
      'order: { sequence: [a, { parallel: [b, c] }, d] }\nbudgets: { total: 1s }\nexamples: { accepts: [a (b | c) d] }\n',
    );
    expect(requests).to.have.length(1);
    expect(requests[0]?.conforms).to.equal(true);
    expect(unnoticed(mutations)).to.deep.equal([]);
    expect(tried).to.equal(caught);
    expect(names(mutations)).to.include.members([
      'drop b',
      'duplicate b',
      'swap a b',
      'delay b',
      'fail b',
      'lose-context b',
    ]);
  });

  it('does not swap what may come in any order, nor what follows from other swaps', async () => {
    const { mutations } = await mutated(
      'order: { sequence: [a, { parallel: [b, c] }, d] }\nexamples: { accepts: [a (b | c) d, a b c d] }\n',
    );
    const swaps = names(mutations).filter((name) => name.startsWith('swap'));
    expect(swaps).to.have.members(['swap a b', 'swap a c', 'swap b d', 'swap c d']);
  });

  it('does not call wrong what is another run of the flow', async () => {
    const { mutations } = await mutated(
      'order: { sequence: [{ any-order: [a, b] }, { choice: [{ sequence: [c, d] }, { sequence: [d, c] }] }] }\nexamples: { accepts: [a b c d] }\n',
    );
    const swaps = mutations.filter(({ mutation }) => mutation.kind === 'swap');
    expect(names(swaps)).to.deep.equal(['swap b c']);
    expect(swaps[0]?.caught).to.equal(1);
  });

  it('judges a request without a step as the word without it is judged', async () => {
    const random = seeded(5);
    let agreed = 0;
    for (let i = 0; i < 1_500; i++) {
      const flow = flowOf(randomExactTree(random, ['a', 'b', 'c', 'd']));
      const word = Array.from({ length: 1 + random.below(5) }, () => random.pick(['a', 'b', 'c', 'd'])).join(' ');
      if (checkWord(flow, wordOrder(word)).conforms !== true) continue;
      const { mutations } = mutateFlow([wordSpecimens(flow, word)]);
      for (const { mutation, uncaught } of mutations.filter(({ name }) => name.startsWith('drop'))) {
        const rest = word.split(' ').filter((step) => step !== mutation.step);
        if (rest.length === 0) expect(uncaught, 'nothing is left to pass').to.equal(0);
        else
          expect(uncaught === 1, `${word} without ${mutation.step}`).to.equal(
            checkWord(flow, wordOrder(rest.join(' '))).conforms,
          );
        agreed++;
      }
    }
    expect(agreed).to.be.greaterThan(150);
  });

  it('names a step that nobody misses, and one that nothing times', async () => {
    const { mutations } = await mutated(
      'order: { sequence: [a, { optional: b }, c] }\nexamples: { accepts: [a b c, a c] }\n',
    );
    expect(unnoticed(mutations)).to.deep.equal(['drop b', 'delay a', 'delay b', 'delay c']);
    const drop = mutations.find(({ name }) => name === 'drop b');
    expect(drop).to.deep.include({ tried: 1, caught: 0, uncaught: 1, missedIn: ['a b c'] });
  });

  it('names what it is noticed by, and in which requests it is not', async () => {
    const { mutations } = await mutated(
      'order: { choice: [{ sequence: [a, b] }, { sequence: [a, { optional: b }, c] }] }\nexamples: { accepts: [a b, a b c] }\n',
    );
    expect(mutations.find(({ name }) => name === 'drop b')).to.deep.include({
      tried: 2,
      caught: 1,
      by: ['missing-step'],
      missedIn: ['a b c'],
    });
  });

  it('repeats a step once more than it may be, and never one that may be repeated without end', async () => {
    const { mutations } = await mutated(
      'order: { sequence: [{ repeat: { step: a, times: 1..4 } }, { repeat: { step: b, times: "+" } }, c] }\nexamples: { accepts: [a*2 b c] }\n',
    );
    expect(mutations.find(({ name }) => name === 'duplicate a')?.mutation).to.deep.include({ copies: 3 });
    expect(mutations.find(({ name }) => name === 'duplicate a')?.by).to.include('wrong-count');
    expect(names(mutations)).not.to.include('duplicate b');
    expect(names(mutations)).to.include('duplicate c');
  });

  it('names a step that may fail', async () => {
    const flow = STEPS.replace('b: {}', 'b: { may-fail: true }');
    const compiled = await loadFlow(`${flow}order: { sequence: [a, b] }\nexamples: { accepts: [a b] }\n`, 'x');
    const result = mutateFlow(await specimensOf(compiled, { flowFile: 'x', traces: [], bundles: [] }));
    expect(unnoticed(result.mutations).filter((name) => name.startsWith('fail'))).to.deep.equal(['fail b']);
  });

  it('forgets effects, and leaves one record too many where a store can hold it', async () => {
    const { mutations } = await mutated(
      `order: { sequence: [a, b] }
effects:
  a: { redis: { key: "a" } }
  b: { kafka: { topic: t, key: "b" } }
examples: { accepts: [a b] }
`,
    );
    const by = (name: string) => mutations.find((each) => each.name === name)?.by;
    expect(by('forget a redis')).to.deep.equal(['span-without-effect']);
    expect(by('forget b kafka')).to.deep.equal(['span-without-effect']);
    expect(by('repeat-effect b kafka')).to.deep.equal(['duplicate-effect']);
    expect(names(mutations)).not.to.include('repeat-effect a redis');
  });

  it('does not use a request that does not pass, and says which', async () => {
    const { requests, tried } = await mutated('order: { sequence: [a, b] }\nexamples: { accepts: [b a] }\n');
    expect(requests.map(({ name, conforms }) => ({ name, conforms }))).to.deep.equal([
      { name: 'b a', conforms: false },
    ]);
    expect(tried).to.equal(0);
  });

  it('takes sides that the order wants one after the other in turn', async () => {
    const { requests } = await mutated('order: { sequence: [a, b] }\nexamples: { accepts: [a | b] }\n');
    expect(requests[0]?.conforms).to.equal(true);
  });

  it('holds a word to what hangs under another step, and leaves a condition open', async () => {
    const { requests, mutations } = await mutated(
      `order:
  sequence:
    - a
    - { step: b, under: a }
    - { if: "steps.a[0].output.x == 1", then: c, else: d }
examples: { accepts: [a b c, a b d] }
`,
    );
    expect(requests.map(({ conforms }) => conforms)).to.deep.equal([true, true]);
    expect(mutations.find(({ name }) => name === 'drop c')?.caught).to.equal(1);
  });

  it('marks what is allowed', async () => {
    const { mutations } = await mutated('order: { sequence: [a, { optional: b }] }\nexamples: { accepts: [a b] }\n', [
      'drop b',
    ]);
    expect(mutations.filter(({ allowed }) => allowed).map(({ name }) => name)).to.deep.equal(['drop b']);
  });

  it('gives the same for the same', async () => {
    const text = 'order: { sequence: [a, { any-of: [b, c] }, d] }\nexamples: { accepts: [a (b | c) d] }\n';
    expect(await mutated(text)).to.deep.equal(await mutated(text));
  });
});

describe('mutating a recorded request', () => {
  const lines = `r  shop 0-100 server
a  shop <r 1-20 step=a output={"id":7,"note":"n"} color=red http.request.method=GET
ac shop <a 2-10 client db.system.name=redis
b  shop <r 30-50 step=b
n  mail <b 55-80 consumer step=c`;

  function specimen(flow: CompiledFlow): Specimen {
    const trace = traceOf(lines.replace('output=', 'tracecourt.step.output='), { stamped: true });
    return { name: 'recorded', flow, request: trace, observations: [], hasValues: true };
  }

  async function mutations(rest: string): Promise<readonly MutationTally[]> {
    const flow = await loadFlow(`${STEPS}order: { sequence: [a, b, c] }\n${rest}`, 'x');
    const { requests, mutations: tallies } = mutateFlow([[specimen(flow)]]);
    expect(requests.map(({ conforms }) => conforms)).to.deep.equal([true]);
    return tallies;
  }

  it('changes what a step says of itself and gave back, and nothing that its instrumentation says', async () => {
    const changes = names(await mutations('')).filter((name) => name.startsWith('change'));
    expect(changes).to.deep.equal(['change a color', 'change a output.id', 'change a output.note']);
  });

  it('finds that an invariant notices a change', async () => {
    const tallies = await mutations('invariants: { seven: "steps.a[0].output.id == 7" }\n');
    expect(unnoticed(tallies).filter((name) => name.startsWith('change'))).to.deep.equal([
      'change a color',
      'change a output.note',
    ]);
  });

  it('swaps steps of one process only', async () => {
    const swaps = (await mutations('')).filter(({ mutation }) => mutation.kind === 'swap');
    expect(names(swaps)).to.deep.equal(['swap a b']);
    expect(swaps[0]?.by).to.deep.equal(['wrong-order']);
  });

  it('names two steps whose order nothing proves', async () => {
    const text = 'r shop 0-100 server\na shop <r 10-10.3 step=a\nb shop <r 10.4-10.7 step=b\nc shop <r 40-50 step=c';
    const swapsIn = async (more: string) => {
      const flow = await loadFlow(`${STEPS}order: { sequence: [a, b, c] }\n${more}`, 'x');
      const { mutations: tallies } = mutateFlow([[{ ...specimen(flow), request: traceOf(text) }]]);
      return tallies.filter(({ mutation }) => mutation.kind === 'swap');
    };
    expect(unnoticed(await swapsIn(''))).to.deep.equal(['swap a b']);
    expect(await swapsIn('prove: true\n'), 'nothing passes that could be made wrong').to.deep.equal([]);
  });

  it('asks the stores what the mutant would have asked them', async () => {
    const flow = await loadFlow(
      `${STEPS}order: { sequence: [a, b, c] }
values: { id: "steps.a[0].output.id" }
effects: { b: { redis: { key: "thing:{id}" } } }
`,
      'x',
    );
    const record = { store: 'redis', key: 'thing:7', type: 'string', value: 'x', ttlMs: -1 } as const;
    const server = { store: 'redis', address: 'x', product: 'x', version: '' } as const;
    const query = { store: 'redis', key: 'thing:7' } as const;
    const seen = { status: 'read', effect: 'b', query, server, records: [record], observedAtUnixNano: 0n } as const;
    const { mutations: tallies } = mutateFlow([[{ ...specimen(flow), observations: [seen] }]]);
    expect(tallies.find(({ name }) => name === 'change a output.id')?.by).to.deep.equal(['span-without-effect']);
    expect(tallies.find(({ name }) => name === 'change a output.note')?.uncaught).to.equal(1);
  });

  it('changes what a record says, and finds that `expect` notices what it compares', async () => {
    const flow = await loadFlow(
      `${STEPS}order: { sequence: [a, b, c] }
effects:
  a: { neo4j: { cypher: RETURN 1, expect: "row.gpu == 'g1'" } }
  b: { redis: { key: thing, expect: "json.id == 7" } }
  c: { kafka: { topic: t, key: k } }
`,
      'x',
    );
    const seen = (effect: string, query: ResolvedQuery, record: StoredRecord): StoreObservation => {
      const server = { store: query.store, address: 'x', product: 'x', version: '' };
      return { status: 'read', effect, query, server, records: [record], observedAtUnixNano: 0n };
    };
    const value = '{"id":7,"note":"n"}';
    const message = {
      store: 'kafka',
      topic: 't',
      partition: 0,
      offset: '4',
      key: 'k',
      value,
      headers: {},
      groups: [],
    } as const;
    const observations = [
      seen(
        'a',
        { store: 'neo4j', cypher: 'RETURN 1', parameters: {} },
        { store: 'neo4j', row: { gpu: 'g1', size: 2 } },
      ),
      seen('b', { store: 'redis', key: 'thing' }, { store: 'redis', key: 'thing', type: 'string', value, ttlMs: -1 }),
      seen('c', { store: 'kafka', topic: 't', key: 'k', consumedBy: [] }, message),
    ];
    const { requests, mutations: tallies } = mutateFlow([[{ ...specimen(flow), observations }]]);
    expect(requests[0]?.conforms).to.equal(true);
    const changed = tallies.filter(({ mutation }) => mutation.kind === 'change-record');
    expect(Object.fromEntries(changed.map(({ name, by }) => [name, by.join()]))).to.deep.equal({
      'change-record a neo4j gpu': 'wrong-content',
      'change-record a neo4j size': '',
      'change-record b redis id': 'wrong-content',
      'change-record b redis note': '',
      'change-record c kafka id': '',
      'change-record c kafka note': '',
    });
  });

  it('leaves the accounts of a proven request true: what is dropped was not lost', () => {
    const { flow, trace, observations } = gpuRequest();
    const steps = flow.steps.map(({ name, mayFail }) => ({ name, mayFail, matcher: { step: name } }));
    const effects = flow.effects.map((effect) => ({ ...effect, expect: undefined }));
    const result = mutateFlow([
      [{ name: 'gpu', flow: { ...flow, steps, effects }, request: trace, observations, hasValues: false }],
    ]);
    expect(result.requests[0]?.conforms).to.equal(true);
    expect(result.doubted).to.equal(0);
    expect(result.mutations.find(({ name }) => name === 'drop cache-write')?.by).to.deep.equal(['missing-step']);
  });
});
