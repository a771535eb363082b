import type { CompiledFlow, FindingCode, Rule, StoredRecord, Verdict } from '../../src/model/index.js';
import { effectOf, evidenceOf, flowOf, opt, par, rep, seq, traceOf } from '../helpers/evidence.js';
import { entry, type GpuChanges, gpuRequest, LEASES, lease, message, node } from '../helpers/gpu-request.js';

type Evidence = Parameters<typeof import('../../src/validators/index.js').judge>[0];

export interface Case {
  readonly name: string;
  readonly evidence: () => Evidence;
  /** What must be told: `code(step)` of the findings, and the codes of the reasons. */
  readonly told: readonly string[];
}

/** The findings and reasons of a verdict, in short. */
export function tell({ findings, reasons }: Verdict): readonly string[] {
  return [...findings.map(({ code, step }) => `${code}(${step ?? ''})`), ...reasons.map(({ code }) => code)];
}

const gpu = (name: string, changes: GpuChanges, told: readonly string[]): Case => ({
  name,
  told,
  evidence: () => gpuRequest(changes),
});

const small = (
  name: string,
  {
    order,
    lines,
    options = {},
    rest = {},
    records = {},
  }: {
    readonly order: Parameters<typeof flowOf>[0];
    readonly lines: string;
    readonly options?: Parameters<typeof traceOf>[1];
    readonly rest?: Parameters<typeof flowOf>[1];
    readonly records?: Parameters<typeof evidenceOf>[2];
  },
  told: readonly string[],
): Case => ({ name, told, evidence: () => evidenceOf(flowOf(order, rest), traceOf(lines, options), records) });

/** The reference request, with these grants of its GPU in the graph. */
const granted = (
  name: string,
  grants: readonly StoredRecord[] | undefined,
  told: readonly string[],
  { rule = {}, ...changes }: GpuChanges & { readonly rule?: Partial<(typeof LEASES)[number]> } = {},
): Case =>
  gpu(
    name,
    {
      ...changes,
      flow: { leases: LEASES.map((each) => ({ ...each, ...rule })) },
      records: { ...changes.records, 'lease gpu': grants },
    },
    told,
  );

/** A write and a read of one thing; `output` is the version. */
const versioned = (
  name: string,
  lines: string,
  told: readonly string[],
  {
    options = { stamped: true },
    rest = {},
    records = {},
    key,
    order = par(rep('write', 0, null, true), rep('read', 0, null, true)),
  }: {
    readonly options?: Parameters<typeof traceOf>[1];
    readonly rest?: Parameters<typeof flowOf>[1];
    readonly records?: Parameters<typeof evidenceOf>[2];
    readonly key?: string;
    readonly order?: Parameters<typeof flowOf>[0];
  } = {},
): Case => {
  const version = key === undefined ? 'output' : 'output.version';
  const versions = [{ name: 'page', writtenBy: ['write'], readBy: ['read'], version, key }];
  return small(name, { order, lines, options, records, rest: { versions, ...rest } }, told);
};

const redis = (step: string): ReturnType<typeof effectOf> => effectOf(step, { store: 'redis', key: step });

const rules = (...given: readonly Rule[]): Parameters<typeof flowOf>[1] => ({ rules: given });
const invariant = (expression: string): { readonly invariants: CompiledFlow['invariants'] } => ({
  invariants: [{ name: 'holds', expression }],
});

/** For each code, requests with the violation and requests that come near it. */
export const CASES: Readonly<
  Record<FindingCode, { readonly planted: readonly Case[]; readonly clean: readonly Case[] }>
