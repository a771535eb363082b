import { expect } from 'chai';
import { judge } from '../../src/validators/index.js';
import { evaluate } from '../helpers/gpu-request.js';
import { randomEvidence, randomFlow } from '../helpers/random-case.js';
import { seeded } from '../helpers/seeded.js';

const FLOWS = Number(process.env['TRACECOURT_PREPARED_FLOWS'] ?? 200);
const REQUESTS = 8;

describe('a flow that was prepared for earlier requests', () => {
  it(`judges ${FLOWS * REQUESTS} random requests as one that never met any`, function () {
    this.timeout(10_800_000);
    const outcomes = new Map<string, number>();
    for (let seed = 1; seed <= FLOWS; seed++) {
      const random = seeded(seed);
      const flow = randomFlow(random);
      for (let i = 0; i < REQUESTS; i++) {
        const evidence = randomEvidence(random, flow);
        const verdict = judge(evidence, evaluate);
        const afresh = judge({ ...evidence, flow: structuredClone(flow) }, evaluate);
        expect(verdict, `flow ${seed}, request ${i}`).to.deep.equal(afresh);
        outcomes.set(verdict.outcome, (outcomes.get(verdict.outcome) ?? 0) + 1);
      }
    }
    for (const outcome of ['pass', 'fail', 'unknown']) expect(outcomes.get(outcome), outcome).to.be.greaterThan(10);
  });
});
