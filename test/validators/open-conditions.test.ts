import { expect } from 'chai';
import { judgedLines, wordsOf } from '../helpers/judged-lines.js';

const STEPS = 'steps: {hit: {service: shop}, b: {service: shop}, c: {service: shop}}';
const BRANCHES = `${STEPS}\norder: {sequence: [{optional: hit}, {if: "steps.hit.size() > 0", then: b, else: c}]}`;
const ONE_LOST = {
  completedBy: 'root-quiet',
  accounting: { processes: [{ service: 'shop', instanceId: 'shop-1', spansHeld: 2, spansCounted: 3 }] },
} as const;

describe('a condition over a step that may still come, or was lost', () => {
  it('rules nothing out while the account says that a span is missing', async () => {
    expect(wordsOf(await judgedLines(BRANCHES, 'r shop 0-100\nb shop <r 10-15 step=b', ONE_LOST))).to.equal(
      'unknown telemetry-lost',
    );
  });

  it('rules nothing out under a guess', async () => {
    const lines = 'r shop 0-100\nb shop <r 10-15 step=b';
    const { outcome, reasons } = await judgedLines(BRANCHES, lines, {
      completedBy: 'root-quiet',
      accounting: { processes: [] },
    });
    expect(outcome).to.equal('unknown');
    expect(reasons.map((reason) => ('detail' in reason ? reason.detail : reason.code))).to.deep.equal([
      'steps.hit.size() > 0 cannot be worked out while more of hit may come, or may have been lost',
    ]);
  });

  it('is what it is now where the request conforms by it', async () => {
    const lines = 'r shop 0-100\nc shop <r 10-15 step=c';
    expect(
      wordsOf(await judgedLines(BRANCHES, lines, { completedBy: 'root-quiet', accounting: { processes: [] } })),
    ).to.equal('pass');
  });

  it('rules out once all is known, or the step happened as often as it can', async () => {
    const lines = 'r shop 0-100\nb shop <r 10-15 step=b';
    expect(wordsOf(await judgedLines(BRANCHES, lines))).to.match(/^fail /);
    const hit = 'r shop 0-100\nhit shop <r 2-5 step=hit\nc shop <r 10-15 step=c';
    const guess = { completedBy: 'root-quiet', accounting: { processes: [] } } as const;
    expect(wordsOf(await judgedLines(BRANCHES, hit, guess))).to.equal('fail unexpected-step(c)');
  });

  it('fails what no answer to it allows', async () => {
    const lines = 'r shop 0-100\nb shop <r 10-15 step=b\nc shop <r 20-25 step=c';
    const guess = { completedBy: 'root-quiet', accounting: { processes: [] } } as const;
    expect(wordsOf(await judgedLines(BRANCHES, lines, guess))).to.match(/^fail unexpected-step/);
  });

  it('breaks no rule', async () => {
    const flow = `${STEPS}\norder: {parallel: [b, {optional: hit}, {optional: c}]}\nrules: [{not-co-existence: [b, c], when: "a.durationMs > 0.0 && steps.hit.size() == 0"}]`;
    const lines = 'r shop 0-100\nb shop <r 10-15 step=b\nc shop <r 20-25 step=c';
    expect(wordsOf(await judgedLines(flow, lines, ONE_LOST))).to.equal('unknown telemetry-lost undecided');
    expect(wordsOf(await judgedLines(flow, lines))).to.equal('fail rule-broken(b)');
  });

  it('is seen through the values of the flow', async () => {
    const flow = `${STEPS}\nvalues: {found: steps.hit.size()}\norder: {sequence: [{optional: hit}, {if: "values.found > 0", then: b, else: c}]}`;
    expect(wordsOf(await judgedLines(flow, 'r shop 0-100\nb shop <r 10-15 step=b', ONE_LOST))).to.equal(
      'unknown telemetry-lost',
    );
  });
});
