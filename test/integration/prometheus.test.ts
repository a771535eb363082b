import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import type { LoadedScenario } from '../../src/orchestrator/index.js';
import { loadScenarios, planVariants, type RunResult, runCases } from '../../src/orchestrator/index.js';
import { embeddedRun } from '../helpers/embedded-run.js';
import { type Prometheus, startPrometheus } from '../helpers/prometheus.js';
import { repositoryRoot } from '../helpers/repository.js';
import { programOrSkip } from '../helpers/tool.js';
import { temporaryBundles } from '../helpers/tracecourt.js';
import { freePorts } from '../services/ports.js';

const APPROVE = `${repositoryRoot}examples/gpu-allocation/approve.scenario.yaml`;
const VARIANTS = [[], [], [], ['lying-cache'], ['lost-telemetry']];

/** A service that is stopped first and takes its time: the others, and the collector, are there to be scraped once more. */
const LINGERER = `
console.log('{"ready":true}');
process.stdin.resume().on('end', () => setTimeout(() => process.exit(0), 2500));
`;

describe('a real Prometheus', () => {
  const bundles = temporaryBundles();
  const texts = new Map<string, string>();
  let prometheus: Prometheus;
  let promtool: string;
  let outcome: RunResult;

  before(async function scrapeRun() {
    const binary = programOrSkip(this, 'PROMETHEUS_BINARY');
    promtool = programOrSkip(this, 'PROMTOOL_BINARY');
    const [loaded] = await loadScenarios([APPROVE]);
    const [collector = 0, ...services] = await freePorts(1 + loaded.scenario.start.length);
    const addresses = { tracecourt: [`127.0.0.1:${collector}`], services: services.map((port) => `127.0.0.1:${port}`) };
    prometheus = await startPrometheus({ binary, jobs: addresses });
    const run = runCases(
      planVariants(measured(loaded, services), VARIANTS),
      embeddedRun(bundles.path, {
        http: { host: '127.0.0.1', port: collector },
        reporters: [
          {
            name: 'the texts while all is there',
            onEvent: ({ type }) => {
              if (type === 'verdict-reached') void keepTexts(Object.values(addresses).flat());
            },
          },
        ],
      }),
    );
    outcome = await run;
    expect(outcome.failure?.message).to.equal(undefined);
  });
  after(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    bundles.remove();
  });

  async function keepTexts(addresses: readonly string[]): Promise<void> {
    for (const address of addresses) {
      const response = await fetch(`http://${address}/metrics`).catch(() => undefined);
      if (response?.ok) texts.set(address, await response.text());
    }
  }

  /** The last that was ever scraped of a metric: everything has been stopped by now. */
  const ever = (selector: string) => `last_over_time(${selector}[10m])`;

  /** The answer to a query, by one of its labels. */
  async function tell(promql: string, label: string): Promise<Record<string, number>> {
    const series = await prometheus.query(promql);
    return Object.fromEntries(series.map(({ labels, value }) => [labels[label] ?? '', value]));
  }

  async function number(promql: string): Promise<number> {
    const [only, ...more] = await prometheus.query(promql);
    expect([only?.labels, more.length], promql).to.deep.equal([{}, 0]);
    return only?.value ?? Number.NaN;
  }

  it('is told the verdicts of a run, by flow and outcome', async () => {
    const told = await tell(
      `sum by (outcome) (${ever('tracecourt_verdicts_total{flow="gpu-allocation",revision="first"}')})`,
      'outcome',
    );
    expect(told).to.deep.equal(
      countsOf(
        outcome.cases.map(({ verdict }) => verdict.outcome),
        ['pass', 'fail', 'unknown'],
      ),
    );
  });

  it('is told how requests were completed, by reason', async () => {
    const told = await tell(
      `sum by (completed_by) (${ever('tracecourt_requests_completed_total{revision="first"}')}) > 0`,
      'completed_by',
    );
    expect(told['accounted']).to.equal(VARIANTS.length - 1);
    expect(Object.values(told).reduce((sum, count) => sum + count)).to.equal(VARIANTS.length);
  });

  it('is told of spans that add up, whenever it asked', async () => {
    const received = 'sum(tracecourt_spans_received_total)';
    const others = ['refused_total', 'repeated_total', 'held', 'let_go_total'].map(
      (name) => `sum(tracecourt_spans_${name})`,
    );
    const differences = await prometheus.query(`max_over_time((abs(${received} - ${others.join(' - ')}))[10m:100ms])`);
    expect(differences.map(({ value }) => value)).to.deep.equal([0]);
    expect(await number(`sum(${ever('tracecourt_spans_received_total')})`)).to.be.greaterThan(20 * VARIANTS.length);
  });

  it('is told how often each step was done, how long it took, and how it ended', async () => {
    const steps = await tell(`sum by (step) (${ever('tracecourt_step_duration_count')})`, 'step');
    expect(steps).to.include({ 'graph-write': VARIANTS.length, 'cache-write': VARIANTS.length });
    const median = `histogram_quantile(0.5, sum by (le) (${ever('tracecourt_step_duration_bucket{step="graph-write"}')}))`;
    expect(await number(median)).to.be.within(0.0001, 10);
  });

  it('is told how long the queries of Neo4j took', async () => {
    const queries = await tell(
      `sum by (db_operation_name) (${ever('db_client_operation_duration_count{db_system_name="neo4j"}')})`,
      'db_operation_name',
    );
    expect(Object.values(queries).reduce((sum, count) => sum + count, 0)).to.be.at.least(VARIANTS.length);
    const mean = ['sum', 'count'].map(
      (part) => `sum(${ever(`db_client_operation_duration_${part}{db_system_name="neo4j"}`)})`,
    );
    expect(await number(mean.join(' / '))).to.be.within(0.00001, 10);
  });

  it('is told how often Redis had what it was asked for', async () => {
    const found = await tell(`sum by (result) (${ever('tracecourt_cache_lookups_total')})`, 'result');
    expect(found['hit']).to.be.at.least(1);
    const rate = ['{result="hit"}', ''].map((labels) => `sum(${ever(`tracecourt_cache_lookups_total${labels}`)})`);
    expect(await number(rate.join(' / '))).to.be.within(0.01, 1);
  });

  it('is told how far consumers were behind: at the end, by nothing', async () => {
    const lag = await tell(
      `max by (messaging_consumer_group_name) (${ever('tracecourt_kafka_consumer_lag')})`,
      'messaging_consumer_group_name',
    );
    expect(Object.keys(lag)).not.to.have.length(0);
    expect(new Set(Object.values(lag))).to.deep.equal(new Set([0]));
  });

  it('finds nothing wrong with what it is told, nor does promtool', () => {
    expect(texts.size).to.equal(1 + 4);
    for (const [address, text] of texts) {
      const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8' });
      expect({ status, said: stdout + stderr }, `${address}\n${text}`).to.deep.equal({ status: 0, said: '' });
    }
  });
});

function countsOf(words: readonly string[], all: readonly string[]): Record<string, number> {
  return Object.fromEntries(all.map((word) => [word, words.filter((each) => each === word).length]));
}

function measured(loaded: LoadedScenario, ports: readonly number[]): LoadedScenario {
  const { scenario } = loaded;
  const start = scenario.start.map((service, index) => ({
    ...service,
    environment: { ...service.environment, TRACECOURT_METRICS_PORT: String(ports[index]) },
  }));
  const lingerer = { ...start[0], name: 'lingerer', command: ['node', '--eval', LINGERER] as const, environment: {} };
  return { ...loaded, scenario: { ...scenario, start: [...start, lingerer] } } as LoadedScenario;
}
