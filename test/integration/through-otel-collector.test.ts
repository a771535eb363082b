import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { parse } from 'yaml';
import { type AssemblerInput, type Collector, decodeTraces, startCollector } from '../../collectors/index.js';
import { pollUntil } from '../../src/lib/deadline.js';
import type { AssembledRequest, Span } from '../../src/model/index.js';
import { type CaseResult, loadScenarios, planVariants, runCases } from '../../src/orchestrator/index.js';
import { embeddedRun } from '../helpers/embedded-run.js';
import { SPANS_OF_A_REQUEST, startLedgerChain } from '../helpers/ledger-chain.js';
import { OTEL_COLLECTOR_FILE, type OtelCollector, startOtelCollector } from '../helpers/otel-collector.js';
import { readRepositoryFile, repositoryRoot } from '../helpers/repository.js';
import { programOrSkip } from '../helpers/tool.js';
import { temporaryBundles } from '../helpers/tracecourt.js';
import { openUnreliableDoor, type Treatment, type UnreliableDoor } from '../helpers/unreliable-door.js';
import { freePorts } from '../services/ports.js';

const run = promisify(execFile);
const APPROVE = `${repositoryRoot}examples/gpu-allocation/approve.scenario.yaml`;
const PATIENCE = { timeoutMs: 60_000, everyMs: 50 };

/** So patient that nothing but the accounts completes a request within a test. */
const PATIENT = { rootQuietMs: 120_000, idleMs: 120_000, deadlineMs: 120_000 };

