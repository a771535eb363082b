import { type CompiledExpression, compileExpression } from '../../src/lib/expression.js';
import type { CompiledFlow, Evidence, FlowStep, LogMessage, StoredRecord, StoredValue } from '../../src/model/index.js';
import type { Evaluate } from '../../src/validators/index.js';
import { choice, effectOf, evidenceOf, opt, par, rep, seq, type TraceOptions, traceOf } from './evidence.js';

const inAllocator = (name: string): FlowStep => ({
  name,
  matcher: { step: name, service: 'allocator' },
  mayFail: false,
});

/** The flow of the reference system: votes, a graph write, a cache entry and an event, or a rejection. */
export const gpuFlow: CompiledFlow = {
  version: 1,
  name: 'gpu-allocation',
  steps: [
    ...['allocation', 'council-vote', 'graph-write', 'cache-write', 'event-publish', 'rejection-notice'].map(
      inAllocator,
    ),
    {
      name: 'event-handled',
      matcher: { step: 'event-handled', service: 'notifier', topic: 'gpu.allocated', kind: 'consumer' },
      mayFail: false,
    },
  ],
  order: seq(
    'allocation',
    rep('council-vote', 3, 5, true),
    choice(seq('graph-write', par('cache-write', seq('event-publish', 'event-handled'))), opt('rejection-notice')),
  ),
  values: {},
  budgets: [
    { kind: 'total', limitMs: 2_000 },
    { kind: 'step', step: 'council-vote', limitMs: 300 },
    { kind: 'between', from: 'graph-write', to: 'event-handled', limitMs: 1_000 },
  ],
  effects: [
    effectOf(
      'graph-write',
      { store: 'neo4j', cypher: 'MATCH (d:Decision {id: $decisionId}) RETURN d.gpu AS gpu' },
      { expect: 'gpu is right' },
    ),
    effectOf('cache-write', { store: 'redis', key: 'ctx:d1' }, { expect: 'gpu is right', parent: 'graph-write' }),
    effectOf('event-publish', { store: 'kafka', topic: 'gpu.allocated', key: 'd1', consumedBy: ['notifier'] }),
  ],
  votes: { step: 'council-vote', vote: 'gpu.vote', voter: 'gpu.voter', needed: 3, of: 5, outcome: 'graph-write' },
  outbox: [{ commit: 'graph-write', publish: 'event-publish' }],
  leases: [],
  versions: [],
  unexpected: 'report',
  trust: 'accounted',
  prove: false,
  handoffs: { consumers: { 'gpu.allocated': 1 }, uninstrumented: [] },
  correlation: [],
  rules: [],
  invariants: [],
  forbidden: [],
  parameters: {},
  examples: { accepts: [], rejects: [], recorded: [] },
};

/** A request that did all it should, by line. Tests take lines away, change them, or add some. */
export const GPU_LINES: Readonly<Record<string, string>> = {
  g: 'g   gateway          0-150   server',
  gc: 'gc  gateway   <g     1-149   client http.response.status_code=201',
  as: 'as  allocator <gc    3-147   server from=gc.1',
  a: 'a   allocator <as    4-20    step=allocation',
  v1: 'v1  allocator <as   21-50    step=council-vote gpu.vote=approve gpu.voter=m1',
  v2: 'v2  allocator <as   21-51    step=council-vote gpu.vote=approve gpu.voter=m2',
  v3: 'v3  allocator <as   21-52    step=council-vote gpu.vote=approve gpu.voter=m3',
  v4: 'v4  allocator <as   22-53    step=council-vote gpu.vote=approve gpu.voter=m4',
  v5: 'v5  allocator <as   22-54    step=council-vote gpu.vote=reject gpu.voter=m5',
  w: 'w   allocator <as   60-80    step=graph-write',
  wc: 'wc  allocator <w    61-79    client db.system.name=neo4j',
  k: 'k   allocator <as   82-90    step=cache-write',
  kc: 'kc  allocator <k    83-89    client db.system.name=redis name=SET',
  p: 'p   allocator <as   91-110   step=event-publish',
  pc: 'pc  allocator <p    92-109   producer messaging.system=kafka messaging.destination.name=gpu.allocated',
  nh: 'nh  notifier  <pc  100-130   consumer from=pc.1 step=event-handled',
};
for (const n of [1, 2, 3, 4, 5]) {
  Object.assign(GPU_LINES, {
    [`vc${n}`]: `vc${n} allocator <v${n} 23-49 client http.response.status_code=200`,
    [`cs${n}`]: `cs${n} council <vc${n} 25-45 server from=vc${n}.1`,
  });
}

export const message = (offset: number, committedOffset: string | null = String(offset + 1)): LogMessage => ({
  store: 'kafka',
  topic: 'gpu.allocated',
  partition: 0,
  offset: String(offset),
  key: 'd1',
  value: '{"gpu":"g1"}',
  headers: {},
  groups: [{ group: 'notifier', committedOffset: committedOffset ?? undefined }],
});
export const node: StoredRecord = { store: 'neo4j', row: { gpu: 'g1' } };
export const entry: StoredRecord = {
  store: 'redis',
  key: 'ctx:d1',
  type: 'string',
  value: '{"gpu":"g1"}',
  ttlMs: 60_000,
};

/** The grants of the request's GPU, and the context that is written and read back: on top of the flow, for tests that ask for them. */
export const LEASES: CompiledFlow['leases'] = [
  {
    name: 'gpu',
    grantedBy: 'graph-write',
    query: { store: 'neo4j', cypher: 'MATCH (l:Lease)-[:OF]->(:Gpu) RETURN l.decision AS decision' },
    ours: "row.decision == 'd1'",
    from: 'row.since',
    until: 'row.until',
    capacity: 1,
    skewMs: 1_000,
  },
];

export const lease = (decision: string, since: StoredValue, until: StoredValue): StoredRecord => ({
  store: 'neo4j',
  row: { decision, since, until },
});

export interface GpuChanges extends TraceOptions {
  /** Lines replaced or added; undefined takes one away. */
  readonly lines?: Readonly<Record<string, string | undefined>>;
  readonly records?: Readonly<Record<string, readonly StoredRecord[] | undefined>>;
  readonly flow?: Partial<CompiledFlow>;
}

/** The evidence of the good request with some changes. */
export function gpuRequest(changes: GpuChanges = {}): Evidence {
  const { lines = {}, records = {}, flow = {}, ...options } = changes;
  const all = { ...GPU_LINES, ...lines };
  const text = Object.values(all)
    .filter((line) => line !== undefined)
    .join('\n');
  const stores = { 'graph-write': [node], 'cache-write': [entry], 'event-publish': [message(7)], ...records };
  return evidenceOf({ ...gpuFlow, ...flow }, traceOf(text, { stamped: true, ...options }), stores);
}

/** The expression engine for tests of the judge. It knows one more sentence, `gpu is right`, and one that cannot be worked out. */
export const evaluate: Evaluate = (expression, scope) => {
  if (expression === 'breaks') return { error: 'no such key: gpu' };
  if (expression !== 'gpu is right') return workedOut(expression, scope);
  const record = (scope['row'] ?? scope['json']) as { gpu?: string } | undefined;
  return { value: record?.gpu === 'g1' };
};

const compiled = new Map<string, CompiledExpression>();

function workedOut(text: string, scope: Readonly<Record<string, unknown>>): ReturnType<Evaluate> {
  const known = compiled.get(text) ?? compileExpression(text);
  compiled.set(text, known);
  if (!known.ok) throw new Error(known.problem.message);
  const result = known.expression.evaluate(scope);
  return result.ok ? { value: result.value } : { error: result.error };
}
