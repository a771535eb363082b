import { expect } from 'chai';
import { expressionScope, flowMatchers, loadFlow, planProbes, storeReads } from '../../src/flow/index.js';
import type { AttributeValue, WorkflowTrace } from '../../src/model/index.js';
import { SAMPLE_FLOW } from './sample-flow.js';

function traceWith(output: AttributeValue | undefined): WorkflowTrace {
  const attributes = new Map<string, AttributeValue>([['gpu.vote', 'approve']]);
  const times = { startTime: 0n, endTime: 1_500_000n };
  const step = { stepName: 'allocation', alsoFits: [], component: 'allocator', spanId: 's1', ...times };
  return {
    requestId: 'r',
    revision: 1,
    completionStatus: 'complete',
    completedBy: 'accounted',
    ...times,
    currentStep: 'allocation',
    traceIds: [],
    joins: [],
    lateSpanIds: [],
    accounting: { processes: [], unsettled: [], missingParents: [] },
    steps:
      output === undefined
        ? []
        : [{ ...step, input: undefined, output, status: 'ok', errorDetails: undefined, attempts: [] }],
    spans: [
      {
        traceId: 't',
        spanId: 's1',
        parentSpanId: undefined,
        traceState: '',
        parentIsRemote: undefined,
        name: 'n',
        kind: 'internal',
        startUnixNano: 0n,
        endUnixNano: 1n,
        status: { code: 'ok', message: '' },
        attributes,
        events: [],
        links: [],
        resource: new Map(),
        scopeName: '',
      },
    ],
  };
}

describe('planProbes', () => {
  it('fills values into keys, topics and parameters', async () => {
    const flow = await loadFlow(SAMPLE_FLOW, 'f');
    const scope = expressionScope(flow, traceWith('{"decisionId":"d-1"}'));
    expect(scope.values).to.deep.equal({ decisionId: 'd-1' });
    const { requests, unplanned } = planProbes(flow, scope);
    expect(unplanned).to.deep.equal([]);
    const reads = ['graph-write', 'cache-write', 'event-publish', 'lease gpu'];
    expect(requests.map((one) => one.effect)).to.deep.equal(reads);
    expect(storeReads(flow).map((one) => one.effect)).to.deep.equal(reads);
    expect(requests[0]?.query).to.have.deep.property('parameters', { decisionId: 'd-1' });
    expect(requests[1]?.query).to.include({ key: 'ctx:d-1' });
  });

  it('leaves effects unplanned when a step they need did not happen', async () => {
    const flow = await loadFlow(SAMPLE_FLOW, 'f');
    const scope = expressionScope(flow, traceWith(undefined));
    expect(scope.values).to.deep.equal({});
    expect(scope.steps['council_vote']).to.deep.equal([]);
    expect(planProbes(flow, scope).unplanned[0]).to.deep.equal({ effect: 'graph-write', missing: ['decisionId'] });
  });

  it('takes a $ in texts and comments for no parameter', async () => {
    const text = SAMPLE_FLOW.replace('RETURN d.gpu', "WHERE d.x = '$a' /* $b */ RETURN d.gpu");
    const plan = planProbes(await loadFlow(text, 'f'), { steps: {}, values: { decisionId: 1, other: 2 } });
    expect(plan.requests[0]?.query).to.have.deep.property('parameters', { decisionId: 1 });
  });
});

describe('expressionScope', () => {
  it('gives attributes, duration and text that is no JSON as it is', async () => {
    const scope = expressionScope(await loadFlow(SAMPLE_FLOW, 'f'), traceWith('plain'));
    expect(scope.steps['allocation']).to.deep.equal([
      {
        spanId: 's1',
        input: null,
        output: 'plain',
        attributes: { 'gpu.vote': 'approve' },
        status: 'ok',
        service: 'allocator',
        durationMs: 1.5,
      },
    ]);
  });
});

describe('flowMatchers', () => {
  it('gives one matcher a step', async () => {
    const flow = await loadFlow(SAMPLE_FLOW, 'f');
    expect(flowMatchers(flow)).to.have.length(7);
  });
});
