import { expect } from 'chai';
import { withCurrentNames } from '../../../collectors/adjust/index.js';
import { nameSteps, stepReader } from '../../../collectors/index.js';
import { expressionScope, flowMatchers } from '../../../src/flow/index.js';
import {
  type AssembledRequest,
  type CompiledFlow,
  type Effect,
  type Evidence,
  type LeaseRule,
  leaseEffect,
  type StoredRecord,
} from '../../../src/model/index.js';
import { evaluatorOf } from '../../../src/orchestrator/evaluator.js';
import { judge, proveTrace, verdictOf } from '../../../src/validators/index.js';
import { choice, effectOf, flowOf, observe, par, type SpanLine, seq, traceOf } from '../../helpers/evidence.js';
import { CHANGES, randomExactFlow, randomOptions, randomRun } from '../../helpers/random-run.js';
import { seeded } from '../../helpers/seeded.js';

const FLOWS = Number(process.env['TRACECOURT_SWEPT_FLOWS'] ?? 400);
const REQUESTS = 6;

type Random = ReturnType<typeof seeded>;

const INVARIANTS = [
  'steps.a.size() < 2',
  'steps.b.all(s, s.durationMs < 8)',
  'steps.c[0].status == "unset"',
  'spans.all(s, s.kind != "producer")',
  'stores.a.size() == 1',
  'request.services.size() < 4',
];

/** Of the step `a`, which grants something to one at a time. */
const LEASE: LeaseRule = {
  name: 'g',
  grantedBy: 'a',
  query: { store: 'redis', key: 'g' },
  ours: 'json.to == 1',
  from: 'json.from',
  until: 'json.until',
  capacity: 1,
  skewMs: 1,
};

const EFFECTS: readonly Effect[] = [
  effectOf('a', { store: 'redis', key: 'k' }),
  effectOf('b', { store: 'kafka', topic: 't', key: 'k', consumedBy: [] }, { parent: 'a' }),
];

/** A flow that asks for more than order, rules and budgets. */
function askingForMore(flow: CompiledFlow, random: Random): CompiledFlow {
  const some = <T>(value: T, none: T): T => (random.below(3) === 0 ? value : none);
  const version = { name: 'v', writtenBy: ['a'], readBy: ['b'], version: 'attributes.version', key: undefined };
  return {
    ...flow,
    effects: random.pick([EFFECTS, EFFECTS.slice(0, 1), []]),
    votes: some({ step: 'a', vote: 'vote', voter: 'voter', needed: 1, of: 2, outcome: 'b' }, undefined),
    leases: some([LEASE], []),
    outbox: some([{ commit: 'a', publish: 'b' }], []),
    versions: some([version], []),
    forbidden: some([{ name: random.pick(['db.*', '*password*']) }], []),
    invariants: [{ name: 'always', expression: random.pick(INVARIANTS) }],
  };
}

/** What the stores show: of each effect nothing, one thing, or one too many; or nobody looked. */
function shown(random: Random): Readonly<Record<string, readonly StoredRecord[] | undefined>> {
  const entry = { store: 'redis', key: 'k', type: 'string', value: 'v', ttlMs: -1 } as const;
  const message = {
    store: 'kafka',
    topic: 't',
    partition: 0,
    offset: '1',
    key: 'k',
    value: 'v',
    headers: {},
    groups: [],
  } as const;
  const times = <T>(record: T): readonly T[] => Array.from({ length: random.pick([0, 1, 1, 1, 2]) }, () => record);
  return random.pick([
    { a: times(entry), b: times(message) },
    { a: times(entry), b: times(message) },
    { a: undefined },
    {},
  ]);
}

/** Grants to this request and to another, one after the other or at one time. */
function granted(random: Random): Readonly<Record<string, readonly StoredRecord[]>> {
  const grant = (to: number, from: number): StoredRecord => {
    const value = JSON.stringify({ to, from, until: from + 50 });
    return { store: 'redis', key: 'g', type: 'string', value, ttlMs: -1 };
  };
  return { [leaseEffect(LEASE)]: [grant(1, 0), grant(2, random.pick([10, 60, 99]))] };
}

