import { expect } from 'chai';
import type { Evidence } from '../../src/model/index.js';
import { judge } from '../../src/validators/index.js';
import {
  choice,
  effectOf,
  evidenceOf,
  flowOf,
  opt,
  par,
  rep,
  seq,
  type TraceOptions,
  traceOf,
} from '../helpers/evidence.js';
import { evaluate, gpuRequest } from '../helpers/gpu-request.js';
import { tell } from './cases.js';

type Order = Parameters<typeof flowOf>[0];
const told = (order: Order, lines: string, options: TraceOptions = {}, rest = {}): readonly string[] =>
  tell(judge(evidenceOf(flowOf(order, rest), traceOf(lines, options)), evaluate));

describe('reasons of unknown', () => {
  it('nothing-to-check: no spans, and no step of the flow', () => {
    expect(told(seq('a'), '')).to.deep.equal(['nothing-to-check']);
    expect(told(seq('a'), 'q s 0-1 server', { completedBy: 'quiet' })).to.deep.equal(['nothing-to-check']);
    expect(told(seq(opt('a')), 'q s 0-1 server')).to.deep.equal(['nothing-to-check']);
  });

  it('nothing-to-check beside a store that shows a dark write in a whole trace', () => {
    const dark = gpuRequest();
    const verdict = judge({ ...dark, trace: { ...dark.trace, steps: [] } }, evaluate);
    expect(verdict.outcome).to.equal('fail');
    expect(new Set(verdict.findings.map(({ code }) => code))).to.include('effect-without-span');
    expect(verdict.reasons[0]).to.deep.equal({ code: 'nothing-to-check' });
  });

  it('telemetry-lost: a hand-off without receipt names sender and peer, once for all of them', () => {
    const unsettled = [1, 2].map((n) => ({ spanId: 'a', n, service: 's', peer: 't:80' }));
    const verdict = judge(
      evidenceOf(flowOf(seq('a')), traceOf('a s 0-1 step=a', { completedBy: 'root-quiet', accounting: { unsettled } })),
      evaluate,
    );
    expect(verdict.reasons).to.deep.equal([
      {
        code: 'telemetry-lost',
        service: 't:80',
        instanceId: undefined,
        count: 2,
        detail: 'no-receipt',
        spanId: 'a',
        sender: 's',
      },
    ]);
  });

  it('telemetry-lost: a parent that is not held', () => {
    const missingParents = [{ spanId: 'a', parentSpanId: 'x', service: 's' }];
    expect(told(seq('a'), 'a s <x 0-1 step=a', { completedBy: 'quiet', accounting: { missingParents } })).to.deep.equal(
      ['telemetry-lost'],
    );
  });

  it('telemetry-lost: an account that never came is at least one span', () => {
    const processes = [{ service: 's', instanceId: 's-1', spansHeld: 5, spansCounted: 3 }];
    expect(told(seq('a'), 'a s 0-1 step=a', { completedBy: 'quiet', accounting: { processes } })).to.deep.equal([
      'telemetry-lost',
    ]);
  });

  it('a process without a ledger is no loss', () => {
    const processes = [{ service: 's', instanceId: 's-1', spansHeld: 5, spansCounted: undefined }];
    expect(told(seq('a'), 'a s 0-1 step=a', { completedBy: 'quiet', accounting: { processes } })).to.deep.equal([]);
  });

  it('incomplete: a limit says nothing for sure, and a violation still stands', () => {
    expect(told(seq('a'), 'a s 0-1 step=a', { completedBy: 'deadline' })).to.deep.equal(['incomplete']);
    expect(told(seq('a'), 'a s 0-1 step=a\na2 s 2-3 step=a', { completedBy: 'deadline' })).to.deep.equal([
      'wrong-count(a)',
      'incomplete',
    ]);
  });

  it('store-unreachable: names the store and its effect, and a violation elsewhere still stands', () => {
    const verdict = judge(gpuRequest({ records: { 'graph-write': undefined, 'cache-write': [] } }), evaluate);
    expect(tell(verdict)).to.deep.equal(['span-without-effect(cache-write)', 'store-unreachable']);
  });

  describe('store-unreachable: a place that does not exist', () => {
    const missing = { kind: 'no-topic', address: 'k:1', saw: 'has no topic "gpu.alocated"', nextStep: '' } as const;
    const withoutTopic = (evidence: Evidence): Evidence => ({
      ...evidence,
      observations: evidence.observations.map((seen) =>
        seen.status === 'read' && seen.query.store === 'kafka' ? { ...seen, records: [], missing } : seen,
      ),
    });

    it('leaves open whether the step lies or the flow errs', () => {
      const verdict = judge(withoutTopic(gpuRequest()), evaluate);
      expect(tell(verdict)).to.deep.equal(['store-unreachable']);
      expect(verdict.reasons).to.deep.include({
        code: 'store-unreachable',
        store: 'kafka',
        effect: 'event-publish',
        kind: 'no-topic',
        address: 'k:1',
        reason: 'has no topic "gpu.alocated"',
        nextStep: '',
      });
    });

    it('holds nothing, where nothing has to be', () => {
      const published = effectOf('b', { store: 'kafka', topic: 'gpu.alocated', key: 'k', consumedBy: [] });
      const flow = flowOf(choice('a', 'b'), { effects: [published] });
      const verdict = judge(withoutTopic(evidenceOf(flow, traceOf('a s 0-9 step=a'), { b: [] })), evaluate);
      expect(tell(verdict)).to.deep.equal([]);
      expect(verdict.outcome).to.equal('pass');
    });
  });

  it('undecided: an effect of a step that happened, which nobody looked for', () => {
    const evidence = gpuRequest();
    const unread = {
      ...evidence,
      observations: evidence.observations.filter(({ effect }) => effect !== 'cache-write'),
    };
    expect(tell(judge(unread, evaluate))).to.deep.equal(['undecided']);
  });

  it('ambiguous-step: readings that fit and disagree; none where they agree', () => {
    const order = par(seq('a', 'b'), rep('c', 0, 1), rep('b2', 0, 1));
    const lines = 'x s 0-10 step=c\na s 20-30 step=a\nb s 40-50 step=b';
    expect(told(order, lines, { alsoFits: { x: ['b2'] } })).to.deep.equal([]);
    const disagree = 'x s 0-10 step=c\na s 20-30 step=a\nb s 40-50 step=b';
    const later = seq('a', 'b', par(rep('c', 0, 1)));
    expect(told(seq(rep('d', 0, 1), later), disagree, { alsoFits: { x: ['d'] } })).to.deep.equal(['ambiguous-step']);
  });

  it('ambiguous-step: a reading that does not fit the counts is no reading', () => {
    expect(told(seq('a', 'b'), 'a s 0-1 step=a\nb s 2-3 step=a', { alsoFits: { b: ['b'] } })).to.deep.equal([]);
  });

  it('an open request never passes', () => {
    expect(told(seq('a', choice('b', opt('c'))), 'a s 0-1 step=a', { completedBy: undefined })).to.deep.equal([
      'incomplete',
    ]);
  });

  it('one judgement depends on the evidence alone', () => {
    const evidence = gpuRequest({ records: { 'cache-write': [] } });
    expect(judge(evidence, evaluate)).to.deep.equal(judge(evidence, evaluate));
  });
});
