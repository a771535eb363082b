import { choice, flow, named, parallel, repeat, sequence, under, when } from '../../src/index.js';

/** Kafka delivers at least once; a notification is made inside the handling. */
const telling = named(
  'telling',
  parallel(
    repeat('event-handled', '+', { parallel: true }),
    repeat(under('notification', 'event-handled'), '+', { parallel: true }),
  ),
);

const granting = named(
  'granting',
  sequence('graph-write', parallel(sequence('cache-write', 'context-read'), sequence('event-publish', telling))),
);

const refusing = named(
  'refusing',
  sequence(
    'rejection-notice',
    parallel(
      repeat('rejection-handled', '+', { parallel: true }),
      repeat(under('rejection-notification', 'rejection-handled'), '*', { parallel: true }),
    ),
  ),
);

const voting = named('voting', repeat('council-vote', `1..\${members}`, { parallel: true }));

/** The flow of examples/gpu-allocation as one would write it in TypeScript. */
export const REFERENCE_FLOW = flow('gpu-allocation')
  .steps({
    allocation: {
      service: 'allocator',
      inside: { repeat: { of: { repeat: { step: 'look', times: '+' } }, times: '1..2', between: 'pause' } },
    },
    look: { client: 'neo4j', service: 'allocator', span: '/^MATCH Gpu( MATCH Gpu)*$/' },
    pause: { service: 'allocator' },
    'council-vote': { service: 'allocator', 'may-fail': true },
    'graph-write': { service: 'allocator' },
    'cache-write': { service: 'allocator' },
    'context-read': { service: 'allocator' },
    'event-publish': { service: 'allocator' },
    'rejection-notice': { service: 'allocator' },
    'no-capacity': { service: 'allocator' },
    'event-handled': { client: 'kafka', topic: 'gpu.allocated', kind: 'consumer', service: 'notifier' },
    notification: { service: 'notifier', kind: 'internal', span: 'notification' },
    'rejection-handled': { client: 'kafka', topic: 'gpu.rejected', kind: 'consumer', service: 'notifier' },
    'rejection-notification': { service: 'notifier', kind: 'internal', span: 'rejection-notification' },
  })
  .order(sequence('allocation', when('has(values.gpu)', sequence(voting, choice(granting, refusing)), 'no-capacity')))
  .with({
    parameters: {
      members: { default: 5, about: 'how many of the council are asked' },
      quorum: { default: 3, about: 'how many must approve' },
      strangers: {
        default: 'report',
        'one-of': ['report', 'forbid'],
        about: 'what to make of calls outside of every step',
      },
    },
    values: { decisionId: 'steps.allocation[0].output.decisionId', gpu: 'steps.allocation[0].output.gpu' },
    budgets: {
      total: `\${env:ALLOCATION_WITHIN:-20s}`,
      'council-vote': '1s each',
      'graph-write -> event-handled': '10s',
    },
    effects: {
      'graph-write': {
        neo4j: {
          cypher: 'MATCH (:Decision {id: $decisionId})-[:GRANTS]->(:Lease)-[:OF]->(g:Gpu) RETURN g.id AS gpu',
          count: 1,
          expect: 'row.gpu == steps.allocation[0].output.gpu',
        },
      },
      'cache-write': {
        redis: {
          key: 'ctx:{decisionId}',
          expect: 'json.gpu == steps.allocation[0].output.gpu && ttlMs > 0',
          parent: 'graph-write',
        },
      },
      'event-publish': {
        kafka: {
          topic: 'gpu.allocated',
          key: '{decisionId}',
          count: 1,
          expect: 'json.gpu == steps.allocation[0].output.gpu',
          'consumed-by': ['notifier'],
          within: '2s',
        },
      },
      notification: { redis: { key: 'notice:{decisionId}', expect: 'json.decisionId == values.decisionId' } },
      'rejection-notice': {
        kafka: { topic: 'gpu.rejected', key: '{decisionId}', count: 1, 'consumed-by': ['notifier'], within: '2s' },
      },
      'rejection-notification': {
        redis: { key: 'rejection:{decisionId}', expect: 'json.decisionId == values.decisionId' },
      },
      'no-capacity': {
        redis: { key: 'unmet:{decisionId}', expect: 'json.model == steps.allocation[0].output.model' },
      },
    },
    votes: {
      step: 'council-vote',
      vote: 'gpu.vote',
      voter: 'gpu.voter',
      needed: `\${quorum}`,
      of: `\${members}`,
      outcome: 'graph-write',
    },
    leases: {
      gpu: {
        'granted-by': 'graph-write',
        neo4j: {
          cypher:
            'MATCH (g:Gpu {id: $gpu})<-[:OF]-(l:Lease)<-[:GRANTS]-(d:Decision) RETURN g.id AS gpu, d.id AS decision, l.from AS since, l.until AS until',
        },
        ours: 'row.decision == values.decisionId',
        from: 'row.since',
        until: 'row.until',
        capacity: 1,
        skew: '1s',
      },
    },
    versions: {
      context: { 'written-by': ['graph-write', 'cache-write'], 'read-by': 'context-read', version: 'output.version' },
    },
    outbox: [{ commit: 'graph-write', publish: 'event-publish' }],
    unexpected: `\${strangers}`,
    rules: [
      { precedence: ['council-vote', 'graph-write'] },
      { 'not-co-existence': ['graph-write', 'rejection-notice'] },
      { 'at-most': ['allocation', 1] },
      { precedence: ['council-vote', 'graph-write'], where: "a.attributes['gpu.vote'] == 'approve'" },
    ],
    invariants: {
      'one-writer':
        "spans.all(s, !('db.system.name' in s.attributes) || s.attributes['db.system.name'] != 'neo4j' || s.service == 'allocator')",
    },
    'forbidden-attributes': ['*password*'],
    examples: {
      accepts: [
        'allocation council-vote*5 graph-write (cache-write context-read | event-publish (event-handled | notification))',
        'allocation (council-vote | council-vote | council-vote) rejection-notice rejection-handled',
        'allocation council-vote*3 rejection-notice (rejection-handled*2 | rejection-notification*2)',
        'allocation no-capacity',
      ],
      rejects: [
        'allocation council-vote*3 cache-write graph-write context-read event-publish event-handled notification',
        'allocation council-vote*3 graph-write cache-write context-read',
        'allocation council-vote*3 graph-write (cache-write context-read | event-publish event-handled notification) rejection-notice',
      ],
      recorded: [
        'recorded/approve.jsonl',
        'recorded/reject.jsonl',
        'recorded/no-capacity.jsonl',
        { file: 'recorded/hasty.jsonl', finding: 'wrong-order' },
      ],
    },
  });
