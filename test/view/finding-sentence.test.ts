import { expect } from 'chai';
import { FINDING_CODES, type Finding, type FindingCode, type FindingFacts } from '../../src/model/index.js';
import { evidenceLines, findingSentence } from '../../src/view/index.js';

const effect = { where: 'ctx:d-1', seen: [] } as const;
const message = {
  store: 'kafka',
  topic: 'gpu.allocated',
  partition: 0,
  offset: '7',
  key: 'd-1',
  value: '{}',
  headers: {},
  groups: [],
} as const;
const edge = (from: string, to: string, because: FindingFacts['wrong-order']['cycle'][number]['because']) => ({
  from: { step: from, spanId: `${from}-span`, service: 'allocator', point: 'end' as const },
  to: { step: to, spanId: `${to}-span`, service: 'allocator', point: 'start' as const },
  because,
});

const ROWS: { readonly [C in FindingCode]: readonly [facts: FindingFacts[C], sentence: string] } = {
  'missing-step': [
    { after: 'council-vote', later: ['cache-write', 'event-publish'], stopped: true },
    'The request stopped after `council-vote`: `save`, `cache-write` and `event-publish` never happened.',
  ],
  'unexpected-step': [
    { spanName: 'SET', branch: 'rejection-notice', known: true },
    'allocator did `save`, which this request excludes: it took the branch of `rejection-notice`.',
  ],
  'wrong-order': [
    {
      cycle: [
        edge('cache-write', 'graph-write', { kind: 'sequence', service: 'allocator', gapMs: 3.21 }),
        edge('graph-write', 'cache-write', { kind: 'flow' }),
      ],
    },
    '`cache-write` ended 3.2 ms before `graph-write` began, in one process (allocator); the flow requires `graph-write` before `cache-write`.',
  ],
  'wrong-count': [{ min: 3, max: 5, observed: 2 }, '`save` happened twice; the flow requires 3 to 5.'],
  'step-failed': [{ message: 'no route to host' }, '`save` failed in allocator: no route to host.'],
  'over-budget': [
    { budget: 'save', bound: 'limit', limitMs: 300, observedMs: 1234, isExact: false },
    '`save` took at least 1.23 s; its budget is 300 ms.',
  ],
  'context-lost': [
    { traceIds: ['t1'], by: 'request-id' },
    'The context broke on the way to allocator: 1 trace of this request is tied to it by the request id alone, with neither parent nor link.',
  ],
  'span-without-effect': [
    { ...effect, expectedCount: 1, observedCount: 0 },
    '`save` says in allocator that it succeeded, but the cache has nothing under ctx:d-1.',
  ],
  'effect-without-span': [
    { ...effect, observedCount: 1 },
    'The cache holds what `save` leaves (ctx:d-1), but no span says that `save` happened.',
  ],
  'swallowed-error': [
    { client: 'neo4j', message: 'deadlock', errorSpanId: 'e1' },
    '`save` says in allocator that it succeeded, although its neo4j call failed (deadlock) and was not made good.',
  ],
  'duplicate-effect': [
    { ...effect, expectedCount: 1, observedCount: 2 },
    '`save` left 2 records in the cache under ctx:d-1; the flow allows 1.',
  ],
  'wrong-content': [
    { ...effect, expect: 'json.gpu == 1' },
    'What `save` left in the cache under ctx:d-1 is not what the flow expects: json.gpu == 1 is false.',
  ],
  'outbox-gap': [
    { commit: 'graph-write', publish: 'event-publish', committed: 'd-1' },
    '`graph-write` is committed (d-1), but `event-publish` never followed: nobody was told.',
  ],
  orphan: [
    { ...effect, parent: 'graph-write' },
    'The cache holds what `save` leaves (ctx:d-1), but what it belongs to, left by `graph-write`, does not exist.',
  ],
  'not-consumed': [
    { ...effect, seen: [message], group: 'notifier', partition: 0, offset: '7', committedOffset: undefined },
    'Group `notifier` has not consumed the message: it stands at no committed offset in partition 0, the message is at 7.',
  ],
  'vote-integrity': [
    { problem: 'too-few-votes', approvals: 2, votes: 2, needed: 3, of: 5, outcomeStored: true },
    'The decision was taken without enough votes: 2 of 2 votes approved, 3 of 5 are needed.',
  ],
  'double-grant': [
    { ...effect, resource: 'gpu', capacity: 1, holding: 2, ours: 1, fromMs: 0, untilMs: 3_600_000 },
    '`save` granted a gpu that was taken: the cache holds 2 grants of it for one time, and there is room for 1.',
  ],
  'stale-read': [
    { of: 'context', version: '1', known: '2', by: ['graph-write', 'cache-write'] },
    '`save` gave version 1 of the context in allocator, although `graph-write` and `cache-write` had told of version 2 before it began.',
  ],
  'rule-broken': [
    { rule: { kind: 'response', steps: ['price', 'save'], window: { limitMs: 2_000 } }, observed: [1, 0] },
    '`price` happened, and no `save` came after it (within 2 s).',
  ],
  'invariant-broken': [
    { name: 'cheap', expression: 'steps.price.size() < 3' },
    'The invariant `cheap` does not hold: steps.price.size() < 3 is false.',
  ],
  'forbidden-attribute': [
    { attribute: 'user.card', pattern: '*.card', spans: 2 },
    'allocator put `user.card` on 2 spans; the flow forbids *.card.',
  ],
};

function finding(code: FindingCode): Finding {
  return {
    code,
    step: 'save',
    service: 'allocator',
    store: 'redis',
    spanId: 's1',
    spanIds: ['s1'],
    facts: ROWS[code][0],
  } as Finding;
}

describe('findingSentence', () => {
  for (const code of FINDING_CODES) {
    it(`says ${code} in one sentence`, () => {
      expect(findingSentence(finding(code))).to.equal(ROWS[code][1]);
    });
  }

  it('speaks of the request where no step is named', () => {
    expect(findingSentence({ ...finding('step-failed'), step: undefined } as Finding)).to.equal(
      'The request failed: no route to host.',
    );
  });
});

describe('evidenceLines', () => {
  it('tells a cycle arrow by arrow', () => {
    expect(evidenceLines(finding('wrong-order'))).to.deep.equal([
      'cache-write (cache-write-span, allocator) ended → graph-write (graph-write-span, allocator) began: seen: numbered in this order by allocator, 3.2 ms apart',
      'graph-write (graph-write-span, allocator) ended → cache-write (cache-write-span, allocator) began: required by the flow',
    ]);
  });

  it('tells since when a resource is held together, and until when if that is known', () => {
    expect(evidenceLines(finding('double-grant'))).to.deep.equal([
      'held together from 1970-01-01T00:00:00.000Z until 1970-01-01T01:00:00.000Z',
    ]);
    const [facts] = ROWS['double-grant'];
    const endless = { ...finding('double-grant'), facts: { ...facts, untilMs: null } } as Finding;
    expect(evidenceLines(endless)).to.deep.equal(['held together from 1970-01-01T00:00:00.000Z with no end']);
  });

  it('shows what was read, also when that is nothing', () => {
    expect(evidenceLines(finding('span-without-effect'))).to.deep.equal(['read ctx:d-1: nothing']);
    expect(evidenceLines(finding('not-consumed'))).to.deep.equal(['gpu.allocated[0] offset 7, key d-1: {}']);
  });
});