describe('through a real OpenTelemetry Collector on otel-collector.yaml', function () {
  this.timeout(180_000);
  let binary: string;
  let jaeger: Collector;
  before(async function findBinary() {
    binary = programOrSkip(this, 'OTELCOL_BINARY');
    jaeger = await startCollector({ assembler: PATIENT });
  });
  after(() => jaeger?.[Symbol.asyncDispose]());

  it('its own validation has nothing against the file', async () => {
    await run(binary, ['validate', '--config', OTEL_COLLECTOR_FILE]);
  });

  it('the health check of docker-compose.yml tells whether it is well', async () => {
    const between = await startOtelCollector({ binary, tracecourt: jaeger.address, jaeger: jaeger.address });
    const { services } = parse(readRepositoryFile('docker-compose.yml')) as {
      services: Record<string, { healthcheck: { test: string[] } }>;
    };
    const [, program, ...words] = services['otel-collector']?.healthcheck.test ?? [];
    expect(program).to.equal('/otelcol-contrib');
    const args = words.map((word) =>
      word
        .replace('/etc/otelcol-contrib/config.yaml', OTEL_COLLECTOR_FILE)
        .replace('http://127.0.0.1:13133/', between.health),
    );
    expect(args).to.have.length(3);
    await run(binary, args);
    await between[Symbol.asyncDispose]();
    const failure: unknown = await run(binary, args).catch((error: unknown) => error);
    expect(failure).to.include({ code: 1 });
  });

  describe('the reference system', () => {
    const bundles = temporaryBundles();
    let between: OtelCollector;
    let tracecourtPort: number;
    let straight: readonly CaseResult[];
    let through: readonly CaseResult[];

    before(async () => {
      [tracecourtPort = 0] = await freePorts(1);
      between = await startOtelCollector({
        binary,
        tracecourt: `http://127.0.0.1:${tracecourtPort}`,
        jaeger: jaeger.address,
      });
      straight = await judge({});
      through = await judge({ http: { host: '127.0.0.1', port: tracecourtPort }, exportTo: between.http });
    });
    after(async () => {
      await between?.[Symbol.asyncDispose]();
      bundles.remove();
    });

    async function judge(own: Partial<Parameters<typeof embeddedRun>[1]>): Promise<readonly CaseResult[]> {
      const [loaded] = await loadScenarios([APPROVE]);
      const defects = (loaded.scenario.defects?.known ?? []).map(({ name }) => [name]);
      const { cases, failure } = await runCases(planVariants(loaded, [[], ...defects]), embeddedRun(bundles.path, own));
      expect(failure?.message).to.equal(undefined);
      return cases;
    }

    const gist = ({ runCase, verdict }: CaseResult) => ({
      defects: runCase.defects,
      outcome: verdict.outcome,
      completedBy: verdict.completedBy,
      findings: verdict.findings.map(({ code, step }) => ({ code, step })),
      reasons: verdict.reasons.map(({ code }) => code),
    });

    it('gets the verdicts that it gets without: what conforms passes by its accounts, each defect is named', () => {
      expect(through.length).to.be.greaterThan(5);
      expect(through.map(gist)).to.deep.equal(straight.map(gist));
      expect(gist(through[0] as CaseResult)).to.deep.equal({
        defects: [],
        outcome: 'pass',
        completedBy: 'accounted',
        findings: [],
        reasons: [],
      });
    });

    it('leaves the same requests at Jaeger, accounts and all', async () => {
      const accounted = through.filter(({ verdict }) => verdict.completedBy === 'accounted');
      expect(accounted).not.to.have.length(0);
      for (const { requestId } of accounted) {
        const held = await pollUntil(async () => jaeger.snapshot(requestId)?.completedBy, PATIENCE);
        expect(held, requestId).to.equal('accounted');
      }
    });

    it('leaves how often each step was done, and for how long, at Prometheus', async () => {
      const counted = await pollUntil(async () => {
        const text = await (await fetch(between.spanMetrics)).text();
        const line = text.split('\n').find((each) => /_calls_total\{.*tracecourt_step="council-vote"/.test(each));
        return line !== undefined && Number(line.split(' ').at(-1)) >= through.length ? text : undefined;
      }, PATIENCE);
      expect(counted).to.match(
        /^traces_span_metrics_duration_seconds_bucket\{.*tracecourt_step="cache-write".*le="0\.01"/m,
      );
    });
  });

  describe('requests of services with ledgers', () => {
    const ROUNDS = 40;
    const REQUESTS_A_ROUND = 5;
    const requestIds = Array.from({ length: ROUNDS * REQUESTS_A_ROUND }, (_, i) => `request-${i}`);
    const spoken: AssembledRequest[] = [];
    const arrivals: Span[][] = [];
    let tracecourt: Collector;
    let door: UnreliableDoor;
    let refusedByUs = 0;

    /** Every fifth export is refused on its way, every fifth taken and forgotten, every third held back. */
    function badly(n: number): Treatment {
      const what = n % 5 === 1 ? 'refuse' : n % 5 === 3 ? 'forget' : 'pass';
      return { what, delayMs: n % 3 === 0 ? 150 : 0 };
    }

    function hear(input: AssemblerInput): void {
      if (input.kind !== 'arrival') return;
      // The collector's own 503: what its log cannot take, it does not take.
      if (arrivals.length % 4 === 2 && refusedByUs < 3) {
        refusedByUs += 1;
        throw new Error('not now');
      }
      const { batch } = decodeTraces(input.body, input.contentType);
      arrivals.push(Array.from({ length: batch.length }, (_, i) => batch.span(i)));
    }

    before(async () => {
      tracecourt = await startCollector({
        assembler: PATIENT,
        onInput: hear,
        onCompleted: (request) => spoken.push(request),
      });
      door = await openUnreliableDoor(tracecourt.address, badly);
      await using between = await startOtelCollector({ binary, tracecourt: door.address, jaeger: jaeger.address });
      await using chain = startLedgerChain(between.http);
      for (let round = 0; round < ROUNDS; round++) {
        const first = round * REQUESTS_A_ROUND;
        for (const requestId of requestIds.slice(first, first + REQUESTS_A_ROUND)) chain.handle(requestId);
        await chain.flush();
        // Spread over many of the Collector's batches.
        await delay(40);
      }
      await pollUntil(async () => spoken.length >= requestIds.length || undefined, PATIENCE);
    });
    after(async () => {
      await door?.[Symbol.asyncDispose]();
      await tracecourt?.[Symbol.asyncDispose]();
    });

    it('arrive batched, out of order, and more than once, after refusals of the door and of the collector', () => {
      const spans = arrivals.flat();
      const key = ({ traceId, spanId }: Span) => `${traceId}:${spanId}`;
      // Each name is of one service, which exports its own: what came together was put together on the way.
      const namesIn = (batch: readonly Span[]) => new Set(batch.map(({ name }) => name)).size;
      expect(Math.max(...arrivals.map(namesIn))).to.be.greaterThan(1);
      expect(spans.length).to.be.greaterThan(new Set(spans.map(key)).size);
      const ends = spans.map(({ endUnixNano }) => endUnixNano);
      expect(ends.some((end, i) => end < (ends[i - 1] ?? 0n))).to.equal(true);
      expect(door.did.refuse).to.be.greaterThan(0);
      expect(door.did.forget).to.be.greaterThan(0);
      expect(refusedByUs).to.equal(3);
    });

    it('are complete by their accounts all the same, each once and with all its spans', () => {
      expect(spoken.map(({ requestId }) => requestId)).to.have.members(requestIds);
      for (const { requestId, completedBy, revision, spans } of spoken) {
        expect({ requestId, completedBy, revision }).to.deep.equal({
          requestId,
          completedBy: 'accounted',
          revision: 1,
        });
        expect(spans.map(({ name }) => name)).to.have.members([...SPANS_OF_A_REQUEST]);
      }
    });
  });

  describe('requests of a sender that keeps no ledger', () => {
    it('are complete when they look finished and it is quiet, and say so', async function foreign() {
      const telemetrygen = programOrSkip(this, 'TELEMETRYGEN_BINARY');
      await using tracecourt = await startCollector({ assembler: { rootQuietMs: 2_000 } });
      await using between = await startOtelCollector({
        binary,
        tracecourt: tracecourt.address,
        jaeger: jaeger.address,
      });
      await run(telemetrygen, [
        ...['traces', '--otlp-insecure', '--otlp-endpoint', between.grpc],
        ...['--traces', '10', '--child-spans', '3', '--rate', '0'],
      ]);
      const complete = await pollUntil(async () => {
        const requests = tracecourt.list();
        return requests.length === 10 && requests.every(({ completedBy }) => completedBy) ? requests : undefined;
      }, PATIENCE);
      expect(complete?.map(({ completedBy, spans }) => ({ completedBy, spans }))).to.deep.equal(
        Array.from({ length: 10 }, () => ({ completedBy: 'root-quiet', spans: 4 })),
      );
    });
  });
});
