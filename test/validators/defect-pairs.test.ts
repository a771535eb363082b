import { expect } from 'chai';
import type { ProcessAccount, StoredRecord } from '../../src/model/index.js';
import { judge } from '../../src/validators/index.js';
import { evaluate, type GpuChanges, gpuRequest, message } from '../helpers/gpu-request.js';
import { tell } from './cases.js';

const gone = (...ids: readonly string[]): Record<string, undefined> =>
  Object.fromEntries(ids.map((id) => [id, undefined]));

const CHANGES: Readonly<Record<string, GpuChanges>> = {
  'lying-cache': { lines: gone('kc'), records: { 'cache-write': [] } },
  'dark-graph-write': { lines: gone('w', 'wc') },
  'cache-before-graph': {
    lines: {
      k: 'k allocator <as 55-58 step=cache-write',
      kc: 'kc allocator <k 56-57 client db.system.name=redis name=SET',
    },
  },
  'duplicate-event': {
    lines: { nh2: 'nh2 notifier <pc 131-140 consumer from=pc.2 step=event-handled' },
    records: { 'event-publish': [message(7), message(8)] },
  },
  'no-quorum': { lines: gone(...[3, 4, 5].flatMap((n) => [`v${n}`, `vc${n}`, `cs${n}`])) },
  'stuck-consumer': {
    lines: gone('nh', 'nh2'),
    records: { 'event-publish': [message(7, '7')] },
    completedBy: 'root-quiet',
    accounting: { unsettled: [{ spanId: 'pc', n: 1, service: 'allocator', peer: 'gpu.allocated' }] },
  },
  'lost-telemetry': { lines: gone('cs1'), completedBy: 'quiet' },
};

const TOLD: Readonly<Record<string, string>> = {
  'lying-cache': 'span-without-effect(cache-write)',
  'dark-graph-write': 'effect-without-span(graph-write)',
  'cache-before-graph': 'wrong-order(cache-write)',
  'duplicate-event': 'duplicate-effect(event-publish)',
  'no-quorum': 'vote-integrity(council-vote)',
  'stuck-consumer': 'not-consumed(event-publish)',
  'lost-telemetry': 'telemetry-lost',
};

/** Pairs in which one hides the other, and why. */
const HIDDEN: Readonly<Record<string, readonly [string, string]>> = {
  'dark-graph-write + cache-before-graph': [
    'cache-before-graph',
    'without a span of the graph write no order can be proven',
  ],
};

function both(a: GpuChanges, b: GpuChanges): GpuChanges {
  const lines = { ...a.lines, ...b.lines };
  const records: Record<string, readonly StoredRecord[] | undefined> = { ...a.records, ...b.records };
  return {
    ...a,
    ...b,
    lines,
    records,
    ...(a.completedBy === undefined ? {} : { completedBy: b.completedBy ?? a.completedBy }),
  };
}

function evidenceFor(a: string, b: string): ReturnType<typeof gpuRequest> {
  const changes = both(CHANGES[a]!, CHANGES[b]!);
  const names = [a, b];
  const records = { ...changes.records };
  if (names.includes('duplicate-event') && names.includes('stuck-consumer'))
    records['event-publish'] = [message(7, '7'), message(8, '7')];
  const evidence = gpuRequest({
    ...changes,
    records,
    lines:
      names.includes('cache-before-graph') && names.includes('lying-cache')
        ? { ...changes.lines, ...gone('kc') }
        : { ...changes.lines },
  });
  if (!names.includes('lost-telemetry')) return evidence;
  const processes = evidence.trace.accounting.processes.map(
    (each): ProcessAccount => (each.service === 'council' ? { ...each, spansCounted: each.spansHeld + 2 } : each),
  );
  return { ...evidence, trace: { ...evidence.trace, accounting: { ...evidence.trace.accounting, processes } } };
}

describe('pairs of planted defects', () => {
  const names = Object.keys(CHANGES);
  names.forEach((a, i) => {
    for (const b of names.slice(i + 1)) {
      const [hidden, why] = HIDDEN[`${a} + ${b}`] ?? [];
      it(`${a} + ${b}: ${hidden === undefined ? 'both are told' : `${hidden} is hidden: ${why}`}`, () => {
        const verdict = judge(evidenceFor(a, b), evaluate);
        const expected = [a, b].filter((name) => name !== hidden).map((name) => TOLD[name]!);
        expect(new Set(tell(verdict))).to.deep.equal(new Set(expected));
        expect(verdict.outcome).to.equal('fail');
      });
    }
  });
});
