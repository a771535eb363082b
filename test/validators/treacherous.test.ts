import { expect } from 'chai';
import type { Verdict } from '../../src/model/index.js';
import { judge } from '../../src/validators/index.js';
import { choice, evidenceOf, flowOf, opt, par, seq, type TraceOptions, traceOf } from '../helpers/evidence.js';
import { evaluate } from '../helpers/gpu-request.js';
import { tell } from './cases.js';

function judged(order: Parameters<typeof flowOf>[0], lines: string, options: TraceOptions = {}, rest = {}): Verdict {
  return judge(evidenceOf(flowOf(order, rest), traceOf(lines, options)), evaluate);
}

describe('treacherous cases', () => {
  it('1: an optional pair with one of it fails when closed, and is pending while open', () => {
    const order = seq('r', opt(seq('a', 'b')));
    const lines = 'r s 0-1 step=r\na s 2-3 step=a';
    expect(tell(judged(order, lines))).to.deep.equal(['missing-step(b)']);
    const open = judged(order, lines, { completedBy: undefined });
    expect(open.findings).to.deep.equal([]);
    expect(open.outcome).to.equal('unknown');
    expect(open.reasons).to.deep.equal([{ code: 'incomplete', completedBy: undefined, awaited: ['b'] }]);
  });

  it('1: what was begun is awaited to its end, though leaving out what began it would be less', () => {
    const abc = seq('a', 'b', 'c');
    const rounds = { kind: 'repeat', child: abc, min: 0, max: null, parallel: false } as const;
    const lines = 'r s 0-1 step=r\na s 2-3 step=a';
    for (const order of [
      seq('r', opt(abc)),
      seq('r', rounds),
      seq('r', choice(abc, opt('d'))),
      par('r', abc, opt('b')),
    ]) {
      const quiet = judged(order, lines, { completedBy: 'root-quiet' });
      expect(quiet.reasons).to.deep.equal([{ code: 'incomplete', completedBy: 'root-quiet', awaited: ['b', 'c'] }]);
      expect(quiet.outcome).to.equal('unknown');
    }
  });

  it('1: a choice with nothing chosen fails', () => {
    expect(tell(judged(seq('r', choice(seq('a', 'b'), 'c')), 'r s 0-1 step=r'))).to.deep.equal(['missing-step(c)']);
  });

  it('2: two sequences side by side, no pair inverted, and yet a cycle of four', () => {
    const order = par(seq('a', 'b'), seq('c', 'd'));
    const lines = 'a s 0-40 step=a seq=2\nb t 0-40 step=b seq=1\nc t 0-40 step=c seq=2\nd s 0-40 step=d seq=1';
    const stamps = lines
      .replace('seq=2\nb', 'seq=3-4\nb')
      .replace('seq=1\nc', 'seq=1-2\nc')
      .replace('seq=2\nd', 'seq=3-4\nd')
      .replace(/seq=1$/, 'seq=1-2');
    const [finding] = judged(order, stamps).findings;
    if (finding?.code !== 'wrong-order') throw new Error('no wrong-order');
    expect(new Set(finding.facts.cycle.map(({ from }) => from.step))).to.deep.equal(new Set(['a', 'b', 'c', 'd']));
    expect(finding.facts.cycle.filter(({ because }) => because.kind === 'flow')).to.have.length(2);
  });

  it('4: a forgotten await fails; under its parent it passes; 0.4 ms by clock only is undecided', () => {
    const order = seq('a', 'b');
    expect(tell(judged(order, 'r s 0-30\na s <r 1-10 step=a\nb s <r 5-20 step=b'))).to.deep.equal(['wrong-order(b)']);
    expect(judged(order, 'a s 1-10 step=a\nb s <a 5-20 step=b').outcome).to.equal('pass');
    const close = judged(order, 'r s 0-30\na s <r 1-10 step=a\nb s <r 9.6-20 step=b');
    expect(close.outcome).to.equal('pass');
    expect(close.strength).to.deep.equal({ required: 1, proven: 0, undecided: 1 });
  });

  it('5: a later step that arrives first is pending; a certain inversion is doomed with the rest still missing', () => {
    const order = seq('a', 'b', 'c');
    const early = judged(order, 'r s 0-90\nb s <r 20-30 step=b', { completedBy: undefined });
    expect(tell(early)).to.deep.equal(['incomplete']);
    const inverted = judged(order, 'r s 0-90\nb s <r 20-30 step=b\na s <r 40-50 step=a', { completedBy: undefined });
    expect(inverted.outcome).to.equal('fail');
    expect(inverted.findings.map(({ code }) => code)).to.deep.equal(['wrong-order']);
  });

  it('5: an overlap dooms nothing while an ancestor may still come', () => {
    const order = seq('a', 'b');
    const lines = 'r s 0-90\na s <r 1-40 step=a\nb s <x 20-30 step=b';
    expect(judged(order, lines, { completedBy: undefined }).findings).to.deep.equal([]);
    expect(judged(order, `${lines}\nx s <a 19-31`, { completedBy: 'accounted' }).outcome).to.equal('pass');
    expect(tell(judged(order, `${lines}\nx s <r 19-31`))).to.deep.equal(['wrong-order(b)']);
  });

  it('5: an overlap under an origin outside the request is found under a guess, unless the parent was lost', () => {
    const order = seq('a', 'b');
    const lines = 'r s <driver 0-90 server\na s <r 1-40 step=a\nb s <r 20-60 step=b';
    expect(tell(judged(order, lines, { completedBy: 'root-quiet' }))).to.deep.equal(['wrong-order(b)']);
    const lost = { missingParents: [{ spanId: 'r', parentSpanId: 'driver', service: 's' }] };
    expect(tell(judged(order, lines, { completedBy: 'quiet', accounting: lost }))).to.deep.equal(['telemetry-lost']);
  });

  it('7: clocks that make a cycle never fail; cause decides, else nobody', () => {
    const order = seq('a', 'b');
    const stepped = 'r s 0-30\na s <r 100-110 step=a\nq s <a 50-60\nb s <r 20-30 step=b';
    const verdict = judged(order, stepped);
    expect(tell(verdict)).to.deep.equal(['clocks-contradict']);
    expect(verdict.outcome).to.equal('unknown');
    const caused = judged(order, 'r s 0-30\na s <r 100-110 step=a\nb s <a 50-60 step=b');
    expect(caused.outcome).to.equal('pass');
    expect(caused.notes.join()).to.match(/clocks contradict/);
    const violated = judged(order, 'r s 0-30\nb s <r 100-110 step=b\na s <b 50-60 step=a');
    expect(tell(violated)).to.deep.equal(['wrong-order(b)']);
  });

  it('7: a clock that ran against its own sequence numbers is not believed', () => {
    const order = seq('a', 'b');
    const lines = 'r s 100-130 seq=1-8\na t <r 5-10 server step=a\nx s <r 0-20 seq=2-3\nb s <r 40-50 step=b seq=4-5';
    expect(judged(order, lines).findings).to.deep.equal([]);
  });

  it('8: a client that timed out before its server started says nothing about the clocks', () => {
    const order = seq('call', 'work');
    const lines = 'call s 0-10 client step=call !timeout\nwork t <call 400-900 server step=work';
    expect(
      judged(
        order,
        lines,
        {},
        { steps: ['call', 'work'].map((name) => ({ name, matcher: { step: name }, mayFail: true })) },
      ).outcome,
    ).to.equal('pass');
    const late = 'call s 0-100 client step=call http.response.status_code=202\nwork t <call 10-900 server step=work';
    expect(judged(order, late).outcome).to.equal('pass');
    const gateway = 'call s 0-10 client step=call http.response.status_code=504\nwork t <call 400-900 server step=work';
    const verdict = judged(order, gateway);
    expect(verdict.outcome).to.equal('pass');
    expect(verdict.notes).to.deep.equal([]);
  });

  it('10: a service down after step 3 of 9 is one finding; with its account missing it is lost telemetry', () => {
    const order = seq(...'abcdefghi');
    const lines = 'a s 0-1 step=a\nb s 2-3 step=b\nc s 4-5 client step=c';
    const [finding, ...others] = judged(order, lines).findings;
    expect(others).to.deep.equal([]);
    expect(finding?.facts).to.deep.equal({ after: 'c', later: ['e', 'f', 'g', 'h', 'i'], stopped: true });
    const unsettled = [{ spanId: 'c', n: 1, service: 's', peer: 't:80' }];
    const steps = [...'abcdefghi'].map((name) => ({
      name,
      matcher: { step: name, service: name < 'd' ? 's' : 't' },
      mayFail: false,
    }));
    const lost = judged(order, lines, { completedBy: 'root-quiet', accounting: { unsettled } }, { steps });
    expect(tell(lost)).to.deep.equal(['telemetry-lost']);
    expect(lost.outcome).to.equal('unknown');
  });

  it('causes that go round in a circle are no fail', () => {
    const lines = 'a s ~b 0-10 step=a\nb s ~a 20-30 step=b';
    const verdict = judged(seq('b', 'a'), lines);
    expect(verdict.reasons).to.deep.equal([{ code: 'causes-contradict', spanIds: ['a', 'b'] }]);
    expect(verdict.outcome).to.equal('unknown');
  });

  it('steps that share a span id are no fail, and stop no search', () => {
    const whole = traceOf('a s 0-10 step=a\nb s 20-30 step=a');
    const same = <T extends { readonly spanId: string }>(each: T): T => ({ ...each, spanId: 'a' });
    const trace = { ...whole, spans: whole.spans.map(same), steps: whole.steps.map(same) };
    const verdict = judge(evidenceOf(flowOf(seq('a', 'a')), trace), evaluate);
    expect(verdict.reasons).to.deep.equal([{ code: 'causes-contradict', spanIds: ['a'] }]);
    expect(verdict.outcome).to.equal('unknown');
  });
});