> = {
  'missing-step': {
    planted: [
      small(
        'an earlier step that failed does not explain it: the request went on',
        { order: seq('a', 'b', 'c'), lines: 'a s 0-9 step=a !no\nb s 10-11 step=b' },
        ['step-failed(a)', 'missing-step(c)'],
      ),
      small('the last of two', { order: seq('a', 'b'), lines: 'a s 0-10 step=a' }, ['missing-step(b)']),
      small(
        'two apart: what lies between happened',
        { order: seq('a', 'b', 'c', 'd'), lines: 'a s 0-10 step=a\nc s 20-30 step=c' },
        ['missing-step(b)', 'missing-step(d)'],
      ),
      small(
        'a service down after step 3 of 9: one finding, not six',
        {
          order: seq(...'abcdefghi'),
          lines: 'a s 0-1 step=a\nb s 2-3 step=b\nc s 4-5 step=c',
        },
        ['missing-step(d)'],
      ),
      small(
        'an optional sequence with only its first step',
        { order: seq('r', opt(seq('a', 'b'))), lines: 'r s 0-1 step=r\na s 2-3 step=a' },
        ['missing-step(b)'],
      ),
      small(
        'a guess is enough where the flow trusts it',
        {
          order: seq('a', 'b'),
          lines: 'a s 0-10 step=a',
          options: { completedBy: 'quiet' },
          rest: { trust: 'quiet' },
        },
        ['missing-step(b)'],
      ),
      {
        name: 'a store proves it under a guessed completion',
        told: ['missing-step(b)'],
        evidence: () =>
          evidenceOf(
            flowOf(seq('a', 'b'), { effects: [redis('b')] }),
            traceOf('a s 0-10 step=a', { completedBy: 'quiet' }),
            { b: [] },
          ),
      },
    ],
    clean: [
      small('an optional step', { order: seq('a', opt('b')), lines: 'a s 0-10 step=a' }, []),
      small(
        'under a guess it is awaited',
        { order: seq('a', 'b'), lines: 'a s 0-10 step=a', options: { completedBy: 'root-quiet' } },
        ['incomplete'],
      ),
      small(
        'while the request is open',
        { order: seq('a', 'b'), lines: 'a s 0-10 step=a', options: { completedBy: undefined } },
        ['incomplete'],
      ),
      gpu('a whole request', {}, []),
    ],
  },
  'unexpected-step': {
    planted: [
      gpu('a rejection beside an approval', { lines: { r: 'r allocator <as 140-141 step=rejection-notice' } }, [
        'unexpected-step(rejection-notice)',
      ]),
      small(
        'a step of no name, forbidden',
        { order: seq('a'), lines: 'a s 0-9 step=a\nz s 10-11 step=z', rest: { unexpected: 'forbid' } },
        ['unexpected-step(z)'],
      ),
      small(
        'a call to a store outside all steps, forbidden',
        {
          order: seq('a'),
          lines: 'a s 0-9 step=a\nq s 10-11 client db.system.name=redis',
          rest: { unexpected: 'forbid' },
        },
        ['unexpected-step()'],
      ),
    ],
    clean: [
      small('a step of no name, reported', { order: seq('a'), lines: 'a s 0-9 step=a\nz s 10-11 step=z' }, []),
      small(
        'a call to a store inside a step, forbidden',
        {
          order: seq('a'),
          lines: 'a s 0-9 step=a\nq s <a 1-2 client db.system.name=redis',
          rest: { unexpected: 'forbid' },
        },
        [],
      ),
      small(
        'a call to a store whose step was lost, forbidden',
        {
          order: seq('a', opt('b')),
          lines: 'a s 0-9 step=a\nq s <b 11-12 client db.system.name=redis',
          options: {
            completedBy: 'quiet',
            accounting: {
              processes: [{ service: 's', instanceId: 's-1', spansHeld: 2, spansCounted: 3 }],
              missingParents: [{ spanId: 'q', parentSpanId: 'b', service: 's' }],
            },
          },
          rest: { unexpected: 'forbid' },
        },
        ['telemetry-lost'],
      ),
      {
        name: 'a step of an order inside, where the span around it is lost',
        told: ['telemetry-lost'],
        evidence: () => {
          const accounting = {
            processes: [{ service: 's', instanceId: 's-1', spansHeld: 2, spansCounted: 3 }],
            missingParents: [{ spanId: 'b', parentSpanId: 'x', service: 's' }],
          };
          const trace = traceOf('a s 0-9 step=a\nb s <x 2-3 step=b', { completedBy: 'quiet', accounting });
          const steps = [
            { name: 'a', matcher: { step: 'a' }, mayFail: false, inside: seq('b') },
            { name: 'b', matcher: { step: 'b' }, mayFail: false },
          ];
          return evidenceOf(flowOf(seq('a'), { steps }), trace);
        },
      },
      {
        name: 'a step that has to hang under another, where what is above it is lost',
        told: ['telemetry-lost'],
        evidence: () => {
          const accounting = {
            processes: [{ service: 's', instanceId: 's-1', spansHeld: 2, spansCounted: 3 }],
            missingParents: [{ spanId: 'b', parentSpanId: 'x', service: 's' }],
          };
          const trace = traceOf('a s 0-9 step=a\nb s <x 2-3 step=b', { completedBy: 'quiet', accounting });
          return evidenceOf(flowOf(seq('a', { kind: 'step', step: 'b', under: 'a' })), trace);
        },
      },
      small(
        'scenery, forbidden',
        { order: seq('a'), lines: 'a s 0-9 step=a\nq s 10-11 server', rest: { unexpected: 'forbid' } },
        [],
      ),
    ],
  },
  'wrong-order': {
    planted: [
      small(
        'siblings that overlap in one process: not awaited',
        { order: seq('a', 'b'), lines: 'r s 0-30\na s <r 1-10 step=a\nb s <r 5-20 step=b', options: { stamped: true } },
        ['wrong-order(b)'],
      ),
      small(
        'by clock alone, 5 ms',
        { order: seq('a', 'b'), lines: 'r s 0-30\na s <r 1-10 step=a\nb s <r 5-20 step=b' },
        ['wrong-order(b)'],
      ),
      small(
        "the later one is the earlier one's parent",
        { order: seq('a', 'b'), lines: 'b s 0-30 step=b\na s <b 5-10 step=a' },
        ['wrong-order(b)'],
      ),
      small(
        'rounds of a serial repeat overlap',
        {
          order: seq(rep('a', 1, null)),
          lines: 'r s 0-30\na1 s <r 1-10 step=a\na2 s <r 5-20 step=a',
          options: { stamped: true },
        },
        ['wrong-order(a)'],
      ),
      small(
        'over two processes, by the hand-off',
        {
          order: seq('b', 'a'),
          lines: 'r s 0-30\na s <r 1-4 step=a\nc s <r 5-20 client\nq t <c 6-10 server from=c.1\nb t <q 7-8 step=b',
          options: { stamped: true, skewMs: { t: -400 } },
        },
        ['wrong-order(a)'],
      ),
      small(
        'over two processes, by clocks that a round trip binds',
        {
          order: seq('b', 'a'),
          lines:
            'r s 0-300\nc s <r 1-20 client http.response.status_code=200\nq t <c 2-19 server\na s <r 21-30 step=a\nb t <q 200-210 step=b',
          options: { skewMs: { t: 300 } },
        },
        ['wrong-order(a)'],
      ),
      small(
        'by message offsets in one partition',
        {
          order: seq('b', 'a'),
          lines: [
            'a s 0-100 producer step=a messaging.system=kafka messaging.destination.name=t messaging.destination.partition.id=0 messaging.kafka.offset=4',
            'b u 0-100 ~x consumer step=b messaging.system=kafka messaging.destination.name=t messaging.destination.partition.id=0 messaging.kafka.offset=7',
          ].join('\n'),
        },
        ['wrong-order(a)'],
      ),
    ],
    clean: [
      {
        name: 'hedged tries that went on too long, where the one that answered first may be lost',
        told: ['telemetry-lost'],
        evidence: () => {
          const accounting = {
            processes: [{ service: 's', instanceId: 's-1', spansHeld: 3, spansCounted: 4 }],
          };
          const lines = 'r s 0-90\na s <r 1-40 step=a\nb s <r 20-60 step=b';
          const trace = traceOf(lines, { completedBy: 'quiet', accounting, stamped: true });
          const steps = [
            {
              name: 'a',
              matcher: { step: 'a', tries: 'hedged' as const },
              mayFail: false,
              attempts: { min: 1, max: 3 },
            },
            { name: 'b', matcher: { step: 'b' }, mayFail: false },
          ];
          return evidenceOf(flowOf(seq('a', 'b'), { steps }), trace);
        },
      },
      small(
        "the earlier one is the later one's parent",
        { order: seq('a', 'b'), lines: 'a s 0-30 step=a\nb s <a 5-40 step=b', options: { stamped: true } },
        [],
      ),
      small(
        '0.4 ms apart, by clock only: undecided',
        { order: seq('a', 'b'), lines: 'r s 0-30\na s <r 1-10.4 step=a\nb s <r 10-20 step=b' },
        [],
      ),
      small(
        '0.4 ms apart, and proof is asked for',
        { order: seq('a', 'b'), lines: 'r s 0-30\na s <r 1-10.4 step=a\nb s <r 10-20 step=b', rest: { prove: true } },
        ['undecided'],
      ),
      small(
        'rounds of a parallel repeat overlap',
        {
          order: seq(rep('a', 1, null, true)),
          lines: 'r s 0-30\na1 s <r 1-10 step=a\na2 s <r 5-20 step=a',
          options: { stamped: true },
        },
        [],
      ),
      small(
        'inverted by half a second of skew',
        {
          order: seq('a', 'b'),
          lines: 'a s 100-110 step=a\nb t <a 120-130 server step=b',
          options: { skewMs: { t: -500 } },
        },
        [],
      ),
      small(
        'parallel steps in any order',
        { order: par('a', 'b'), lines: 'b s 0-10 step=b\na s 5-20 step=a', options: { stamped: true } },
        [],
      ),
    ],
  },
  'wrong-count': {
    planted: [
      small('too few', { order: seq(rep('a', 2, 3)), lines: 'a1 s 0-1 step=a' }, ['wrong-count(a)']),
      small('too many', { order: seq('a', 'b'), lines: 'a s 0-1 step=a\nb1 s 2-3 step=b\nb2 s 4-5 step=b' }, [
        'wrong-count(b)',
      ]),
      small(
        'too many, while open',
        { order: seq('a'), lines: 'a1 s 0-1 step=a\na2 s 2-3 step=a', options: { completedBy: undefined } },
        ['wrong-count(a)', 'incomplete'],
      ),
    ],
    clean: [
      small('within bounds', { order: seq(rep('a', 2, 3)), lines: 'a1 s 0-1 step=a\na2 s 2-3 step=a' }, []),
      small(
        'too few under a guess',
        { order: seq(rep('a', 2, 3)), lines: 'a1 s 0-1 step=a', options: { completedBy: 'quiet' } },
        ['incomplete'],
      ),
      small(
        'unbounded',
        {
          order: seq(rep('a', 0, null, true)),
          lines: [1, 2, 3, 4, 5, 6].map((n) => `a${n} s ${n}-${n + 0.5} step=a`).join('\n'),
        },
        [],
      ),
    ],
  },
  'step-failed': {
    planted: [
      gpu(
        'the graph refuses, and the request stops',
        {
          lines: {
            w: 'w allocator <as 60-80 step=graph-write !refused',
            wc: undefined,
            k: undefined,
            kc: undefined,
            p: undefined,
            pc: undefined,
            nh: undefined,
          },
          records: { 'graph-write': [], 'cache-write': [], 'event-publish': [] },
        },
        ['step-failed(graph-write)'],
      ),
      small(
        'an inner step fails, and its outer one with it',
        { order: seq('a', 'b'), lines: 'a s 0-9 step=a !inner\nb s <a 1-2 step=b !inner' },
        ['step-failed(b)'],
      ),
    ],
    clean: [
      small(
        'a step that may fail',
        {
          order: seq('a'),
          lines: 'a s 0-9 step=a !no',
          rest: { steps: [{ name: 'a', matcher: { step: 'a' }, mayFail: true }] },
        },
        [],
      ),
      {
        name: 'tries that failed, where nobody accounts for more of them',
        told: ['incomplete'],
        evidence: () => {
          const accounting = {
            processes: [{ service: 's', instanceId: 's-1', spansHeld: 1, spansCounted: undefined }],
          };
          const trace = traceOf('a s 0-9 step=a !no', { completedBy: 'quiet', accounting });
          const steps = [{ name: 'a', matcher: { step: 'a' }, mayFail: false, attempts: { min: 1, max: 3 } }];
          return evidenceOf(flowOf(seq('a'), { steps }), trace);
        },
      },
      {
        name: 'tries that failed, where the one that went well may be lost',
        told: ['telemetry-lost'],
        evidence: () => {
          const accounting = {
            processes: [{ service: 's', instanceId: 's-1', spansHeld: 1, spansCounted: 2 }],
          };
          const trace = traceOf('a s 0-9 step=a !no', { completedBy: 'quiet', accounting });
          const steps = [{ name: 'a', matcher: { step: 'a' }, mayFail: false, attempts: { min: 1, max: 3 } }];
          return evidenceOf(flowOf(seq('a'), { steps }), trace);
        },
      },
      small(
        'a failing call inside a step that went well',
        { order: seq('a'), lines: 'a s 0-9 step=a\nc s <a 1-2 client !no' },
        [],
      ),
    ],
  },
  'over-budget': {
    planted: [
      small(
        'a slow step explains the slow whole, and the fast others are not blamed',
        {
          order: seq('a', 'b'),
          lines: 'a s 0-1900 step=a\nb s 1901-2100 step=b',
          rest: {
            budgets: [
              { kind: 'total', limitMs: 2_000 },
              { kind: 'step', step: 'a', limitMs: 300 },
            ],
          },
        },
        ['over-budget(a)'],
      ),
      small(
        'a step',
        { order: seq('a'), lines: 'a s 0-400 step=a', rest: { budgets: [{ kind: 'step', step: 'a', limitMs: 300 }] } },
        ['over-budget(a)'],
      ),
      small(
        'a step that took less than it must',
        { order: seq('a'), lines: 'a s 0-4 step=a', rest: { budgets: [{ kind: 'step', step: 'a', leastMs: 5 }] } },
        ['over-budget(a)'],
      ),
      small(
        'a stretch that took less than it must',
        {
          order: seq('a', 'b'),
          lines: 'a s 0-10 step=a\nb s 500-1200 step=b',
          rest: { budgets: [{ kind: 'between', from: 'a', to: 'b', leastMs: 2_000 }] },
        },
        ['over-budget(b)'],
      ),
      small(
        'a stretch in one process',
        {
          order: seq('a', 'b'),
          lines: 'a s 0-10 step=a\nb s 500-1200 step=b',
          rest: { budgets: [{ kind: 'between', from: 'a', to: 'b', limitMs: 1_000 }] },
        },
        ['over-budget(b)'],
      ),
      small(
        'the whole',
        {
          order: seq('a'),
          lines: 'a s 0-10 step=a\nb s <a 20-3000',
          rest: { budgets: [{ kind: 'total', limitMs: 2_000 }] },
        },
        ['over-budget()'],
      ),
      small(
        'a stretch across clocks that a round trip binds',
        {
          order: seq('a', 'b'),
          lines:
            'c s 0-20 client http.response.status_code=200\nq t <c 5-15 server\na s <c 6-10 step=a\nb t <q 1500-1600 step=b',
          options: { skewMs: { t: 300 } },
          rest: { budgets: [{ kind: 'between', from: 'a', to: 'b', limitMs: 1_000 }] },
        },
        ['over-budget(b)'],
      ),
    ],
    clean: [
      small(
        'within',
        { order: seq('a'), lines: 'a s 0-300 step=a', rest: { budgets: [{ kind: 'step', step: 'a', limitMs: 300 }] } },
        [],
      ),
      small(
        'by the clocks as read, across processes',
        {
          order: seq('a', 'b'),
          lines: 'a s 0-10 step=a\nb t <a 20-90 server step=b',
          rest: { budgets: [{ kind: 'between', from: 'a', to: 'b', limitMs: 100 }] },
        },
        [],
      ),
      small(
        'skew that looks like delay is undecided, not over',
        {
          order: seq('a', 'b'),
          lines: 'a s 0-10 step=a\nb t <a 20-90 server step=b',
          options: { skewMs: { t: 500 } },
          rest: { budgets: [{ kind: 'between', from: 'a', to: 'b', limitMs: 100 }] },
        },
        ['undecided'],
      ),
    ],
  },
  'context-lost': {
    planted: [
      gpu(
        'the consumer starts a trace of its own',
        { lines: { nh: 'nh notifier 100-130 consumer step=event-handled trace=2' } },
        ['context-lost()'],
      ),
    ],
    clean: [
      gpu(
        'another trace, linked',
        { lines: { nh: 'nh notifier ~pc 100-130 consumer step=event-handled trace=2' } },
        [],
      ),
      gpu(
        'lost spans may have held the edge',
        {
          lines: { nh: 'nh notifier 100-130 consumer step=event-handled trace=2' },
          completedBy: 'quiet',
          accounting: { processes: [{ service: 'notifier', instanceId: 'notifier-1', spansHeld: 1, spansCounted: 2 }] },
        },
        ['telemetry-lost'],
      ),
    ],
  },
  'span-without-effect': {
    planted: [
      gpu('a lying cache', { lines: { kc: undefined }, records: { 'cache-write': [] } }, [
        'span-without-effect(cache-write)',
      ]),
      {
        name: 'one record of two',
        told: ['span-without-effect(a)'],
        evidence: () =>
          evidenceOf(flowOf(seq('a'), { effects: [{ ...redis('a'), count: 2 }] }), traceOf('a s 0-9 step=a'), {
            a: [entry],
          }),
      },
      gpu('a lying graph hides the orphan and the vote', { records: { 'graph-write': [] } }, [
        'span-without-effect(graph-write)',
      ]),
      gpu(
        'a lost event, under a guess',
        {
          lines: { nh: undefined },
          records: { 'event-publish': [] },
          completedBy: 'quiet',
        },
        ['span-without-effect(event-publish)'],
      ),
    ],
    clean: [
      gpu('all there', {}, []),
      gpu('the store did not answer', { records: { 'cache-write': undefined } }, ['store-unreachable']),
      {
        name: 'a step that may fail, and did',
        told: [],
        evidence: () =>
          evidenceOf(
            flowOf(seq('a'), { effects: [redis('a')], steps: [{ name: 'a', matcher: { step: 'a' }, mayFail: true }] }),
            traceOf('a s 0-9 step=a !no'),
            { a: [] },
          ),
      },
    ],
  },
  'effect-without-span': {
    planted: [
      gpu('a dark graph write', { lines: { w: undefined, wc: undefined } }, ['effect-without-span(graph-write)']),
      gpu(
        'dark, and stands while the notifier is only guessed to be done',
        { lines: { w: undefined, wc: undefined }, completedBy: 'quiet' },
        ['effect-without-span(graph-write)', 'incomplete'].slice(0, 1),
      ),
    ],
    clean: [
      gpu(
        'the spans of the service were lost',
        {
          lines: { w: undefined, wc: undefined },
          completedBy: 'quiet',
          accounting: {
            processes: [{ service: 'allocator', instanceId: 'allocator-1', spansHeld: 20, spansCounted: 22 }],
          },
        },
        ['telemetry-lost'],
      ),
      gpu(
        'a service without a ledger may still speak',
        {
          lines: { w: undefined, wc: undefined },
          completedBy: 'quiet',
          accounting: {
            processes: [{ service: 'allocator', instanceId: 'allocator-1', spansHeld: 20, spansCounted: undefined }],
          },
        },
        ['incomplete'],
      ),
    ],
  },
  'swallowed-error': {
    planted: [
      small(
        'a failing cache read explains no step that is missing later',
        {
          order: seq('a', 'b', 'c'),
          lines: 'a s 0-9 step=a\nq s <a 1-2 client db.system.name=redis !down\nb s 10-11 step=b',
        },
        ['swallowed-error(a)', 'missing-step(c)'],
      ),
      gpu(
        'the graph refused and the step says all is well',
        { lines: { wc: 'wc allocator <w 61-79 client db.system.name=neo4j !refused' }, records: { 'graph-write': [] } },
        ['swallowed-error(graph-write)'],
      ),
      gpu(
        'two levels down',
        {
          lines: { wm: 'wm allocator <w 61-79', wc: 'wc allocator <wm 62-78 client db.system.name=neo4j !refused' },
          records: { 'graph-write': [] },
        },
        ['swallowed-error(graph-write)'],
      ),
    ],
    clean: [
      gpu(
        'a later attempt succeeded',
        {
          lines: {
            wc: 'wc allocator <w 61-65 client db.system.name=neo4j name=MERGE !deadlock',
            wd: 'wd allocator <w 66-79 client db.system.name=neo4j name=MERGE',
          },
        },
        [],
      ),
      gpu(
        'an error answer of a service is an answer',
        { lines: { vc1: 'vc1 allocator <v1 23-49 client http.response.status_code=404 !no' } },
        [],
      ),
    ],
  },
  'duplicate-effect': {
    planted: [
      gpu('one publish, two messages', { records: { 'event-publish': [message(7), message(8)] } }, [
        'duplicate-effect(event-publish)',
      ]),
      gpu('two nodes', { records: { 'graph-write': [node, node] } }, ['duplicate-effect(graph-write)']),
    ],
    clean: [
      gpu('one of each', {}, []),
      gpu(
        'the step ran twice: that is the cause',
        {
          lines: { k2: 'k2 allocator <as 111-112 step=cache-write' },
          records: { 'cache-write': [entry, entry] },
        },
        ['wrong-count(cache-write)'],
      ),
    ],
  },
  'wrong-content': {
    planted: [
      gpu('another gpu in the graph', { records: { 'graph-write': [{ store: 'neo4j', row: { gpu: 'another' } }] } }, [
        'wrong-content(graph-write)',
      ]),
      gpu(
        'another gpu in the cache',
        { records: { 'cache-write': [{ ...entry, value: '{"gpu":"another"}' } as typeof entry] } },
        ['wrong-content(cache-write)'],
      ),
    ],
    clean: [
      gpu('as expected', {}, []),
      gpu(
        'an expression that cannot be worked out is a reason',
        {
          flow: { effects: [effectOf('graph-write', { store: 'neo4j', cypher: 'x' }, { expect: 'breaks' })] },
        },
        ['undecided'],
      ),
    ],
  },
  'outbox-gap': {
    planted: [
      gpu(
        'and nothing else after the commit either: the request ended there',
        {
          lines: { k: undefined, kc: undefined, p: undefined, pc: undefined, nh: undefined },
          records: { 'cache-write': [], 'event-publish': [] },
        },
        ['outbox-gap(event-publish)'],
      ),
      gpu(
        'committed, never announced',
        { lines: { p: undefined, pc: undefined, nh: undefined }, records: { 'event-publish': [] } },
        ['outbox-gap(event-publish)'],
      ),
      gpu(
        'the store shows it under a guess too',
        {
          lines: { p: undefined, pc: undefined, nh: undefined },
          records: { 'event-publish': [] },
          completedBy: 'quiet',
        },
        ['outbox-gap(event-publish)'],
      ),
    ],
    clean: [
      gpu(
        'announced out of sight: dark, not silent',
        { lines: { p: undefined, pc: undefined, nh: 'nh notifier ~wc 100-130 consumer step=event-handled' } },
        ['effect-without-span(event-publish)'],
      ),
      gpu(
        'the log did not answer',
        {
          lines: { p: undefined, pc: undefined, nh: undefined },
          records: { 'event-publish': undefined },
          completedBy: 'quiet',
        },
        ['incomplete', 'store-unreachable'],
      ),
    ],
  },
  orphan: {
    planted: [
      gpu(
        'a cache entry whose graph write was left out',
        { lines: { w: undefined, wc: undefined }, records: { 'graph-write': [] } },
        ['orphan(cache-write)'],
      ),
    ],
    clean: [
      gpu('both there', {}, []),
      gpu("the parent's store did not answer", { records: { 'graph-write': undefined } }, ['store-unreachable']),
      gpu("the parent's step lied: that is the cause", { records: { 'graph-write': [] } }, [
        'span-without-effect(graph-write)',
      ]),
    ],
  },
  'not-consumed': {
    planted: [
      gpu('the group stands at the message', { records: { 'event-publish': [message(7, '7')] } }, [
        'not-consumed(event-publish)',
      ]),
      gpu(
        'the group never committed',
        { records: { 'event-publish': [message(7, null)] }, lines: { nh: undefined }, completedBy: 'root-quiet' },
        ['not-consumed(event-publish)'],
      ),
    ],
    clean: [
      gpu('one past the message', { records: { 'event-publish': [message(9, '10')] } }, []),
      gpu('far past it, compared as numbers', { records: { 'event-publish': [message(9, '100')] } }, []),
    ],
  },
  'vote-integrity': {
    planted: [
      gpu(
        'two votes, both for it, and decided anyway',
        {
          lines: Object.fromEntries(
            [3, 4, 5].flatMap((n) => [`v${n}`, `vc${n}`, `cs${n}`].map((id) => [id, undefined])),
          ),
        },
        ['vote-integrity(council-vote)'],
      ),
      gpu(
        'stored against the votes',
        {
          lines: Object.fromEntries(
            [1, 2, 3].map((n) => [
              `v${n}`,
              `v${n} allocator <as 21-52 step=council-vote gpu.vote=reject gpu.voter=m${n}`,
            ]),
          ),
        },
        ['vote-integrity(council-vote)'],
      ),
      gpu(
        'a voter counted twice',
        {
          lines: {
            v3: 'v3 allocator <as 21-52 step=council-vote gpu.vote=reject gpu.voter=m3',
            v4: 'v4 allocator <as 22-53 step=council-vote gpu.vote=approve gpu.voter=m1',
          },
        },
        ['vote-integrity(council-vote)'],
      ),
      gpu(
        'a voter who voted again with the other answer',
        {
          lines: {
            v1: 'v1 allocator <as 21-50 step=council-vote gpu.vote=reject gpu.voter=m1',
            v4: 'v4 allocator <as 22-53 step=council-vote gpu.vote=approve gpu.voter=m1',
          },
        },
        ['vote-integrity(council-vote)'],
      ),
      gpu(
        'more voters than there are',
        {
          lines: { v6: 'v6 allocator <as 22-53 step=council-vote gpu.vote=approve gpu.voter=m6' },
        },
        ['vote-integrity(council-vote)'],
      ),
    ],
    clean: [
      gpu('four of five', {}, []),
      gpu(
        'votes may be unheard',
        {
          lines: Object.fromEntries(
            [3, 4, 5].flatMap((n) => [`v${n}`, `vc${n}`, `cs${n}`].map((id) => [id, undefined])),
          ),
          completedBy: 'quiet',
          accounting: {
            processes: [{ service: 'allocator', instanceId: 'allocator-1', spansHeld: 14, spansCounted: 20 }],
          },
        },
        ['telemetry-lost'],
      ),
    ],
  },
  'double-grant': {
    planted: [
      granted(
        'a gpu that another decision holds',
        [lease('d0', 0, 9_000_000), lease('d1', 5_000, 60_000)],
        ['double-grant(graph-write)'],
      ),
      granted(
        'from before theirs until after it',
        [lease('d0', 5_000, 60_000), lease('d1', 0, 9_000_000)],
        ['double-grant(graph-write)'],
      ),
      granted(
        'with times as text, over an end that is still to come',
        [lease('d0', '2026-01-01T00:00:00Z', null), lease('d1', '2026-01-01T00:00:05+00:00', '2026-01-01T01:00:00Z')],
        ['double-grant(graph-write)'],
      ),
      granted(
        'the third where there is room for two',
        [lease('d0', 0, 50_000), lease('d1', 5_000, 60_000), lease('d2', 9_000, 70_000)],
        ['double-grant(graph-write)'],
        { rule: { capacity: 2 } },
      ),
      granted(
        'by a dark write, and under a guess',
        [lease('d0', 0, 50_000), lease('d1', 5_000, 60_000)],
        ['double-grant(graph-write)', 'effect-without-span(graph-write)'],
        { lines: { w: undefined, wc: undefined }, completedBy: 'quiet' },
      ),
    ],
    clean: [
      granted(
        'one after the other',
        [lease('d0', 0, 5_000), lease('d1', 5_000, 60_000), lease('d2', 60_000, null)],
        [],
      ),
      granted(
        'one after the other, by clocks that differ',
        [lease('d0', 0, 5_400), lease('d1', 5_000, 60_000)],
        ['undecided'],
      ),
      granted(
        'others held it twice, long before',
        [lease('d0', 0, 9_000), lease('d2', 1_000, 8_000), lease('d1', 10_000, 60_000)],
        [],
      ),
      granted('room for two', [lease('d0', 0, 50_000), lease('d1', 5_000, 60_000)], [], { rule: { capacity: 2 } }),
      granted('the store did not answer', undefined, ['store-unreachable']),
      granted('none of them is ours', [lease('d0', 0, 50_000)], ['undecided']),
      granted('none is ours, for nothing was written', [lease('d0', 0, 50_000)], ['span-without-effect(graph-write)'], {
        records: { 'graph-write': [] },
      }),
      granted('no grant at all', [], ['undecided']),
      granted('a time that is none', [lease('d0', 0, 50_000), lease('d1', 'soon', 60_000)], ['undecided', 'undecided']),
      granted('a time that cannot be worked out', [lease('d1', 0, 60_000)], ['undecided', 'undecided'], {
        rule: { from: 'breaks' },
      }),
      granted(
        'one grant written twice: that is the cause',
        [lease('d1', 0, 50_000), lease('d1', 5, 50_005)],
        ['duplicate-effect(graph-write)'],
        { records: { 'graph-write': [node, node] } },
      ),
      granted(
        'granted by a step that ran twice: that is the cause',
        [lease('d1', 0, 50_000), lease('d1', 5, 50_005)],
        ['wrong-count(graph-write)'],
        { lines: { w2: 'w2 allocator <as 80.5-81 step=graph-write' } },
      ),
    ],
  },
  'stale-read': {
    planted: [
      versioned(
        'in one process, by sequence numbers',
        'm s 0-30\nw s <m 1-10 step=write output=2\nr s <m 11-20 step=read output=1',
        ['stale-read(read)'],
      ),
      versioned(
        'in one process without stamps, by its own clock',
        'm s 0-30\nw s <m 1-10 step=write output=2\nr s <m 15-20 step=read output=1',
        ['stale-read(read)'],
        { options: {} },
      ),
      versioned(
        'in another process that was told, whatever the clocks say',
        'm s 0-30\nw s <m 1-10 step=write output=2\np s <m 11-12 producer\nc t <p 13-30 consumer from=p.1\nr t <c 14-20 step=read output=1',
        ['stale-read(read)'],
        { options: { stamped: true, skewMs: { t: -400 } } },
      ),
      versioned(
        'after a read that had seen more',
        'm s 0-30\nr1 s <m 1-10 step=read output=2\nr2 s <m 11-20 step=read output=1',
        ['stale-read(read)'],
      ),
      versioned(
        'whole numbers as text, compared as numbers',
        'm s 0-30\nw s <m 1-10 step=write output="10"\nr s <m 11-20 step=read output="9"',
        ['stale-read(read)'],
      ),
      versioned(
        'of one thing among others',
        'm s 0-90\nw1 s <m 1-2 step=write output={"id":1,"version":4}\nw2 s <m 3-4 step=write output={"id":2,"version":7}\nr1 s <m 5-6 step=read output={"id":1,"version":4}\nr2 s <m 7-8 step=read output={"id":2,"version":6}',
        ['stale-read(read)'],
        { key: 'output.id' },
      ),
      versioned(
        'while the request is open',
        'm s 0-30\nw s <m 1-10 step=write output=2\nr s <m 11-20 step=read output=1',
        ['stale-read(read)', 'incomplete'],
        { options: { stamped: true, completedBy: undefined } },
      ),
      versioned(
        'though one of two writers lied',
        'm s 0-30\nw s <m 1-10 step=write output=2\nv s <m 11-14 step=confirm output=2\nr s <m 15-20 step=read output=1',
        ['span-without-effect(write)', 'stale-read(read)'],
        {
          order: seq('write', 'confirm', 'read'),
          records: { write: [] },
          rest: {
            effects: [redis('write')],
            versions: [
              { name: 'page', writtenBy: ['write', 'confirm'], readBy: ['read'], version: 'output', key: undefined },
            ],
          },
        },
      ),
    ],
    clean: [
      versioned(
        'the newest, and one that is newer still',
        'm s 0-30\nw s <m 1-10 step=write output=2\nr1 s <m 11-13 step=read output=2\nr2 s <m 14-20 step=read output=3',
        [],
      ),
      versioned(
        'a read that began before the write had ended',
        'm s 0-30\nw s <m 1-10 step=write output=2\nr s <m 5-20 step=read output=1',
        [],
      ),
      versioned(
        'in another process, later by clocks alone',
        'm s 0-300\nc s <m 1-20 client http.response.status_code=200\nq t <c 2-19 server\nw s <m 21-30 step=write output=2\nr t <q 200-210 step=read output=1',
        [],
      ),
      versioned(
        'a read that saw none',
        'm s 0-30\nw s <m 1-10 step=write output=2\nr s <m 11-20 step=read output=null',
        [],
      ),
      versioned(
        'a write that failed',
        'm s 0-30\nw s <m 1-10 step=write output=2 !no\nr s <m 11-20 step=read output=1',
        ['step-failed(write)'],
      ),
      versioned(
        'another thing',
        'm s 0-30\nw s <m 1-10 step=write output={"id":1,"version":4}\nr s <m 11-20 step=read output={"id":2,"version":3}',
        [],
        { key: 'output.id' },
      ),
      versioned(
        'versions that nobody can compare',
        'm s 0-30\nw s <m 1-10 step=write output="b"\nr s <m 11-20 step=read output="a"',
        ['undecided'],
      ),
      versioned(
        'a version that cannot be worked out',
        'm s 0-30\nw s <m 1-10 step=write output=1\nr s <m 11-20 step=read output=1',
        ['undecided', 'undecided'],
        { key: 'output.id' },
      ),
      versioned(
        'what was never written: that is the cause',
        'm s 0-30\nw s <m 1-10 step=write output=2\nr s <m 11-20 step=read output=1',
        ['span-without-effect(write)'],
        { order: seq('write', 'read'), records: { write: [] }, rest: { effects: [redis('write')] } },
      ),
      versioned(
        'a write that failed in silence: that is the cause',
        'm s 0-30\nw s <m 1-10 step=write output=2\nq s <w 2-3 client db.system.name=redis !down\nr s <m 11-20 step=read output=1',
        ['swallowed-error(write)'],
      ),
    ],
  },
  'rule-broken': {
    planted: [
      small(
        'nothing came after',
        {
          order: par('a', 'b'),
          lines: 'a s 10-20 step=a\nb s 0-5 step=b',
          rest: rules({ kind: 'response', steps: ['a', 'b'] }),
        },
        ['rule-broken(a)'],
      ),
      small(
        'too often',
        {
          order: rep('a', 0, null, true),
          lines: 'a s 0-1 step=a\nc s 2-3 step=a',
          rest: rules({ kind: 'at-most', steps: ['a'], count: 1 }),
        },
        ['rule-broken(a)'],
      ),
      small(
        'the answer came, but not in time',
        {
          order: par('a', 'b'),
          lines: 'a s 0-10 step=a\nb s 20-900 step=b',
          rest: rules({ kind: 'response', steps: ['a', 'b'], window: { limitMs: 500 } }),
        },
        ['rule-broken(a)'],
      ),
      small(
        'what must not happen together, though the request is still open',
        {
          order: par(opt('a'), opt('b')),
          lines: 'a s 0-10 step=a\nb s 0-10 step=b',
          rest: rules({ kind: 'not-co-existence', steps: ['a', 'b'] }),
          options: { completedBy: 'quiet' },
        },
        ['rule-broken(a)'],
      ),
    ],
    clean: [
      small(
        'the answer came',
        {
          order: par('a', 'b'),
          lines: 'a s 0-5 step=a\nb s 10-20 step=b',
          rest: rules({ kind: 'response', steps: ['a', 'b'] }),
        },
        [],
      ),
      small(
        'they overlap by clocks alone',
        {
          order: par('a', 'b'),
          lines: 'a s 0-5 step=a\nb t 2-20 step=b',
          rest: rules({ kind: 'response', steps: ['a', 'b'] }),
        },
        [],
      ),
      small(
        'the answer may still come',
        {
          order: par('a', opt('b')),
          lines: 'a s 0-5 step=a',
          rest: rules({ kind: 'response', steps: ['a', 'b'] }),
          options: { completedBy: 'quiet' },
        },
        ['incomplete'],
      ),
      small(
        'its condition leaves the occurrence out',
        {
          order: par('a', opt('b')),
          lines: 'a s 0-5 step=a',
          rest: rules({ kind: 'response', steps: ['a', 'b'], when: { about: 'a', condition: '1 > 2' } }),
        },
        [],
      ),
      small(
        'its condition cannot be worked out',
        {
          order: par('a', opt('b')),
          lines: 'a s 0-5 step=a',
          rest: rules({ kind: 'response', steps: ['a', 'b'], when: { about: 'a', condition: 'a.output.n > 2' } }),
        },
        ['undecided'],
      ),
      small(
        'the missing step tells it already',
        { order: seq('a', 'b'), lines: 'a s 0-5 step=a', rest: rules({ kind: 'response', steps: ['a', 'b'] }) },
        ['missing-step(b)'],
      ),
    ],
  },
  'invariant-broken': {
    planted: [
      small(
        'false of the spans',
        {
          order: seq('a'),
          lines: 'a s 0-5 step=a n=7',
          rest: invariant("spans.all(s, s.attributes['n'] < 7)"),
        },
        ['invariant-broken()'],
      ),
      small(
        'a service that has not reported',
        { order: seq('a'), lines: 'a s 0-5 step=a', rest: invariant("['s', 't'].all(x, x in request.services)") },
        ['invariant-broken()'],
      ),
      gpu('false of what a store holds', { flow: invariant('stores.cache_write[0].ttlMs > 100000') }, [
        'invariant-broken()',
      ]),
    ],
    clean: [
      small(
        'a direct edge between two services',
        {
          order: seq('a'),
          lines: 'a s 0-5 step=a\nb t <a 1-2',
          rest: invariant("spans.exists(s, s.service == 't' && s.parentService == 's')"),
        },
        [],
      ),
      small(
        'false of a part',
        {
          order: seq('a'),
          lines: 'a s 0-5 step=a',
          rest: invariant('spans.size() == 2'),
          options: { completedBy: 'quiet' },
        },
        ['undecided'],
      ),
      small(
        'what cannot be worked out',
        { order: seq('a'), lines: 'a s 0-5 step=a', rest: invariant("spans.all(s, s.attributes['n'] < 7)") },
        ['undecided'],
      ),
    ],
  },
  'forbidden-attribute': {
    planted: [
      small(
        'by its name, in spans that are no step',
        { order: seq('a'), lines: 'a s 0-5 step=a\nb s <a 1-2 user.card=x', rest: { forbidden: [{ name: '*.card' }] } },
        ['forbidden-attribute()'],
      ),
      small(
        'by what it holds, under any completion',
        {
          order: seq('a'),
          lines: 'a s 0-5 step=a note=4111111111111111',
          rest: { forbidden: [{ value: '/\\b\\d{16}\\b/' }] },
          options: { completedBy: 'quiet' },
        },
        ['forbidden-attribute()'],
      ),
      small(
        'in the event of an error',
        {
          order: seq('a'),
          lines: 'a s 0-5 step=a\nb s <a 1-2 !token=abc',
          rest: { forbidden: [{ name: 'exception.message', value: 'token=*' }] },
        },
        ['forbidden-attribute()'],
      ),
    ],
    clean: [
      small(
        'another service may',
        {
          order: seq('a'),
          lines: 'a s 0-5 step=a user.card=x',
          rest: { forbidden: [{ name: '*.card', service: 't' }] },
        },
        [],
      ),
      small(
        'the checksum of an account, which may be digits alone',
        {
          order: seq('a'),
          lines: 'a s 0-5 step=a tracecourt.account="1.0.4111111111111111"',
          rest: { forbidden: [{ value: '/\\b\\d{16}\\b/' }] },
        },
        [],
      ),
      small(
        'name and value must both fit',
        { order: seq('a'), lines: 'a s 0-5 step=a card=none', rest: { forbidden: [{ name: 'card', value: '/\\d/' }] } },
        [],
      ),
    ],
  },
};
