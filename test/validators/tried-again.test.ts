import { expect } from 'chai';
import { loadFlow } from '../../src/flow/index.js';
import { judgeSpans } from '../../src/orchestrator/check-recorded.js';
import { requestsInLines } from '../../src/orchestrator/recorded-requests.js';
import { recording } from '../helpers/recording.js';

const flowOf = (step: string) => `version: 1\nflow: f\ntrust: quiet\nsteps: { a: { ${step} } }\norder: a\n`;

/** What is remarked on a request of two tries, one after the other. */
async function notes(step: string, first: string) {
  const flow = await loadFlow(flowOf(step), 'f');
  const text = recording(`r s 0-90\na1 s <r 1-5 step=a${first}\na2 s <r 10-20 step=a`);
  const [request] = requestsInLines(text, { file: 'f', flow });
  if (!request) throw new Error('no request');
  const { verdict } = judgeSpans(flow, request);
  return [verdict.outcome, ...verdict.notes];
}

describe('a step that is tried again', () => {
  it('after a try that had gone well conforms, and is remarked on', async () => {
    expect(await notes('attempts: 1..3', '')).to.deep.equal(['pass', 'tried again although a try had gone well: `a`']);
  });

  it('after a failed one, or as a hedged call, is as it should be', async () => {
    expect(await notes('attempts: 1..3', ' !refused')).to.deep.equal(['pass']);
    expect(await notes('attempts: 1..3, hedged: true', '')).to.deep.equal(['pass']);
  });
});
