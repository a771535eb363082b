/**
 * How long after its last span a request gets its verdict: 1,000 conforming requests of the reference system, one after another and at 50 a second, on embedded stores, and on
 * the real ones whose addresses the environment gives. Beside it, what a request costs in CPU time: the judging process (on embedded stores they are in it) and the five
 * services. Where both together need more than the machine has, requests queue up, and the figures tell of the queue.
 *
 *   npm run build && node build/bench/verdict-latency.js [--requests 1000] [--per-second 50] [--warm-up 2000]
 *   export $(node build/test/services/main.js up)   # before, for the real stores
 *
 * A latency is the time from the end of the last span, as its process read the machine's clock, to the moment the verdict was spoken. Spans start at whole milliseconds, so a
 * reading can be off by one. Judge and services compile while they run, and are slower till then: so many requests come first, at the same pace, and are judged and not counted. The
 * first 300 of these come one after another. Each leases its GPU for some seconds: the reference system would run out of GPUs otherwise.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/lib/clock.js';
import type { Outcome, RunEvent } from '../src/model/index.js';
import { loadScenarios, planCases, type RunCase, runCases, type StoreAddresses } from '../src/orchestrator/index.js';
import type { Reporter } from '../src/report/index.js';
import { benchOptions, howMany } from './bench-options.js';
import { cpuMsOfChildren, cpuMsOfThis } from './cpu-time.js';

const SCENARIO = 'examples/gpu-allocation/approve.scenario.yaml';
const LEASED_HOURS = 0.001;
const ALONE = 300;
const NANOS_PER_MS = 1_000_000;

const NO_ADDRESSES: StoreAddresses = {
  neo4jUrl: undefined,
  neo4jUser: undefined,
  neo4jPassword: undefined,
  redisUrl: undefined,
  kafkaBrokers: undefined,
};

interface Stores {
  readonly title: string;
  readonly addresses: StoreAddresses;
}

interface Measured {
  readonly latenciesMs: number[];
  readonly outcomes: Partial<Record<Outcome, number>>;
  /** Of the requests that are no pass, by what was said of them. */
  readonly troubles: Record<string, number>;
  readonly cpuMs: { judge: number; services: number };
}

const values = benchOptions(
  'node build/bench/verdict-latency.js [--requests 1000] [--per-second 50] [--warm-up 2000]',
  {
    requests: { type: 'string', default: '1000' },
    'per-second': { type: 'string', default: '50' },
    'warm-up': { type: 'string', default: '2000' },
  },
);
const requests = howMany(values.requests, 'requests');
const perSecond = howMany(values['per-second'], 'per-second');
const warmUp = howMany(values['warm-up'], 'warm-up');

console.log(`${availableParallelism()} cores`);
console.log('| stores | requests | verdicts | p50 | p99 | max | CPU a request: judge, services |');
console.log('| --- | --- | --- | --: | --: | --: | --: |');
for (const stores of storesAtHand()) {
  for (const pace of [undefined, perSecond]) {
    const measured = await measure(stores, pace);
    const how = pace === undefined ? `${requests} one after another` : `${requests} at ${pace}/s`;
    console.log(`| ${stores.title} | ${how} | ${rowOf(measured)} |`);
    for (const [what, n] of Object.entries(measured.troubles)) console.error(`${n} × ${what}`);
  }
}
console.log('| tools that poll for a finished trace | | | 5–10 s | | | |');

function rowOf({ latenciesMs, outcomes, cpuMs }: Measured): string {
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  const told = Object.entries(outcomes).map(([outcome, n]) => `${n} ${outcome}`);
  const figures = [percentile(sorted, 0.5), percentile(sorted, 0.99), sorted.at(-1) ?? Number.NaN];
  const cpu = [cpuMs.judge, cpuMs.services].map((ms) => `${(ms / requests).toFixed(0)} ms`);
  return [told.join(', '), ...figures.map((ms) => `${ms.toFixed(1)} ms`), cpu.join(', ')].join(' | ');
}

function storesAtHand(): readonly Stores[] {
  const embedded = { title: 'embedded', addresses: NO_ADDRESSES };
  const { NEO4J_URL, NEO4J_USER, NEO4J_PASSWORD, REDIS_URL, KAFKA_BROKERS } = process.env;
  if (!NEO4J_URL || !REDIS_URL || !KAFKA_BROKERS) return [embedded];
  const addresses: StoreAddresses = {
    neo4jUrl: NEO4J_URL,
    neo4jUser: NEO4J_USER,
    neo4jPassword: NEO4J_PASSWORD,
    redisUrl: REDIS_URL,
    kafkaBrokers: KAFKA_BROKERS.split(','),
  };
  return [embedded, { title: 'Neo4j, Redis, Kafka', addresses }];
}

async function measure(stores: Stores, pace: number | undefined): Promise<Measured> {
  const measured: Measured = { latenciesMs: [], outcomes: {}, troubles: {}, cpuMs: { judge: 0, services: 0 } };
  const bundles = await mkdtemp(join(tmpdir(), 'tracecourt-bench-'));
  const [loaded] = await loadScenarios([SCENARIO]);
  const cases = Array.from({ length: warmUp + requests }, () => planCases([loaded], []))
    .flat()
    .map(leasedForSeconds);
  const { failure } = await runCases(cases, {
    stores: stores.addresses,
    http: { host: '127.0.0.1', port: 0 },
    bundles,
    rootQuietMs: 500,
    perSecond: pace,
    warmUp: Math.min(ALONE, warmUp),
    cut: [],
    reporters: [latencyReporter(measured)],
    clock: systemClock,
    signal: new AbortController().signal,
  });
  await rm(bundles, { recursive: true, force: true });
  if (failure) throw failure;
  return measured;
}

function leasedForSeconds({ request, ...planned }: RunCase): RunCase {
  const body = JSON.stringify({ model: 'a100', hours: LEASED_HOURS });
  return { ...planned, request: { ...request, http: { ...request.http, body } } };
}

/** Counts from the end of the warm-up to the last verdict. */
function latencyReporter({ latenciesMs, outcomes, troubles, cpuMs }: Measured): Reporter {
  const ended = new Map<string, bigint>();
  let judged = 0;
  const countCpu = (sign: 1 | -1): void => {
    cpuMs.judge += sign * cpuMsOfThis();
    cpuMs.services += sign * cpuMsOfChildren();
  };
  return {
    name: 'latency',
    onEvent(event: RunEvent) {
      if (event.type === 'request-completed') ended.set(event.requestId, event.endTime);
      if (event.type !== 'verdict-reached') return;
      judged++;
      if (judged === warmUp) countCpu(-1);
      if (judged === warmUp + requests) countCpu(1);
      if (judged <= warmUp) return;
      const { outcome, requestId, findings, reasons } = event.verdict;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      const endTime = ended.get(requestId);
      if (outcome === 'pass' && endTime !== undefined) latenciesMs.push(Number(event.at - endTime) / NANOS_PER_MS);
      if (outcome === 'pass') return;
      const said = [...findings, ...reasons].map(({ code }) => code).join(', ');
      troubles[said] = (troubles[said] ?? 0) + 1;
    },
  };
}

/** Nearest rank. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
