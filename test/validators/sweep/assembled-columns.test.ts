import { expect } from 'chai';
import { ledgerOf } from '../../../collectors/adjust/index.js';
import { type AssembledRequest, type CompiledFlow, columnsOf } from '../../../src/model/index.js';
import { judgeInFull, openCase, readingOf } from '../../../src/orchestrator/judge-evidence.js';
import { addressBook } from '../../../src/orchestrator/name-peers.js';
import { proveTrace, verdictOf } from '../../../src/validators/index.js';
import { assembleRun } from '../../helpers/assembled-run.js';
import type { SpanLine } from '../../helpers/evidence.js';
import { CHANGES, randomExactFlow, randomOptions, randomRun } from '../../helpers/random-run.js';
import { seeded } from '../../helpers/seeded.js';

const FLOWS = Number(process.env['TRACECOURT_SWEPT_FLOWS'] ?? 400);
const REQUESTS = 5;

function prove(flow: CompiledFlow, request: AssembledRequest) {
  const proven = proveTrace(flow, request, readingOf(openCase(flow, request, addressBook([]))));
  return proven && verdictOf(request, { flow, proven });
}

/** The same request from somewhere else: nobody worked out its columns. */
function withoutColumns({ columns: _, ...request }: AssembledRequest): AssembledRequest {
  return { ...request, spans: [...request.spans] };
}

interface Seen {
  said: number;
  proven: number;
  revised: number;
}

function compare(
  flow: CompiledFlow,
  request: AssembledRequest,
  { seen, about }: { readonly seen: Seen; readonly about: string },
) {
  expect(request.columns?.of, about).to.equal(request.spans);
  const other = withoutColumns(request);
  expect(request.columns?.plain, about).to.deep.equal(columnsOf(other.spans, ledgerOf).plain);
  const swept = prove(flow, request);
  expect(swept, about).to.deep.equal(prove(flow, other));
  if (swept) expect(swept, about).to.deep.equal(judgeInFull(openCase(flow, request, addressBook([])), []));
  seen.said++;
  if (swept) seen.proven++;
  if (request.revision > 1) seen.revised++;
}

const names = Object.keys(CHANGES);

/** One that follows its flow, or, every other time, one with which something is wrong. */
function linesOf(flow: CompiledFlow, i: number, random: ReturnType<typeof seeded>): readonly SpanLine[] {
  const run = randomRun(random, flow);
  return i % 2 === 0 ? run : (CHANGES[random.pick(names)]?.(run, random) ?? run);
}

describe('the columns that the assembler hands over', () => {
  it(`are those of the spans, and lead to the verdict that these lead to, over ${FLOWS * REQUESTS} requests however they come in`, function () {
    this.timeout(10_800_000);
    const seen: Seen = { said: 0, proven: 0, revised: 0 };
    for (let seed = 1; seed <= FLOWS; seed++) {
      const random = seeded(3_000_000 + seed);
      const flow = randomExactFlow(random);
      for (let i = 0; i < REQUESTS; i++) {
        const lines = linesOf(flow, i, random);
        const said = lines.length === 0 ? [] : assembleRun(lines, { options: randomOptions(random), random });
        for (const request of said) {
          compare(flow, request, { seen, about: `flow ${seed}, request ${i}, revision ${request.revision}` });
        }
      }
    }
    expect(seen.said).to.be.greaterThan(0.4 * FLOWS * REQUESTS);
    expect(seen.proven).to.be.greaterThan(0.15 * FLOWS * REQUESTS);
    expect(seen.revised).to.be.greaterThan(0.01 * FLOWS * REQUESTS);
  });
});
