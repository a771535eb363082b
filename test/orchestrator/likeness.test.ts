import { expect } from 'chai';
import { withCurrentNames } from '../../collectors/adjust/index.js';
import type { CompiledFlow, Rule, StoredRecord } from '../../src/model/index.js';
import { exercisedBy } from '../../src/orchestrator/cover.js';
import { judgeAlone, likenessOf, openCase } from '../../src/orchestrator/judge-evidence.js';
import { addressBook } from '../../src/orchestrator/name-peers.js';
import { choice, effectOf, flowOf, observe, seq, traceOf } from '../helpers/evidence.js';
import { randomExactFlow, randomOptions, randomRun } from '../helpers/random-run.js';
import { seeded } from '../helpers/seeded.js';

const FLOWS = 300;
const REQUESTS = 12;

type Random = ReturnType<typeof seeded>;

const RECORD: StoredRecord = { store: 'redis', key: 'k', type: 'string', value: 'v', ttlMs: -1 };

function withMore(flow: CompiledFlow, random: Random): CompiledFlow {
  return {
    ...flow,
    prove: false,
    effects: random.pick([[effectOf('a', { store: 'redis', key: 'k' })], []]),
    invariants: random.pick([[{ name: 'few', expression: 'steps.b.size() < 3 || spans[0].name != ""' }], []]),
  };
}

function likenessIn(flow: CompiledFlow, lines: string): string | undefined {
  const { spans, ...trace } = traceOf(lines, { stamped: true });
  const opened = openCase(flow, { ...trace, spans: spans.map(withCurrentNames) }, addressBook([]));
  const verdict = judgeAlone(opened, []);
  expect(verdict.outcome).to.equal('pass');
  return likenessOf(opened, verdict);
}

/** One request of a flow: what it shares with others, and what it exercised. */
function oneOf(flow: CompiledFlow, random: Random) {
  const trace = traceOf(randomRun(random, flow), randomOptions(random));
  const request = { ...trace, spans: trace.spans.map(withCurrentNames) };
  const opened = openCase(flow, request, addressBook([]));
  const shown = random.pick([{ a: [RECORD] }, { a: [RECORD] }, { a: [] }, { a: undefined }, {}]);
  const observations = observe(flow, shown);
  const { parts, placed } = exercisedBy(flow, { request, observations });
  const likeness = likenessOf(opened, judgeAlone(opened, observations));
  return { likeness, exercised: { parts: [...parts].sort(), placed } };
}

describe('requests of one likeness', () => {
  it(`exercised the same of their flow, over ${FLOWS * REQUESTS} requests`, () => {
    const different = new Set<string>();
    let alike = 0;
    for (let seed = 1; seed <= FLOWS; seed++) {
      const random = seeded(5_000_000 + seed);
      const flow = withMore(randomExactFlow(random), random);
      const known = new Map<string, unknown>();
      for (let i = 0; i < REQUESTS; i++) {
        const { likeness, exercised } = oneOf(flow, random);
        if (likeness === undefined) continue;
        if (known.has(likeness)) alike++;
        else known.set(likeness, exercised);
        expect(known.get(likeness), `flow ${seed}, request ${i}`).to.deep.equal(exercised);
        different.add(JSON.stringify(exercised));
      }
    }
    expect(alike).to.be.greaterThan((FLOWS * REQUESTS) / 20);
    expect(different.size).to.be.greaterThan(FLOWS / 2);
  });

  const ONE = 'a s 0-9 server step=a n=1';

  it('had the same steps, those that no order names among them', () => {
    const flow = flowOf(seq('a'));
    const steps = [...flow.steps, { name: 'beside', matcher: { step: 'beside' }, mayFail: false }];
    const [alone, again, beside] = [ONE, ONE, `${ONE}\nb s <a 1-2 step=beside`].map((lines) =>
      likenessIn({ ...flow, steps }, lines),
    );
    expect(alone).to.equal(again).and.not.to.equal(undefined);
    expect(beside).not.to.equal(alone);
  });

  it('are not known where a rule asks for more than how often each step occurred', () => {
    const rule: Rule = {
      kind: 'at-most',
      steps: ['a'],
      count: 1,
      when: { about: 'a', condition: 'a.attributes.n == 1' },
    };
    expect(likenessIn(flowOf(seq('a'), { rules: [rule] }), ONE)).to.equal(undefined);
  });

  it('are not known where a repeat goes round several places', () => {
    const child = choice('a', 'b');
    expect(likenessIn(flowOf({ kind: 'repeat', child, min: 1, max: 2, parallel: true }), ONE)).to.equal(undefined);
  });
});
