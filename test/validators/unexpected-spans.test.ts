import { expect } from 'chai';
import { judgedLines } from '../helpers/judged-lines.js';

async function blamed(flow: string, lines: string): Promise<readonly (readonly string[])[]> {
  const { findings } = await judgedLines(flow, lines);
  return findings.map(({ code, spanIds }) => [code, ...spanIds]);
}

describe('an unexpected step', () => {
  it('blames the occurrence that has no place, and no other', async () => {
    const flow = 'steps: {a: {}, q: {}}\norder: {sequence: [a, {step: q, under: a}]}';
    const lines = 'r s 0-99\na s <r 1-20 step=a\nq1 s <a 3-5 step=q\nq2 s <r 30-40 step=q';
    expect(await blamed(flow, lines)).to.deep.equal([['unexpected-step', 'q2']]);
  });

  it('blames all that is of a branch not taken', async () => {
    const flow =
      'steps: {a: {}, b: {}, c: {}}\norder: {choice: [{sequence: [a, {repeat: {step: a, times: 2}}]}, {sequence: [b, c]}]}';
    const lines =
      'r s 0-99\na1 s <r 1-2 step=a\na2 s <r 3-4 step=a\na3 s <r 5-6 step=a\nb1 s <r 7-8 step=b\nc1 s <r 9-10 step=c';
    expect(await blamed(flow, lines)).to.deep.equal([['unexpected-step', 'b1', 'c1']]);
  });

  it('blames all that a condition ruled out', async () => {
    const flow =
      'steps: {a: {}, b: {}, c: {}}\norder: {sequence: [a, {if: "steps.a.size() > 1", then: {sequence: [b, c]}}]}';
    const lines = 'r s 0-99\na s <r 1-2 step=a\nb s <r 7-8 step=b\nc s <r 9-10 step=c';
    expect(await blamed(flow, lines)).to.deep.equal([['unexpected-step', 'b', 'c']]);
  });
});
