import { expect } from 'chai';
import type { Verdict } from '../../src/model/index.js';
import { judge } from '../../src/validators/index.js';
import {
  evaluate,
  type GpuChanges,
  gpuFlow,
  gpuRequest,
  LEASES,
  lease,
  message,
  node,
} from '../helpers/gpu-request.js';

const WITHOUT_NOTIFIER = { nh: undefined };

const DEFECTS: Readonly<Record<string, { readonly changes: GpuChanges; readonly findings: readonly string[] }>> = {
  'lying-cache': {
    changes: { lines: { kc: undefined }, records: { 'cache-write': [] } },
    findings: ['span-without-effect(cache-write)'],
  },
  'dark-graph-write': {
    changes: { lines: { w: undefined, wc: undefined } },
    findings: ['effect-without-span(graph-write)'],
  },
  'cache-before-graph': {
    changes: {
      lines: {
        k: 'k allocator <as 55-58 step=cache-write',
        kc: 'kc allocator <k 56-57 client db.system.name=redis name=SET',
      },
    },
    findings: ['wrong-order(cache-write)'],
  },
  'duplicate-event': {
    changes: {
      lines: { nh2: 'nh2 notifier <pc 131-140 consumer from=pc.2 step=event-handled' },
      records: { 'event-publish': [message(7), message(8)] },
    },
    findings: ['duplicate-effect(event-publish)'],
  },
  'no-quorum': {
    changes: {
      lines: Object.fromEntries([3, 4, 5].flatMap((n) => [`v${n}`, `vc${n}`, `cs${n}`].map((id) => [id, undefined]))),
    },
    findings: ['vote-integrity(council-vote)'],
  },
  'stuck-consumer, handled': {
    changes: { records: { 'event-publish': [message(7, '7')] } },
    findings: ['not-consumed(event-publish)'],
  },
  'stuck-consumer, silent': {
    changes: {
      lines: WITHOUT_NOTIFIER,
      records: { 'event-publish': [message(7, null)] },
      completedBy: 'root-quiet',
      accounting: { unsettled: [{ spanId: 'pc', n: 1, service: 'allocator', peer: 'gpu.allocated' }] },
    },
    findings: ['not-consumed(event-publish)'],
  },
  'lost-event': {
    changes: {
      lines: WITHOUT_NOTIFIER,
      records: { 'event-publish': [] },
      completedBy: 'quiet',
      accounting: { unsettled: [{ spanId: 'pc', n: 1, service: 'allocator', peer: 'gpu.allocated' }] },
    },
    findings: ['span-without-effect(event-publish)'],
  },
  'swallowed-graph-error': {
    changes: {
      lines: { wc: 'wc allocator <w 61-79 client db.system.name=neo4j !refused' },
      records: { 'graph-write': [] },
    },
    findings: ['swallowed-error(graph-write)'],
  },
  'slow-vote': {
    changes: {
      lines: {
        v1: 'v1 allocator <as 21-421 step=council-vote gpu.vote=approve gpu.voter=m1',
        vc1: 'vc1 allocator <v1 23-420 client http.response.status_code=200',
        w: 'w allocator <as 430-440 step=graph-write',
        wc: undefined,
        k: 'k allocator <as 441-442 step=cache-write',
        kc: undefined,
        p: 'p allocator <as 443-446 step=event-publish',
        pc: 'pc allocator <p 444-445 producer messaging.system=kafka',
        nh: 'nh notifier <pc 446-448 consumer from=pc.1 step=event-handled',
        g: 'g gateway 0-460 server',
        gc: 'gc gateway <g 1-459 client http.response.status_code=201',
        as: 'as allocator <gc 3-458 server from=gc.1',
      },
    },
    findings: ['over-budget(council-vote)'],
  },
  'broken-context': {
    changes: { lines: { nh: 'nh notifier 100-130 consumer step=event-handled trace=2' } },
    findings: ['context-lost(undefined)'],
  },
  'wrong-content': {
    changes: { records: { 'graph-write': [{ store: 'neo4j', row: { gpu: 'another' } }] } },
    findings: ['wrong-content(graph-write)'],
  },
  'orphan-cache': {
    changes: { lines: { w: undefined, wc: undefined }, records: { 'graph-write': [] } },
    findings: ['orphan(cache-write)'],
  },
  'double-lease': {
    changes: { flow: { leases: LEASES }, records: { 'lease gpu': [lease('d0', 0, null), lease('d1', 5_000, 60_000)] } },
    findings: ['double-grant(graph-write)'],
  },
  'stale-cache': {
    changes: {
      flow: {
        steps: [...gpuFlow.steps, { name: 'context-read', matcher: { step: 'context-read' }, mayFail: false }],
        versions: [
          { name: 'context', writtenBy: ['graph-write'], readBy: ['context-read'], version: 'output', key: undefined },
        ],
      },
      lines: {
        w: 'w allocator <as 60-80 step=graph-write output=2',
        x: 'x allocator <as 92-95 step=context-read output=1',
      },
    },
    findings: ['stale-read(context-read)'],
  },
  'outbox-gap': {
    changes: { lines: { p: undefined, pc: undefined, nh: undefined }, records: { 'event-publish': [] } },
    findings: ['outbox-gap(event-publish)'],
  },
};

