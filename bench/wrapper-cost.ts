import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { benchOptions, howMany } from './bench-options.js';
import { markdownTable, measureInterleaved, quantile } from './interleaved.js';
import { idleCases } from './wrapper-idle-cases.js';
import { realCases, type Servers } from './wrapper-real-cases.js';
import { type Case, stepCases } from './wrapper-step-cases.js';
import { startBenchTracing } from './wrapper-tracing.js';

// What our wrappers cost beside a span of the SDK's own, in CPU time of this process for one step.
//
//     npm run build && node build/bench/wrapper-cost.js [--rounds 30] [--only redis] [--real]
//
// By hand: the same work without our wrapper, within `tracer.startActiveSpan(name, …)` and `span.end()`, and where the step hands
// work on, with `propagation.inject` into its headers. Both have the same SDK: our ledger before a batch processor whose exporter
// drops what it gets. Bare is neither. Turns are interleaved; figures are medians of rounds.
//
// The clients do nothing but come to an end, so that the wrapper is all that differs. With --real, real clients call servers in
// another process: that is what a service sees, and on a busy machine it drowns the difference.

const { rounds, only, real } = benchOptions(
  'node build/bench/wrapper-cost.js [--rounds 30] [--only PART-OF-A-NAME] [--real]',
  {
    rounds: { type: 'string', default: '30' },
    only: { type: 'string' },
    real: { type: 'boolean', default: false },
  },
);
const turns = howMany(rounds, 'rounds');

const tracing = startBenchTracing();
const servers = real ? await startServers() : undefined;
const cases = servers ? await realCases(tracing, servers.addresses) : [...stepCases(tracing), ...idleCases(tracing)];
const chosen = cases.filter(({ name }) => !only || name.includes(only));
for (const one of chosen) await expectSpans(one);

const rows: (string | number)[][] = [];
for (const { name, ways, times, steps = 1 } of chosen) {
  const costs = await measureInterleaved(ways, { rounds: turns, times });
  const [bare = [], byHand = [], wrapped = []] = ways.map((way) => costs.get(way.name)?.map((cost) => cost / steps));
  const beyond = wrapped.map((cost, i) => cost - (byHand[i] ?? Number.NaN));
  rows.push([
    name,
    round(quantile(bare)),
    round(quantile(byHand)),
    round(quantile(wrapped)),
    round(quantile(beyond)),
    `${round(quantile(beyond, 0.25))} … ${round(quantile(beyond, 0.75))}`,
    `${(quantile(wrapped) / quantile(byHand)).toFixed(2)} ×`,
  ]);
}
console.log(
  markdownTable(
    ['step', 'bare, µs', 'span by hand, µs', 'our wrapper, µs', 'beyond, µs', 'half of the runs', 'ratio'],
    rows,
  ),
);
for (const { dispose } of cases) await dispose?.();
servers?.stop();
process.exit();

async function startServers() {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./wrapper-servers.js', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { addresses: JSON.parse(line) as Servers, stop: () => child.stdin.end() };
}

/** A figure counts only if the spans were made that it is about: none, and as many by hand as by the wrapper. */
async function expectSpans({ name, ways, steps = 1 }: Case): Promise<void> {
  for (const [i, way] of ways.entries()) {
    const before = tracing.started();
    way.before?.();
    await way.run(1);
    way.after?.();
    const spans = tracing.started() - before - 1;
    if (spans !== (i === 0 ? 0 : steps)) throw new Error(`${name}, ${way.name}, starts ${spans} spans, not ${steps}.`);
  }
}

function round(microseconds: number): number {
  return Number(microseconds.toFixed(1));
}
