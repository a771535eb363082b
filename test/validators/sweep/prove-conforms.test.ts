import { expect } from 'chai';
import type { AssembledRequest, CompiledFlow } from '../../../src/model/index.js';
import { judgedInFull, sweptOver } from '../../helpers/compare-sweep.js';
import { type SpanLine, traceOf } from '../../helpers/evidence.js';
import { randomFlow, randomTrace } from '../../helpers/random-case.js';
import { CHANGES, randomExactFlow, randomOptions, randomRun } from '../../helpers/random-run.js';
import { seeded } from '../../helpers/seeded.js';

const FLOWS = Number(process.env['TRACECOURT_SWEPT_FLOWS'] ?? 1_000);
const REQUESTS = 10;

type Random = ReturnType<typeof seeded>;

/** The full verdict, and whether the sweep proved it; fails where the sweep says anything else. */
function compare(flow: CompiledFlow, trace: AssembledRequest, about: string) {
  const judged = judgedInFull(flow, trace);
  const swept = sweptOver(judged);
  if (swept) expect(swept, about).to.deep.equal(judged.full);
  return { full: judged.full, isProven: swept !== undefined };
}

/** Each request of each flow, by seeds that count on from the first. */
function forEachRequest(
  { first, flows }: { readonly first: number; readonly flows: number },
  look: (flow: CompiledFlow, random: Random, about: string) => void,
): void {
  for (let seed = first; seed < first + flows; seed++) {
    const random = seeded(seed);
    const flow = randomExactFlow(random);
    for (let i = 0; i < REQUESTS; i++) look(flow, random, `flow ${seed}, request ${i}`);
  }
}

describe('the sweep over a request that conforms', () => {
  it(`gives ${FLOWS * REQUESTS} requests that follow their flow the full judge's verdict, or none, and most that pass it`, function () {
    this.timeout(10_800_000);
    let [passing, proven] = [0, 0];
    forEachRequest({ first: 1, flows: FLOWS }, (flow, random, about) => {
      const { full, isProven } = compare(flow, traceOf(randomRun(random, flow), randomOptions(random)), about);
      if (full.outcome === 'pass') passing++;
      if (isProven) proven++;
    });
    expect(passing).to.be.greaterThan(0.35 * FLOWS * REQUESTS);
    expect(proven).to.be.greaterThan(0.6 * passing);
  });

  it(`gives ${FLOWS * REQUESTS} requests in which something is wrong, or told wrong, the full judge's verdict or none`, function () {
    this.timeout(10_800_000);
    const names = Object.keys(CHANGES);
    const proven = new Set<string>();
    const failing = new Set<string>();
    forEachRequest({ first: 1_000_001, flows: FLOWS }, (flow, random, about) => {
      const changes = Array.from({ length: random.pick([1, 1, 2]) }, () => random.pick(names));
      const change = (all: readonly SpanLine[], name: string) =>
        (all.length > 0 && CHANGES[name]?.(all, random)) || all;
      const lines = changes.reduce(change, randomRun(random, flow));
      if (lines.length === 0) return;
      const { full, isProven } = compare(
        flow,
        traceOf(lines, randomOptions(random)),
        `${about}: ${changes.join(', ')}`,
      );
      for (const name of changes) {
        if (isProven) proven.add(name);
        if (full.outcome === 'fail') failing.add(name);
      }
    });
    expect([...failing].sort()).to.deep.equal([...names].sort());
    expect(proven.size).to.be.greaterThan(names.length / 2);
  });

  it('gives spans tied together by nothing but chance the full verdict or none', function () {
    this.timeout(10_800_000);
    for (let seed = 1; seed <= FLOWS / 10; seed++) {
      const random = seeded(seed);
      const flow = randomFlow(random);
      for (let i = 0; i < REQUESTS; i++) compare(flow, randomTrace(random), `flow ${seed}, request ${i}`);
    }
  });
});
