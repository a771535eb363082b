import { expect } from 'chai';
import { loadFlow } from '../../src/flow/index.js';
import { judge } from '../../src/validators/index.js';
import { evidenceOf, type TraceOptions, traceOf } from '../helpers/evidence.js';
import { evaluate } from '../helpers/gpu-request.js';
import { tell } from './cases.js';

interface Heard extends TraceOptions {
  readonly lines?: string;
  readonly overheard?: boolean;
}

/** The verdict on a request that has no step of the flow: its outcome, and what it tells. */
async function judged(parts: object, { lines = 'q s 0-1 server card=x', overheard, ...options }: Heard = {}) {
  const steps = { call: { kind: 'client', span: 'GET *' }, refund: {} };
  const flow = await loadFlow(JSON.stringify({ version: 1, flow: 'test', steps, ...parts }), 'the row');
  const evidence = evidenceOf(flow, traceOf(lines, options));
  const verdict = judge(overheard ? { ...evidence, overheard } : evidence, evaluate);
  return [verdict.outcome, ...tell(verdict)];
}

const NOTHING = 'nothing-to-check';

describe('a request without a step of the flow', () => {
  for (const [what, parts, code] of [
    ['a step that a rule requires', { rules: [{ existence: 'call' }] }, 'rule-broken(call)'],
    ['a step that the order requires', { order: 'call' }, 'missing-step(call)'],
    ['what an invariant says of the request', { invariants: { two: 'request.traces == 2' } }, 'invariant-broken()'],
  ] as const) {
    it(`lacks, whole: ${what}`, async () => {
      expect(await judged(parts)).to.deep.equal(['fail', code, NOTHING]);
      expect(await judged(parts, { completedBy: 'root-quiet' })).to.deep.equal(['unknown', NOTHING]);
      expect(await judged({ ...parts, trust: 'quiet' }, { completedBy: 'root-quiet' })).to.include('fail');
    });

    it(`is no business of the flow when it is overheard: ${what}`, async () => {
      expect(await judged(parts, { overheard: true })).to.deep.equal(['unknown', NOTHING]);
    });
  }

  it('must not have a forbidden attribute, whatever completed it and whoever sent it', async () => {
    const leaks = { order: 'call', 'forbidden-attributes': ['card'] };
    for (const heard of [{ completedBy: 'root-quiet' }, { completedBy: 'deadline' }, { overheard: true }] as const)
      expect(await judged(leaks, heard)).to.deep.equal(['fail', 'forbidden-attribute()', NOTHING]);
    const both = ['fail', 'forbidden-attribute()', 'missing-step(call)', NOTHING];
    expect(await judged(leaks)).to.have.members(both);
  });

  for (const [what, parts] of [
    ['a step that must not happen', { rules: [{ absence: 'refund' }] }],
    ['an upper count', { rules: [{ 'at-most': ['refund', 1] }] }],
    ['an attribute that no span may have', { 'forbidden-attributes': ['token'] }],
    ['what must be true of every span', { invariants: { quick: 'spans.all(s, s.durationMs < 500.0)' } }],
  ] as const) {
    it(`passes, whole, when that is all that was asked: ${what}`, async () => {
      expect(await judged(parts)).to.deep.equal(['pass']);
      expect(await judged(parts, { completedBy: 'root-quiet' })).to.deep.equal(['unknown', NOTHING]);
      expect(await judged(parts, { overheard: true })).to.deep.equal(['unknown', NOTHING]);
      expect(await judged(parts, { lines: '' })).to.deep.equal(['unknown', NOTHING]);
    });
  }

  for (const [what, parts] of [
    ['an order that is content with nothing', { order: { optional: 'call' } }],
    ['a rule that nothing calls upon', { rules: [{ response: ['call', 'refund'] }] }],
    ['an invariant over steps alone', { invariants: { all: 'steps.call.all(c, c.durationMs < 1.0)' } }],
    ['no more than which steps there are', {}],
  ] as const) {
    it(`was not looked at by ${what}`, async () => {
      expect(await judged(parts)).to.deep.equal(['unknown', NOTHING]);
    });
  }
});
