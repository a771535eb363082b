import { startTracing, withRequestId, wrapStep } from '@tracecourt/instrumentation';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import { DataFlowValidator, IntegrationTestOrchestrator, loadFlow, type RunOptions } from '../../src/index.js';
import { systemClock } from '../../src/lib/clock.js';
import { pollUntil } from '../../src/lib/deadline.js';
import type { AssembledRequest, Verdict } from '../../src/model/index.js';
import { type CompletedLine, runCollector } from '../../src/orchestrator/run-collector.js';
import { createRedisProbe } from '../../src/stores/index.js';
import { buildSpan } from '../helpers/spans.js';
import { temporaryBundles } from '../helpers/tracecourt.js';

const FLOW = `
version: 1
flow: toy
steps: { save: { service: toy } }
order: save
effects:
  save: { redis: { key: 'toy:1', expect: 'value == "saved"' } }
`;

function completed(): AssembledRequest {
  const span = buildSpan({ name: 'save', service: 'toy', attributes: { 'tracecourt.step': 'save' } });
  return {
    requestId: 'r.1',
    revision: 1,
    completionStatus: 'complete',
    completedBy: 'accounted',
    traceIds: [span.traceId],
    spans: [span],
    accounting: {
      processes: [{ service: 'toy', instanceId: 'toy-1', spansHeld: 1, spansCounted: 1 }],
      unsettled: [],
      missingParents: [],
    },
    joins: [],
    lateSpanIds: [],
  };
}

describe('DataFlowValidator', () => {
  it('compares a request with its flow and with what the store holds at that moment', async () => {
    await using server = await startEmbeddedRedis();
    await using probe = createRedisProbe({ url: server.url });
    const redis = new Redis(server.url);
    const validator = new DataFlowValidator(await loadFlow(FLOW, 'toy.flow.yaml'), new Map([['redis', probe]]));

    await redis.set('toy:1', 'saved');
    expect(await validator.validateRequest(completed())).to.include({ outcome: 'pass' });
    await redis.set('toy:1', 'something else');
    expect((await validator.validateRequest(completed())).findings[0]).to.include({
      code: 'wrong-content',
      step: 'save',
    });
    await redis.del('toy:1');
    const { outcome, findings } = await validator.validateRequest(completed());
    expect(outcome).to.equal('fail');
    expect(findings.map(({ code }) => code)).to.deep.equal(['span-without-effect']);
    expect(await validator.validateDecisionPersistence(completed())).to.deep.equal([]);
    await redis.quit();
  });
});

describe('IntegrationTestOrchestrator', () => {
  const bundles = temporaryBundles();
  after(() => bundles.remove());

  function options(stores: Partial<RunOptions['stores']> = {}): RunOptions {
    const embedded = {
      neo4jUrl: undefined,
      neo4jUser: undefined,
      neo4jPassword: undefined,
      redisUrl: undefined,
      kafkaBrokers: undefined,
    };
    return {
      stores: { ...embedded, ...stores },
      http: { host: '127.0.0.1', port: 0 },
      bundles: bundles.path,
      rootQuietMs: 500,
      cut: [],
      reporters: [],
      clock: systemClock,
      signal: new AbortController().signal,
    };
  }

  it('is ready when every store answers, and says who did', async () => {
    const state = await new IntegrationTestOrchestrator(options()).validateSystemReadiness();
    expect(state.ready).to.equal(true);
    expect(state.stores.map(({ name, state, product }) => [name, state, product])).to.deep.equal([
      ['neo4j', 'healthy', 'embedded'],
      ['redis', 'healthy', 'embedded'],
      ['kafka', 'healthy', 'embedded'],
    ]);
  });

  it('is not ready when one does not, and says which and where', async () => {
    const state = await new IntegrationTestOrchestrator(
      options({ redisUrl: 'redis://127.0.0.1:9' }),
    ).validateSystemReadiness();
    expect(state.ready).to.equal(false);
    const down = state.stores.filter((health) => health.state === 'unhealthy');
    expect(down).to.have.length(1);
    expect(down[0]).to.include({ name: 'redis', address: '127.0.0.1:9', failure: 'refused' });
  });

  it('knows nothing of a request that was never recorded', () => {
    expect(() => new IntegrationTestOrchestrator(options()).traceRequestFlow('r.1')).to.throw('No recorded run');
  });
});

describe('runCollector', () => {
  it('hears of a request that an instrumented process sent, by accounting', async () => {
    const heard: CompletedLine[] = [];
    const settings = { http: { host: '127.0.0.1', port: 0 }, rootQuietMs: 500, quietMs: 5_000, deadlineMs: 60_000 };
    await using collector = await runCollector(settings, { onCompleted: (request) => void heard.push(request) });
    await using tracing = startTracing({ global: false, serviceName: 'toy', endpoint: collector.address });
    withRequestId(
      'r.1',
      wrapStep('save', () => 'saved', { tracer: tracing.tracer }),
    );
    await tracing.flush();
    await pollUntil(async () => heard[0], { timeoutMs: 30_000, everyMs: 5 });
    expect(heard[0]).to.include({ completedBy: 'accounted', revision: 1, spans: 1 });
  });

  it('counts verdicts at /metrics, and holds no request to a flow that it has no step of', async () => {
    const verdicts: Verdict[] = [];
    const settings = { http: { host: '127.0.0.1', port: 0 }, rootQuietMs: 500, quietMs: 5_000, deadlineMs: 60_000 };
    const flow = await loadFlow(FLOW, 'toy.flow.yaml');
    await using collector = await runCollector(
      { ...settings, flow },
      { onCompleted: (_line, judged) => void (judged && verdicts.push(judged.verdict)) },
    );
    await using tracing = startTracing({ global: false, serviceName: 'toy', endpoint: collector.address });
    for (const [request, step] of [
      ['r.1', 'save'],
      ['r.2', 'ping'],
    ] as const)
      withRequestId(
        request,
        wrapStep(step, () => 'done', { tracer: tracing.tracer }),
      );
    await tracing.flush();
    await pollUntil(async () => verdicts[1], { timeoutMs: 30_000, everyMs: 5 });
    const told = verdicts.map(({ outcome, reasons }) => [outcome, ...reasons.map(({ code }) => code)]);
    expect(told).to.have.deep.members([['pass'], ['unknown', 'nothing-to-check']]);
    const metrics = await (await fetch(`${collector.address}/metrics`)).text();
    expect(metrics).to.include('tracecourt_verdicts_total{flow="toy",outcome="pass",revision="first"} 1');
    expect(metrics).to.include('tracecourt_verdicts_total{flow="toy",outcome="unknown",revision="first"} 1');
    expect(metrics).to.include('tracecourt_verdicts_total{flow="toy",outcome="fail",revision="first"} 0');
  });
});
