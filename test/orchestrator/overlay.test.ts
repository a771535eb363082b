import { expect } from 'chai';
import { loadFlow } from '../../src/flow/index.js';
import type { FlowOverlay, StepState } from '../../src/model/index.js';
import { overlayOf } from '../../src/orchestrator/overlay.js';
import { judge } from '../../src/validators/index.js';
import { evidenceOf, traceOf } from '../helpers/evidence.js';
import { evaluate, gpuRequest } from '../helpers/gpu-request.js';

async function overlay(order: string, lines: string): Promise<FlowOverlay> {
  const text = `version: 1\nflow: shop\nsteps: { a: {}, b: {}, c: {}, d: {} }\norder: ${order}\n`;
  const flow = await loadFlow(text, 'shop.flow.yaml');
  const evidence = evidenceOf(flow, traceOf(`r shop 0-100 server\n${lines}`), {});
  return overlayOf(evidence, judge(evidence, evaluate));
}

const states = ({ leaves }: FlowOverlay): Readonly<Record<string, StepState>> =>
  Object.fromEntries(leaves.map(({ leaf, step, state }) => [`${leaf} ${step}`, state]));

describe('a request laid over its flow', () => {
  it('stands at the places that the law gives it, with its times', async () => {
    const order = '{ choice: [{ sequence: [a, b] }, { sequence: [a, c] }] }';
    const { leaves, strays, outcome } = await overlay(order, 'a shop <r 10-15 step=a\nc shop <r 20-28 step=c');
    expect(outcome).to.equal('pass');
    expect(strays).to.deep.equal([]);
    expect(
      leaves.map(({ leaf, step, state, startMs, durationMs }) => ({ leaf, step, state, startMs, durationMs })),
    ).to.deep.equal([
      { leaf: '1.0', step: 'a', state: 'done', startMs: 10, durationMs: 5 },
      { leaf: '1.1', step: 'c', state: 'done', startMs: 20, durationMs: 8 },
    ]);
  });

  it('counts rounds at one place, from the first to the last', async () => {
    const lines = 'a shop <r 10-15 step=a\na2 shop <r 20-29 step=a';
    const { leaves } = await overlay('{ repeat: { step: a, times: "+" } }', lines);
    expect(leaves[0]).to.deep.include({ leaf: '0', times: 2, startMs: 10, durationMs: 19 });
  });

  it('marks what is missing, with all that is because of it', async () => {
    const found = await overlay('{ sequence: [a, b, c] }', 'a shop <r 10-15 step=a');
    expect(states(found)).to.deep.equal({ '0 a': 'done', '1 b': 'missing', '2 c': 'missing' });
    expect(found.leaves.map(({ findings }) => findings)).to.deep.equal([[], [0], [0]]);
  });

  it('marks all of a cycle as violated', async () => {
    const found = await overlay(
      '{ sequence: [a, b, c] }',
      'b shop <r 5-8 step=b\na shop <r 10-15 step=a\nc shop <r 20-28 step=c',
    );
    expect(states(found)).to.deep.equal({ '0 a': 'violated', '1 b': 'violated', '2 c': 'done' });
  });

  it('marks what has no place, and keeps what no order names beside it', async () => {
    const order = '{ choice: [{ sequence: [a, b] }, c] }';
    const lines = 'a shop <r 10-15 step=a\nb shop <r 20-25 step=b\nc shop <r 30-35 step=c\nd shop <r 40-45 step=d';
    const found = await overlay(order, lines);
    expect(states(found)).to.deep.include({ '0.0 a': 'done', '0.1 b': 'done', '1 c': 'unexpected' });
    expect(found.strays.map(({ step, state }) => `${step} ${state}`)).to.deep.equal(['d done']);
  });

  it('marks what follows from a finding with the number of its cause', () => {
    const lines = { p: undefined, pc: undefined, nh: undefined };
    const evidence = gpuRequest({ lines, records: { 'event-publish': [] } });
    const verdict = judge(evidence, evaluate);
    expect(verdict.findings.map(({ code }) => code)).to.deep.equal(['outbox-gap']);
    const missing = overlayOf(evidence, verdict).leaves.filter(({ state }) => state === 'missing');
    expect(missing.map(({ step, findings }) => ({ step, findings }))).to.deep.equal([
      { step: 'event-publish', findings: [0] },
      { step: 'event-handled', findings: [0] },
    ]);
  });

  it('marks the step whose effect is not there', () => {
    const evidence = gpuRequest({ records: { 'cache-write': [] } });
    const found = overlayOf(evidence, judge(evidence, evaluate));
    expect(found.leaves.find(({ step }) => step === 'cache-write')).to.deep.include({
      state: 'violated',
      findings: [0],
    });
    expect(found.leaves.filter(({ state }) => state !== 'done')).to.have.length(1);
  });
});