/** With what was proven of the spans, and without. */
function judgedBothWays(flow: CompiledFlow, request: AssembledRequest, observations: Evidence['observations']) {
  const trace = nameSteps(request, flowMatchers(flow));
  const evidence: Evidence = { flow, trace, scope: expressionScope(flow, trace), observations };
  const evaluate = evaluatorOf(flow);
  const reading = { reader: stepReader(flowMatchers(flow)), evaluate, scope: evidence.scope };
  const proven = proveTrace(flow, request, reading);
  expect(proven && verdictOf(request, { flow, proven })).to.equal(undefined);
  const full = judge(evidence, evaluate);
  return { proven, full, judged: judge({ ...evidence, scope: expressionScope(flow, trace) }, evaluate, proven) };
}

function compare(flow: CompiledFlow, request: AssembledRequest, random: Random) {
  const observations = observe(flow, { ...shown(random), ...(random.below(3) > 0 && granted(random)) });
  const { proven, full, judged } = judgedBothWays(flow, request, observations);
  expect(judged).to.deep.equal(full);
  return { isProven: proven !== undefined, full };
}

const names = Object.keys(CHANGES);

function linesOf(flow: CompiledFlow, i: number, random: Random): readonly SpanLine[] {
  const run = randomRun(random, flow);
  return i % 3 > 0 ? run : (CHANGES[random.pick(names)]?.(run, random) ?? run);
}

describe('a trace that was shown to conform', () => {
  it(`spares the judge its order, and changes no verdict, over ${FLOWS * REQUESTS} requests of flows that ask for more`, function () {
    this.timeout(10_800_000);
    const codes = new Set<string>();
    let proven = 0;
    for (let seed = 1; seed <= FLOWS; seed++) {
      const random = seeded(4_000_000 + seed);
      const flow = askingForMore(randomExactFlow(random), random);
      for (let i = 0; i < REQUESTS; i++) {
        const lines = linesOf(flow, i, random);
        if (lines.length === 0) continue;
        const trace = traceOf(lines, randomOptions(random));
        const { isProven, full } = compare(flow, { ...trace, spans: trace.spans.map(withCurrentNames) }, random);
        if (!isProven) continue;
        proven++;
        for (const { code } of [...full.findings, ...full.reasons]) codes.add(code);
        codes.add(full.outcome);
      }
    }
    expect(proven).to.be.greaterThan(0.15 * FLOWS * REQUESTS);
    expect([...codes]).to.include.members([
      'pass',
      'fail',
      'unknown',
      'invariant-broken',
      'span-without-effect',
      'double-grant',
    ]);
  });

  it('is not enough where a store shows a step without its span', () => {
    // With `k` there is an order to hold, without it there is none.
    const inside = choice(seq('i', 'j', 'k'), par('i', 'j'));
    const steps = ['a', 'i', 'j', 'k'].map((name) => ({
      name,
      matcher: { step: name },
      mayFail: false,
      ...(name === 'a' && { inside }),
    }));
    const effects = [effectOf('k', { store: 'redis', key: 'k' })];
    const flow = { ...flowOf(seq('a')), steps, effects };
    const lines = `
      a s 0-20 server step=a seq=1-6
      i s <a 2-3 step=i seq=2-3
      j s <a 4-5 step=j seq=4-5`;
    const { spans, ...trace } = traceOf(lines);
    const request = { ...trace, spans: spans.map(withCurrentNames) };
    const record: StoredRecord = { store: 'redis', key: 'k', type: 'string', value: 'v', ttlMs: -1 };
    const { proven, full, judged } = judgedBothWays(flow, request, observe(flow, { k: [record] }));
    expect(proven).to.deep.include({ order: { required: 0, proven: 0, undecided: 0 } });
    expect(full.strength.required).to.equal(1);
    expect(judged).to.deep.equal(full);
  });
});
