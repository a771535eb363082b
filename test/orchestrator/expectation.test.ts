import { expect } from 'chai';
import type { DefectChannel, Finding, Verdict } from '../../src/model/index.js';
import { expectationOf, shortfalls } from '../../src/orchestrator/expectation.js';
import { verdict } from '../helpers/verdict.js';

const lied = { code: 'span-without-effect', step: 'save', service: undefined } as const;
const darkness = { code: 'effect-without-span', step: 'save', service: undefined } as const;
const broken = { code: 'context-lost', step: undefined, service: 'notifier' } as const;

const channel: DefectChannel = {
  baggage: 'toy.defects',
  known: [
    { name: 'liar', verdict: 'fail', finding: lied, reason: undefined },
    { name: 'dark', verdict: 'fail', finding: darkness, reason: undefined },
    { name: 'loose', verdict: 'fail', finding: broken, reason: undefined },
    { name: 'deaf', verdict: 'unknown', finding: undefined, reason: { code: 'telemetry-lost', service: 'council' } },
  ],
  pairs: [
    { of: ['liar', 'dark'], hidden: ['dark'], because: 'what is not written is not written in the dark either' },
    { of: ['loose', 'deaf'], hidden: ['loose'], because: 'what was lost may have tied it' },
  ],
};

const lie = { code: 'span-without-effect', step: 'save' } as Finding;
const lost = { code: 'telemetry-lost', service: 'council', count: 2 } as Verdict['reasons'][number];

describe('expectationOf', () => {
  it('expects a pass of a request without defects', () => {
    expect(expectationOf(channel, [])).to.deep.equal({ verdict: 'pass', findings: [], reasons: [] });
  });

  it('expects the worst verdict and everything that the defects lead to', () => {
    const both = expectationOf(channel, ['deaf', 'liar']);
    expect(both.verdict).to.equal('fail');
    expect(both.findings).to.deep.equal([lied]);
    expect(both.reasons).to.deep.equal([{ code: 'telemetry-lost', service: 'council' }]);
  });

  it('leaves out what a written pair hides', () => {
    expect(expectationOf(channel, ['dark', 'liar']).findings).to.deep.equal([lied]);
  });
});

describe('the verdict that is expected', () => {
  it('is not made worse by what is hidden', () => {
    expect(expectationOf(channel, ['loose']).verdict).to.equal('fail');
    expect(expectationOf(channel, ['deaf', 'loose'])).to.deep.equal({
      verdict: 'unknown',
      findings: [],
      reasons: [{ code: 'telemetry-lost', service: 'council' }],
    });
  });
});

describe('shortfalls', () => {
  it('has nothing to say of a verdict that is as expected', () => {
    expect(shortfalls(verdict({}), expectationOf(channel, []))).to.deep.equal([]);
    expect(shortfalls(verdict({ outcome: 'fail', findings: [lie] }), expectationOf(channel, ['liar']))).to.deep.equal(
      [],
    );
    expect(
      shortfalls(verdict({ outcome: 'unknown', reasons: [lost] }), expectationOf(channel, ['deaf'])),
    ).to.deep.equal([]);
  });

  it('names a false pass, a finding that is missing and one too many', () => {
    expect(shortfalls(verdict({}), expectationOf(channel, ['liar']))).to.deep.equal([
      'the verdict is pass, expected fail',
      'span-without-effect (save) was not found',
    ]);
    expect(shortfalls(verdict({ findings: [lie] }), expectationOf(channel, []))).to.deep.equal([
      'span-without-effect (save) was found too',
    ]);
  });

  it('does not take a guessed completion for a proven one', () => {
    expect(shortfalls(verdict({ completedBy: 'quiet' }), expectationOf(channel, []))).to.deep.equal([
      'completed by quiet, expected accounted',
    ]);
  });

  it('does not take a finding about another service for the one that is named', () => {
    const elsewhere = { code: 'context-lost', step: undefined, service: 'council' } as Finding;
    const right = { ...elsewhere, service: 'notifier' } as Finding;
    const expected = expectationOf(channel, ['loose']);
    expect(shortfalls(verdict({ outcome: 'fail', findings: [right] }), expected)).to.deep.equal([]);
    expect(shortfalls(verdict({ outcome: 'fail', findings: [elsewhere] }), expected)).to.deep.equal([
      'context-lost (notifier) was not found',
      'context-lost (council) was found too',
    ]);
  });

  it('does not take the wrong service for the right one', () => {
    const elsewhere = { ...lost, service: 'notifier' } as Verdict['reasons'][number];
    expect(
      shortfalls(verdict({ outcome: 'unknown', reasons: [elsewhere] }), expectationOf(channel, ['deaf'])),
    ).to.deep.equal(['telemetry-lost (council) was not given as a reason']);
  });
});
