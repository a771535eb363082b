/** One flow that uses every part of the file format. */
export const SAMPLE_FLOW = `version: 1
flow: gpu-allocation
steps:
  allocation:    { service: allocator }
  council-vote:  { service: allocator }
  graph-write:   { service: allocator }
  cache-write:   {}
  event-publish:
  event-handled: { client: kafka, topic: gpu.allocated, kind: consumer, service: notifier }
  rejection-notice: { service: allocator, may-fail: true }
values:
  decisionId: steps.allocation[0].output.decisionId
order:
  sequence:
    - allocation
    - repeat: { step: council-vote, times: 3..5, parallel: true }
    - choice:
        - sequence: [graph-write, { parallel: [cache-write, { sequence: [event-publish, event-handled] }] }]
        - optional: rejection-notice
budgets:
  total: 2s
  council-vote: 300ms each
  graph-write -> event-handled: 1s
effects:
  graph-write:
    neo4j: { cypher: "MATCH (d:Decision {id: $decisionId}) RETURN d.gpu AS gpu", count: 1, expect: "row.gpu == steps.allocation[0].output.gpu" }
  cache-write:
    redis: { key: "ctx:{decisionId}", expect: "json.gpu == steps.allocation[0].output.gpu && ttlMs > 0", parent: graph-write }
  event-publish:
    kafka: { topic: gpu.allocated, key: "{decisionId}", count: 1, consumed-by: [notifier], within: 3s }
votes: { step: council-vote, vote: gpu.vote, voter: gpu.voter, needed: 3, of: 5, outcome: graph-write }
outbox:
  - { commit: graph-write, publish: event-publish }
leases:
  gpu:
    granted-by: graph-write
    neo4j: { cypher: "MATCH (l:Lease)-[:OF]->(:Gpu {holder: $decisionId}) RETURN l.decision AS holder, l.from AS since, l.until AS until" }
    ours: row.holder == values.decisionId
    from: row.since
    until: row.until
    capacity: 2
    skew: 500ms
versions:
  context: { written-by: [graph-write, cache-write], read-by: event-handled, version: output.version, key: output.decisionId }
unexpected: report
trust: accounted
prove: false
handoffs: { consumers: { gpu.allocated: 1 }, uninstrumented: [legacy.example] }
correlation: []
`;