function told(verdict: Verdict): readonly string[] {
  return verdict.findings.map(({ code, step }) => `${code}(${step})`);
}

describe('the planted defects of the reference system', () => {
  it('a request without any passes, by proof', () => {
    const verdict = judge(gpuRequest(), evaluate);
    expect(verdict.findings).to.deep.equal([]);
    expect(verdict.reasons).to.deep.equal([]);
    expect(verdict.outcome).to.equal('pass');
    expect(verdict.strength.undecided).to.equal(0);
  });

  for (const [defect, { changes, findings }] of Object.entries(DEFECTS)) {
    it(`${defect} gives ${findings.join(' and ')} and nothing else`, () => {
      const verdict = judge(gpuRequest(changes), evaluate);
      expect(told(verdict)).to.deep.equal(findings);
      expect(verdict.reasons).to.deep.equal([]);
      expect(verdict.outcome).to.equal('fail');
    });
  }

  it('a rejected request passes when nothing was stored', () => {
    const rejected = gpuRequest({
      lines: {
        w: undefined,
        wc: undefined,
        k: undefined,
        kc: undefined,
        p: undefined,
        pc: undefined,
        nh: undefined,
        v1: 'v1 allocator <as 21-50 step=council-vote gpu.vote=reject gpu.voter=m1',
        v2: 'v2 allocator <as 21-50 step=council-vote gpu.vote=reject gpu.voter=m2',
        r: 'r allocator <as 60-70 step=rejection-notice',
      },
      records: { 'graph-write': [], 'cache-write': [], 'event-publish': [] },
    });
    const verdict = judge(rejected, evaluate);
    expect(told(verdict)).to.deep.equal([]);
    expect(verdict.outcome).to.equal('pass');
  });

  it('lost telemetry is named by process and number, and nothing is called missing', () => {
    const evidence = gpuRequest({ completedBy: 'quiet', lines: { cs4: undefined, cs5: undefined } });
    const processes = evidence.trace.accounting.processes.map((each) =>
      each.service === 'council' ? { ...each, spansCounted: 5, spansHeld: 3 } : each,
    );
    const unsettled = ['vc4', 'vc5'].map((spanId) => ({ spanId, n: 1, service: 'allocator', peer: '127.0.0.1:4100' }));
    const lost = {
      ...evidence,
      trace: { ...evidence.trace, accounting: { processes, unsettled, missingParents: [] } },
    };
    const verdict = judge(lost, evaluate);
    expect(verdict.outcome).to.equal('unknown');
    expect(verdict.findings).to.deep.equal([]);
    expect(
      verdict.reasons.map((reason) => 'service' in reason && [reason.code, reason.service, reason.count]),
    ).to.deep.equal([['telemetry-lost', 'council', 2]]);
  });

  it('the witness of an order that is wrong is a cycle of four arrows, one of them the flow', () => {
    const verdict = judge(gpuRequest(DEFECTS['cache-before-graph']!.changes), evaluate);
    const [finding] = verdict.findings;
    if (finding?.code !== 'wrong-order') throw new Error('no wrong-order');
    const kinds = finding.facts.cycle.map(({ because }) => because.kind);
    expect(kinds).to.include('flow');
    expect(kinds).to.include('sequence');
    expect(new Set(finding.spanIds)).to.deep.equal(new Set(['k', 'w']));
    finding.facts.cycle.forEach((edge, i) => {
      expect(edge.to).to.deep.equal(finding.facts.cycle[(i + 1) % finding.facts.cycle.length]!.from);
    });
  });

  it('a node that should not be there after a rejection is an effect without a span', () => {
    const verdict = judge(
      gpuRequest({ lines: { w: undefined, wc: undefined }, records: { 'graph-write': [node] } }),
      evaluate,
    );
    expect(told(verdict)).to.deep.equal(['effect-without-span(graph-write)']);
  });
});
