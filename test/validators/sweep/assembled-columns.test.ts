import { expect } from 'chai';
import { ledgerOf } from '../../../collectors/adjust/index.js';
import { stepReader } from '../../../collectors/index.js';
import { flowMatchers } from '../../../src/flow/index.js';
import { type AssembledRequest, type CompiledFlow, columnsOf } from '../../../src/model/index.js';
import { judgeInFull, openCase } from '../../../src/orchestrator/judge-evidence.js';
import { addressBook } from '../../../src/orchestrator/name-peers.js';
import { proveConforms } from '../../../src/validators/index.js';
import { assembleRun } from '../../helpers/assembled-run.js';
import { CHANGES, randomExactFlow, randomOptions, randomRun } from '../../helpers/random-run.js';
import { seeded } from '../../helpers/seeded.js';

const FLOWS = Number(process.env['TRACECOURT_SWEPT_FLOWS'] ?? 400);
const REQUESTS = 5;

const prove = (flow: CompiledFlow, request: AssembledRequest) =>
  proveConforms(flow, request, stepReader(flowMatchers(flow)));

/** The same request from somewhere else: nobody worked out its columns. */
function withoutColumns({ columns: _, ...request }: AssembledRequest): AssembledRequest {
  return { ...request, spans: [...request.spans] };
}

describe('the columns that the assembler hands over', () => {
  it(`are those of the spans, and lead to the verdict that these lead to, over ${FLOWS * REQUESTS} requests however they come in`, function () {
    this.timeout(10_800_000);
    const names = Object.keys(CHANGES);
    const seen = { said: 0, proven: 0, revised: 0 };
    for (let seed = 1; seed <= FLOWS; seed++) {
      const random = seeded(3_000_000 + seed);
      const flow = randomExactFlow(random);
      for (let i = 0; i < REQUESTS; i++) {
        const run = randomRun(random, flow);
        const lines = i % 2 === 0 ? run : (CHANGES[random.pick(names)]?.(run, random) ?? run);
        if (lines.length === 0) continue;
        for (const request of assembleRun(lines, { options: randomOptions(random), random })) {
          const about = `flow ${seed}, request ${i}, revision ${request.revision}`;
          seen.said++;
          if (request.revision > 1) seen.revised++;
          expect(request.columns?.of, about).to.equal(request.spans);
          const other = withoutColumns(request);
          expect(request.columns?.plain, about).to.deep.equal(columnsOf(other.spans, ledgerOf).plain);
          const swept = prove(flow, request);
          expect(swept, about).to.deep.equal(prove(flow, other));
          if (!swept) continue;
          seen.proven++;
          expect(swept, about).to.deep.equal(judgeInFull(openCase(flow, request, addressBook([])), []));
        }
      }
    }
    expect(seen.said).to.be.greaterThan(0.4 * FLOWS * REQUESTS);
    expect(seen.proven).to.be.greaterThan(0.2 * FLOWS * REQUESTS);
    expect(seen.revised).to.be.greaterThan(0.01 * FLOWS * REQUESTS);
  });
});
