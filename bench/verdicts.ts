import { STEP } from '@tracecourt/instrumentation/wire-names';
import { createAssembler } from '../collectors/index.js';
import { loadFlow } from '../src/flow/index.js';
import type { AssembledRequest, CompiledFlow, Verdict } from '../src/model/index.js';
import { judgeCase, openCase } from '../src/orchestrator/judge-evidence.js';
import { NOTHING_EARLIER } from '../src/orchestrator/left-over.js';
import { addressBook } from '../src/orchestrator/name-peers.js';
import { batchOfSpans, ToyProcess } from '../test/helpers/spans.js';
import { benchOptions, howMany } from './bench-options.js';
import { SHOP_FLOW, SHOP_FLOW_WITH_EXPRESSIONS, type ShopDefect, shopRequests } from './shop-request.js';

// What a verdict costs, in CPU time of this process: from an assembled request to its verdict, without stores, by the functions that a run judges with.
// Requests come from OTLP bytes through the decoder and the assembler, and each is judged once. A figure counts only if every verdict is right.
// What the decoder and the assembler do is not in it: they read of each span what its ledger says, and decode no other attribute that a verdict asks for.

type Judge = (request: AssembledRequest) => Verdict;

const NOBODY = addressBook([]);

function judgeOf(flow: CompiledFlow): Judge {
  return (request) =>
    judgeCase(openCase(flow, request, NOBODY), { observations: [], answer: undefined, earlier: NOTHING_EARLIER });
}

interface Series {
  readonly name: string;
  readonly flow: string;
  readonly defect: ShopDefect;
  readonly right: (verdict: Verdict) => boolean;
}

/** What is left undecided is what only clocks of two processes tell apart. */
const passes = ({ outcome, reasons, strength }: Verdict): boolean =>
  outcome === 'pass' && reasons.length === 0 && strength.proven > 100 && strength.undecided < strength.proven / 4;

const SERIES: readonly Series[] = [
  { name: 'passing', flow: SHOP_FLOW, defect: 'none', right: passes },
  {
    name: 'passing, with a value and an invariant',
    flow: SHOP_FLOW_WITH_EXPRESSIONS,
    defect: 'none',
    right: passes,
  },
  {
    name: 'failing: stored before it was charged',
    flow: SHOP_FLOW,
    defect: 'stored-before-charged',
    right: ({ outcome, findings }) => outcome === 'fail' && findings.every(({ code }) => code === 'wrong-order'),
  },
];

/**
 * So many requests are made, and judged before the next are made. Of one alone the judge's code has been driven out by that of the assembler; of many, their own
 * memory has.
 */
const AT_ONCE = [1, 100, 2_000];

/** Requests that are judged before any are counted, so that the engine has compiled what it will. */
const WARM_UP = 5_000;

function microseconds(work: () => void): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return user + system;
}

interface Load {
  readonly judge: Judge;
  /** Different requests in all, and how many of them are there at a time. */
  readonly count: number;
  readonly atOnce: number;
}

/** CPU microseconds a verdict. */
function costOf({ name, defect, right }: Series, { judge, count, atOnce }: Load) {
  let spent = 0;
  let spans = 0;
  for (let first = 0; first < count; first += atOnce) {
    const seeds = Array.from({ length: Math.min(atOnce, count - first) }, (_, i) => first + i);
    const requests = shopRequests(seeds, { defect });
    const verdicts: Verdict[] = [];
    spent += microseconds(() => {
      for (const request of requests) verdicts.push(judge(request));
    });
    spans += requests.reduce((sum, request) => sum + request.spans.length, 0);
    const wrong = verdicts.find((verdict) => !right(verdict));
    if (wrong) throw new Error(`${name}: ${JSON.stringify(wrong).slice(0, 2_000)}`);
  }
  return { cost: spent / count, spans: spans / count };
}

async function measure(series: Series, count: number): Promise<void> {
  const flow = await loadFlow(series.flow, 'shop.flow.yaml');
  const judge = judgeOf(flow);
  costOf(series, { judge, count: series.name.startsWith('failing') ? WARM_UP / 10 : WARM_UP, atOnce: 100 });
  for (const atOnce of AT_ONCE.filter((size) => size <= count)) {
    const { cost, spans } = costOf(series, { judge, count, atOnce });
    const figures = `${cost.toFixed(1).padStart(9)} µs${Math.round(1e6 / cost)
      .toLocaleString('en')
      .padStart(10)}/s`;
    const how = `${count.toLocaleString('en')}, ${atOnce.toLocaleString('en')} at once,`;
    console.log(`${series.name.padEnd(42)}${how.padStart(24)} ${spans.toFixed(0)} spans each${figures}`);
  }
}

