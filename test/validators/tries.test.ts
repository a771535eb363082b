import { expect } from 'chai';
import { loadFlow } from '../../src/flow/index.js';
import { openCase } from '../../src/orchestrator/judge-evidence.js';
import { traceOf } from '../helpers/evidence.js';
import { judgedLines, wordsOf } from '../helpers/judged-lines.js';

const TRIED = 'steps: {a: {attempts: 1..3}, b: {}}';
const HEDGED = 'steps: {a: {attempts: 1..3, hedged: true}, b: {}}';
const TRIES = 'r s 0-100\na1 s <r 1-5 step=a !refused\na2 s <r 6-30 step=a';
const REDIS = 'client db.system.name=redis';

interface Row {
  readonly title: string;
  readonly flow: string;
  readonly lines: string;
  readonly words: string;
}

const ROWS: readonly Row[] = [
  {
    title: 'work under the second try is caused by the step',
    flow: `${TRIED}\norder: {sequence: [a, b]}`,
    lines: `${TRIES}\nb s <a2 10-20 step=b`,
    words: 'pass',
  },
  {
    title: 'work under the first try, that failed, is caused by the step too',
    flow: `${TRIED}\norder: {sequence: [a, b]}`,
    lines: `${TRIES}\nb s <a1 2-4 step=b`,
    words: 'pass',
  },
  {
    title: 'a step above its second try is its cause',
    flow: `${TRIED}\norder: {sequence: [b, a]}`,
    lines: `${TRIES}\nb s <a2 10-20 step=b`,
    words: 'fail wrong-order(a)',
  },
  {
    title: 'what has to hang under the step may hang under its second try',
    flow: `${TRIED}\norder: {sequence: [a, {step: b, under: a}]}`,
    lines: `${TRIES}\nb s <a2 10-20 step=b`,
    words: 'pass',
  },
  {
    title: 'what has to hang under the step does not hang under a stranger',
    flow: `${TRIED}\norder: {sequence: [a, {step: b, under: a}]}`,
    lines: `${TRIES}\nb s <r 40-50 step=b`,
    words: 'fail unexpected-step(b)',
  },
  {
    title: 'what has to hang under a hedged step may hang under the winner',
    flow: `${HEDGED}\norder: {sequence: [a, {step: b, under: a}]}`,
    lines: 'r s 0-100\na1 s <r 1-50 step=a\na2 s <r 6-30 step=a\nb s <a2 10-20 step=b',
    words: 'pass',
  },
  {
    title: 'the order inside of the step is kept under its second try',
    flow: 'steps: {a: {attempts: 1..3, inside: {sequence: [c, d]}}, c: {}, d: {}}\norder: a',
    lines: `${TRIES}\nc s <a2 12-14 step=c\nd s <a2 15-18 step=d`,
    words: 'pass',
  },
  {
    title: 'the order inside of the step is broken under its second try',
    flow: 'steps: {a: {attempts: 1..3, inside: {sequence: [c, d]}}, c: {}, d: {}}\norder: a',
    lines: `${TRIES}\nd s <a2 12-14 step=d\nc s <a2 15-18 step=c`,
    words: 'fail wrong-order(d)',
  },
  {
    title: 'a store call under the second try belongs to the step',
    flow: `unexpected: forbid\n${TRIED}\norder: {sequence: [a, {optional: b}]}`,
    lines: `${TRIES}\ns s <a2 10-20 ${REDIS}`,
    words: 'pass',
  },
  {
    title: 'a call that failed under the try that counts is swallowed',
    flow: `${TRIED}\norder: {sequence: [a, {optional: b}]}`,
    lines: `${TRIES}\ns s <a2 10-20 ${REDIS} !refused`,
    words: 'fail swallowed-error(a)',
  },
  {
    title: 'a call that failed under a try that was tried again is not',
    flow: `${TRIED}\norder: {sequence: [a, {optional: b}]}`,
    lines: `${TRIES}\ns s <a1 2-4 ${REDIS} !refused`,
    words: 'pass',
  },
  {
    title: 'what the step says of itself is what the try that counts says',
    flow: `${TRIED}\norder: {sequence: [a, {optional: b}]}\ninvariants: {k: "steps.a[0].attributes['k'] == 2"}`,
    lines: 'r s 0-100\na1 s <r 1-5 step=a k=1 !refused\na2 s <r 6-30 step=a k=2',
    words: 'pass',
  },
];

describe('a step that is tried several times', () => {
  for (const { title, flow, lines, words } of ROWS) {
    it(title, async () => {
      expect(wordsOf(await judgedLines(flow, lines))).to.equal(words);
    });
  }

  it('is read as one try, the one that counts', async () => {
    const flow = await loadFlow(`version: 1\nflow: f\n${TRIED}\norder: {sequence: [a, {optional: b}]}`, 'f.yaml');
    const lines = 'r s 0-100\na1 s <r 1-5 step=a k=1 !refused\na2 s <r 6-30 step=a k=2 output=7';
    const [read] = openCase(flow, traceOf(lines), new Map()).evidence.scope.steps['a'] ?? [];
    expect(read).to.include({ spanId: 'a2', output: 7, status: 'unset', durationMs: 29 });
    expect(read?.attributes).to.include({ k: 2 });
  });

  it('shows the try that counts as what a finding rests on', async () => {
    const flow = 'steps: {a: {attempts: 1..3, inside: {sequence: [c, d]}}, c: {}, d: {}}\norder: a';
    const { findings } = await judgedLines(flow, `${TRIES}\nc s <a2 12-14 step=c`);
    expect(findings.map(({ code, spanIds }) => [code, ...spanIds])).to.deep.equal([['missing-step', 'c']]);
    const failed = 'r s 0-100\na1 s <r 1-5 step=a !one\na2 s <r 6-30 step=a !two';
    const both = await judgedLines(`${TRIED}\norder: {sequence: [a, {optional: b}]}`, failed);
    expect(both.findings.map(({ code, spanIds }) => [code, ...spanIds])).to.deep.equal([['step-failed', 'a2']]);
  });
});
