import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import { loadFlow } from '../../src/flow/index.js';
import type { AssembledRequest, CompiledFlow } from '../../src/model/index.js';
import { judgeCase, openCase } from '../../src/orchestrator/judge-evidence.js';
import { NOTHING_EARLIER } from '../../src/orchestrator/left-over.js';
import type { ChildProgram } from '../helpers/child-program.js';
import { runCases, startTracedPrograms, type TracedPrograms } from '../helpers/traced-cases.js';

const IDS = ['r-1', 'r-2', 'r-3', 'r-4'];
/** The one whose parcel cannot be packed. */
const BROKEN = 'r-3';

const KAFKA = `
import kafkajs from 'kafkajs';
const { Kafka, logLevel, Partitioners } = kafkajs;
const kafka = new Kafka({ brokers: [process.env.TEST_BROKERS], logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50, retries: 10 } });
const [parcels, bills, jobs] = ['parcels', 'bills', 'jobs'].map((name) => name + process.env.TEST_RUN);
`;

/**
 * Packs parcels in batches, each under the span of its message; bills them in batches under one span that links all messages; and does each job in runs, each a
 * trace of its own that links the one before.
 */
const WORKER = `
${KAFKA}
import { createInterface } from 'node:readline';
import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { currentTracing, wrapStep } from '@tracecourt/instrumentation';
const { tracer, propagator } = currentTracing();
const getter = { keys: Object.keys, get: (headers, key) => headers[key]?.toString() };
const senderOf = ({ headers }) => propagator.extract(ROOT_CONTEXT, headers, getter);
const within = async (at, span, work) => {
  try { return await context.with(trace.setSpan(at, span), work); } finally { span.end(); }
};

const pack = wrapStep('pack', async (what) => { if (what === '${BROKEN}') throw new Error('no box is large enough'); });
const bill = wrapStep('bill', async () => {});
const work = wrapStep('work', async () => {});

const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [parcels, bills, jobs].map((topic) => ({ topic, numPartitions: 1 })), waitForLeaders: true });
await admin.disconnect();
const consumers = await Promise.all(Object.entries({ parcels, bills, jobs }).map(async ([name, topic]) => {
  const consumer = kafka.consumer({ groupId: name + process.env.TEST_RUN, sessionTimeout: 30_000 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  return consumer;
}));
const [packing, billing, working] = consumers;
console.log('ready');
await new Promise((resolve) => createInterface(process.stdin).once('line', resolve).on('close', stop));
void packing.run({ eachBatch: async ({ batch, resolveOffset }) => {
  for (const message of batch.messages) {
    await context.with(senderOf(message), () => pack(String(message.value))).catch(() => {});
    resolveOffset(message.offset);
  }
} });
void billing.run({ eachBatch: async ({ batch }) => {
  const links = batch.messages.map((message) => ({ context: trace.getSpanContext(senderOf(message)) }));
  const span = tracer.startSpan('bill all', { root: true, kind: SpanKind.CONSUMER, links, attributes: { 'messaging.operation.type': 'process' } });
  await within(ROOT_CONTEXT, span, bill);
} });
void working.run({ eachMessage: async () => {
  let before = trace.getActiveSpan();
  for (let run = 1; run <= 3; run++) {
    const span = tracer.startSpan('run ' + run, { root: true, links: [{ context: before.spanContext() }] });
    await within(context.active(), span, work);
    before = span;
  }
} });
async function stop() {
  await Promise.all(consumers.map((consumer) => consumer.disconnect()));
  process.exit();
}
`;

const flowOf = (name: string, topic: string, last: string): string => `
version: 1
flow: ${name}
steps:
  step: { service: sender }
  sent: { client: kafka, topic: "${topic}", kind: producer, service: sender }
  handled: { client: kafka, topic: "${topic}", kind: consumer, service: worker }
  ${last}: { service: worker }
`;

/** With real kafkajs clients, in processes of their own, on the embedded broker. */
describe('requests of several traces, judged', () => {
  const run = `-${randomUUID().slice(0, 8)}`;
  let programs: TracedPrograms;
  let broker: Awaited<ReturnType<typeof startEmbeddedKafka>>;
  let worker: ChildProgram;

  before(async () => {
    programs = await startTracedPrograms();
    broker = await startEmbeddedKafka();
    const environment = { TEST_BROKERS: broker.url.replace('kafka://', ''), TEST_RUN: run };
    worker = await programs.start({ service: 'worker', source: WORKER, environment });
    expect(await worker.line()).to.equal('ready');
    const sends = (topic: string) =>
      IDS.map((id) => [`${topic} ${id}`, `await producer.send({ topic: ${topic}, messages: [{ value: '${id}' }] });`]);
    await runCases(programs, {
      service: 'sender',
      cases: {
        setup: `${KAFKA}\nconst producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });\nawait producer.connect();`,
        cases: Object.fromEntries(['parcels', 'bills', 'jobs'].flatMap(sends)),
        teardown: 'await producer.disconnect();',
      },
      environment,
    });
    worker.process.stdin.write('now\n');
  });
  after(async () => {
    worker?.process.stdin.end();
    await worker?.end();
    await programs?.[Symbol.asyncDispose]();
    await broker?.[Symbol.asyncDispose]();
  });

  function judged(flow: CompiledFlow, request: AssembledRequest) {
    const facts = { observations: [], answer: undefined, earlier: NOTHING_EARLIER };
    return judgeCase(openCase(flow, request, new Map()), facts);
  }

  it('have of a batch what was done with their own message, and nothing of the others', async () => {
    const text = flowOf('parcels', `parcels${run}`, 'pack');
    const flow = await loadFlow(`${text}order:\n  sequence: [step, sent, { parallel: [handled, pack] }]\n`, 'parcels');
    for (const id of IDS) {
      const request = await programs.request(`parcels ${id}`);
      expect(request.completedBy).to.equal('accounted');
      expect(request.spans.filter(({ kind }) => kind === 'consumer')).to.have.length(IDS.length);
      const { outcome, findings, reasons } = judged(flow, request);
      const found = findings.map(({ code, step }) => `${code}(${step})`);
      expect(found, id).to.deep.equal(id === BROKEN ? ['step-failed(pack)'] : []);
      expect(reasons).to.deep.equal([]);
      expect(outcome, id).to.equal(id === BROKEN ? 'fail' : 'pass');
    }
  });

  it('share what was done for all of a batch', async () => {
    const text = flowOf('bills', `bills${run}`, 'bill');
    const flow = await loadFlow(`${text}order:\n  sequence: [step, sent, { parallel: [handled, bill] }]\n`, 'bills');
    const shared = new Set<string>();
    for (const id of IDS) {
      const request = await programs.request(`bills ${id}`);
      expect(judged(flow, request)).to.deep.include({ outcome: 'pass', findings: [], reasons: [] });
      for (const { name, spanId } of request.spans) if (name === 'bill all') shared.add(spanId);
    }
    expect(shared.size).to.equal(1);
  });

  it('go on in traces of their own that are linked', async () => {
    const text = flowOf('jobs', `jobs${run}`, 'work');
    const repeat = '{ repeat: { step: work, times: 3 } }';
    const flow = await loadFlow(`${text}order:\n  sequence: [step, sent, handled, ${repeat}]\n`, 'jobs');
    for (const id of IDS) {
      const request = await programs.request(`jobs ${id}`);
      expect(request.traceIds).to.have.length(4);
      expect(judged(flow, request)).to.deep.include({ outcome: 'pass', findings: [], reasons: [] });
    }
  });
});
