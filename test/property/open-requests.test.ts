import { expect } from 'chai';
import { createAssembler } from '../../collectors/index.js';
import { toJson } from '../../src/lib/json.js';
import type { AssembledRequest, CompletionReason, Span, Verdict } from '../../src/model/index.js';
import { assemblerOptions } from '../../src/orchestrator/assembler-options.js';
import { judgeCase, openCase } from '../../src/orchestrator/judge-evidence.js';
import { NOTHING_EARLIER } from '../../src/orchestrator/left-over.js';
import { openEvidence } from '../../src/orchestrator/live/open-request.js';
import { judgeOpen } from '../../src/validators/index.js';
import { seeded } from '../helpers/seeded.js';
import { at, batchOfSpans } from '../helpers/spans.js';
import { type OpenWorld, REQUEST, randomOpenWorld } from './open-world.js';
import { seeds } from './seeds.js';

/** PROPERTY_SYSTEMS=20000 tries so many. */
const USUAL = 2_000;
const TIMES = { rootQuietMs: 500, idleMs: 5_000, deadlineMs: 60_000 };
const WAYS_TO_END: readonly CompletionReason[] = ['accounted', 'root-quiet', 'quiet', 'deadline', 'shutdown'];

type Random = ReturnType<typeof seeded>;

describe('a request that is judged while it is open', () => {
  it('fails in the end, whatever else comes, if it was said to fail before', function () {
    this.timeout(10_800_000);
    const told = { requests: 0, failedEarly: 0, failed: 0, completions: 0 };
    for (const seed of seeds(700_000, USUAL)) {
      const random = seeded(seed);
      const world = randomOpenWorld(random);
      const arrivals = shuffled(world.spans, random);
      const early = whenDoomed(world, arrivals);
      told.requests++;
      if (endOf(world, arrivals, 'accounted')?.outcome === 'fail') told.failed++;
      if (early === undefined) continue;
      told.failedEarly++;
      for (const more of subsetsOf(arrivals.slice(early.held))) {
        const last = endOf(world, [...arrivals.slice(0, early.held), ...more], random.pick(WAYS_TO_END));
        told.completions++;
        if (last?.outcome !== 'fail') throw new Error(`seed ${seed}: ${story(world, { early, last, more, arrivals })}`);
      }
    }
    expect(told.failedEarly, toJson(told)).to.be.greaterThan(told.requests / 20);
  });

  it('comes to the same last word in whatever order its spans come, and however often it is looked at', function () {
    this.timeout(10_800_000);
    for (const seed of seeds(800_000, USUAL / 8)) {
      const random = seeded(seed);
      const world = randomOpenWorld(random);
      const words = [0, 1, 2].map((times) => {
        const arrivals = shuffled(world.spans, random);
        if (times > 0) whenDoomed(world, arrivals);
        return toJson(endOf(world, arrivals, 'quiet', times > 1));
      });
      expect(new Set(words).size, `seed ${seed}`).to.equal(1);
    }
  });
});

interface Early {
  readonly held: number;
  readonly verdict: Verdict;
}

/** The first moment at which the live check says that nothing can repair the request. */
function whenDoomed(world: OpenWorld, arrivals: readonly Span[]): Early | undefined {
  const assembler = createAssembler(assemblerOptions([world.flow], TIMES));
  for (const [i, span] of arrivals.entries()) {
    const news = assembler.add(batchOfSpans([span]), at(i / 1_000));
    if (!news.includes(REQUEST)) continue;
    const verdict = look(world, assembler.snapshot(REQUEST));
    if (verdict?.outcome === 'fail') return { held: i + 1, verdict };
  }
  return undefined;
}

function look({ flow }: OpenWorld, request: AssembledRequest | undefined): Verdict | undefined {
  return request && judgeOpen(openEvidence(request, { flow, book: new Map() }));
}

/** The last word on the request, once these have come; with `looking`, after a look at each. */
function endOf(
  world: OpenWorld,
  arrivals: readonly Span[],
  reason: CompletionReason,
  looking = false,
): Verdict | undefined {
  const assembler = createAssembler(assemblerOptions([world.flow], TIMES));
  for (const [i, span] of arrivals.entries()) {
    assembler.add(batchOfSpans([span]), at(i / 1_000));
    if (looking) look(world, assembler.snapshot(REQUEST));
  }
  const request = assembler.close(REQUEST, reason, at(1));
  if (!request) return undefined;
  const facts = { observations: [], answer: undefined, earlier: NOTHING_EARLIER };
  return judgeCase(openCase(world.flow, request, new Map()), facts);
}

/** All of a few; of many, some. */
function* subsetsOf(spans: readonly Span[]): Iterable<readonly Span[]> {
  for (let set = 0; set < 2 ** spans.length; set++) yield spans.filter((_, i) => (set >> i) & 1);
}

function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => ({ item, rank: random.next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

function story(
  world: OpenWorld,
  rest: { early: Early; last: Verdict | undefined; more: readonly Span[]; arrivals: readonly Span[] },
): string {
  const { early, last, more, arrivals } = rest;
  const line = (span: Span) =>
    `${span.spanId} ${String(span.resource.get('service.name'))} <${span.parentSpanId} ~${span.links.map((l) => l.spanId)} t${span.traceId} ${span.kind} ${(span.startUnixNano - 1_700_000_000_000_000_000n) / 1000n}-${(span.endUnixNano - 1_700_000_000_000_000_000n) / 1000n} ${toJson(Object.fromEntries(span.attributes.entries()))} ${span.status.code}`;
  const { steps, order, rules, budgets, forbidden, unexpected } = world.flow;
  return [
    toJson({ steps, order, rules, budgets, forbidden, unexpected }),
    ...arrivals.slice(0, early.held).map(line),
    '-- then',
    ...more.map(line),
    `early ${toJson(early.verdict.findings)}`,
    `last ${toJson(last)}`,
  ].join('\n');
}