const values = benchOptions('node build/bench/verdicts.js [--requests 20000] [--only PART-OF-A-NAME]', {
  requests: { type: 'string', default: '20000' },
  only: { type: 'string', default: '' },
});
const requests = howMany(values.requests, 'requests');

/** One process, one step after the other, each with a span below it. */
function largeRequest(spans: number): AssembledRequest {
  const steps = Array.from({ length: spans / 2 }, (_, i) =>
    i === 0 ? 'first' : i === spans / 2 - 1 ? 'last' : 'work',
  );
  const process = new ToyProcess('worker', { requestId: 'large' });
  const root = process.start('root', { durationMs: 10 * spans, attributes: { 'tracecourt.step': 'first' } });
  for (const [i, step] of steps.entries()) {
    if (i === 0) continue;
    const own = process.start(step, { under: root, startMs: 10 * i, durationMs: 5, attributes: { [STEP]: step } });
    process.start('inside', { under: own, startMs: 10 * i, durationMs: 5 });
  }
  process.start('scenery', { under: root, startMs: 10 * spans });
  const assembler = createAssembler();
  assembler.add(batchOfSpans(process.endPeriod()), 0n);
  const [request] = assembler.takeDue(0n);
  if (request?.spans.length !== spans) throw new Error(`${request?.spans.length} spans instead of ${spans}.`);
  return request;
}

async function measureLarge(): Promise<void> {
  const order = '[first, { repeat: { step: work, times: "*", parallel: true } }, last]';
  const flow = await loadFlow(
    `version: 1\nflow: large\nsteps: { first: {}, work: {}, last: {} }\norder: { sequence: ${order} }`,
    'large.flow.yaml',
  );
  const request = largeRequest(10_000);
  let verdict: Verdict | undefined;
  const cost = microseconds(() => {
    verdict = judgeOf(flow)(request);
  });
  if (verdict?.outcome !== 'pass') throw new Error(`large: ${JSON.stringify(verdict).slice(0, 2_000)}`);
  console.log(`one request of 10,000 spans, 5,000 of them steps: ${(cost / 1_000).toFixed(0)} ms, the first time`);
}

/** From text to compiled, and from there to the first verdict. The first time is that of a process which has read no YAML yet: most of it is the library's. */
async function measureCompile(): Promise<void> {
  const names = Array.from({ length: 200 }, (_, i) => `step-${i}`);
  const parts = Array.from({ length: 20 }, (_, i) => {
    const own = names.slice(10 * i, 10 * i + 10).join(', ');
    return `    - ${i % 2 === 0 ? 'sequence' : 'parallel'}: [${own}]`;
  });
  const steps = names.map((name) => `  ${name}: { service: s }`);
  const text = ['version: 1', 'flow: large', 'steps:', ...steps, 'order:', '  sequence:', ...parts].join('\n');
  const [whole] = shopRequests([1]);
  // Of a request that is not known to be whole, nothing is missing for sure.
  const request = { ...(whole as AssembledRequest), completedBy: 'quiet' } as const;
  const compilations: number[] = [];
  const judgements: number[] = [];
  for (let round = 0; round < 5; round++) {
    const began = process.cpuUsage();
    const flow = await loadFlow(text, 'large.flow.yaml');
    const { user, system } = process.cpuUsage(began);
    compilations.push((user + system) / 1_000);
    const judged = microseconds(() => {
      if (judgeOf(flow)(request).outcome !== 'unknown') throw new Error('Of another flow there is nothing to check.');
    });
    judgements.push(judged / 1_000);
  }
  const told = ([first = 0, ...later]: readonly number[]) =>
    `${first.toFixed(0)} ms the first time, then ${Math.min(...later).toFixed(0)} ms`;
  console.log(`a flow of 200 steps, from text to compiled: ${told(compilations)}`);
  console.log(`its first verdict, which says what is awaited: ${told(judgements)}`);
}

await measureCompile();
await measureLarge();
for (const series of SERIES.filter(({ name }) => name.includes(values.only))) {
  await measure(series, series.name.startsWith('failing') ? Math.min(1_000, requests) : requests);
}
