import { expect } from 'chai';
import { Redis } from 'ioredis';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import type { EmbeddedServer } from '../../src/embedded/embedded-server.js';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import { loadFlow } from '../../src/flow/index.js';
import type { AssembledRequest } from '../../src/model/index.js';
import { hearRequest } from '../../src/orchestrator/hear-request.js';
import { NOTHING_EARLIER } from '../../src/orchestrator/left-over.js';
import { createKafkaProbe } from '../../src/stores/kafka-probe.js';
import { createRedisProbe } from '../../src/stores/redis-probe.js';
import type { StoreProbe } from '../../src/stores/store-probe.js';
import { buildSpan } from '../helpers/spans.js';

const FLOW = `
version: 1
flow: toy
steps: { save: { service: toy }, tell: { service: toy } }
order: { parallel: [save, tell] }
effects:
  save: { redis: { key: 'toy:1', expect: 'value == "saved"' } }
  tell: { kafka: { topic: told, key: k, count: 1, consumed-by: [listener], within: 5s } }
`;

function completed(): AssembledRequest {
  const spans = ['save', 'tell'].map((name) =>
    buildSpan({ name, service: 'toy', attributes: { 'tracecourt.step': name } }),
  );
  return {
    requestId: 'r.1',
    revision: 1,
    completionStatus: 'complete',
    completedBy: 'accounted',
    traceIds: [...new Set(spans.map(({ traceId }) => traceId))],
    spans,
    accounting: { processes: [], unsettled: [], missingParents: [] },
    joins: [],
    lateSpanIds: [],
  };
}

/** The same probe; tells of each look before it. */
function watched(probe: StoreProbe, onLook: (look: number) => Promise<unknown>): StoreProbe {
  let looks = 0;
  return {
    store: probe.store,
    address: probe.address,
    load: () => probe.load(),
    identify: () => probe.identify(),
    watch: () => probe.watch(),
    observe: async (request) => {
      looks += 1;
      await onLook(looks);
      return probe.observe(request);
    },
    [Symbol.asyncDispose]: () => probe[Symbol.asyncDispose](),
  };
}

describe('hearing a request', () => {
  let servers: readonly EmbeddedServer[];
  let kafka: Kafka;
  let admin: Admin;
  let redis: Redis;
  let probes: { readonly redis: StoreProbe; readonly kafka: StoreProbe };

  beforeEach(async () => {
    const [redisServer, kafkaServer] = await Promise.all([startEmbeddedRedis(), startEmbeddedKafka()]);
    servers = [redisServer, kafkaServer];
    kafka = new kafkajs.Kafka({ brokers: [kafkaServer.url], logLevel: kafkajs.logLevel.NOTHING });
    admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'told', numPartitions: 1 }] });
    await tell('v');
    redis = new Redis(redisServer.url);
    probes = {
      redis: createRedisProbe({ url: redisServer.url }),
      kafka: createKafkaProbe({ brokers: [kafkaServer.url] }),
    };
  });

  afterEach(async () => {
    await redis.quit();
    await admin.disconnect();
    for (const probe of Object.values(probes)) await probe[Symbol.asyncDispose]();
    for (const server of servers) await server[Symbol.asyncDispose]();
  });

  async function tell(value: string): Promise<void> {
    const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic: 'told', messages: [{ key: 'k', value }] });
    await producer.disconnect();
  }

  /** A consumer without a word of its own: admin.setOffsets would wait out a long poll. */
  async function commit(offset: string): Promise<void> {
    const consumer = kafka.consumer({ groupId: 'listener', maxWaitTimeInMs: 20 });
    await consumer.connect();
    await consumer.subscribe({ topics: ['told'] });
    const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
    await consumer.run({ autoCommit: false, eachMessage: async () => undefined });
    await joined;
    await consumer.commitOffsets([{ topic: 'told', partition: 0, offset }]);
    await consumer.disconnect();
  }

  async function hear(onLook: {
    readonly redis: (look: number) => unknown;
    readonly kafka: (look: number) => unknown;
  }) {
    const looked = { redis: 0, kafka: 0 };
    const watch = (store: 'redis' | 'kafka') =>
      [
        store,
        watched(probes[store], async (look) => {
          looked[store] = look;
          await onLook[store](look);
        }),
      ] as const;
    const heard = await hearRequest({
      flow: await loadFlow(FLOW, 'toy.flow.yaml'),
      probes: new Map([watch('redis'), watch('kafka')]),
      answer: undefined,
      earlier: NOTHING_EARLIER,
      book: new Map(),
      newest: () => request,
      mayWait: true,
      signal: new AbortController().signal,
    });
    return { ...heard, looked };
  }
  const request = completed();

  it('looks again at nothing but the consumer when only that has yet to commit', async () => {
    await redis.set('toy:1', 'saved');
    const { verdict, looked, observations } = await hear({
      redis: () => undefined,
      kafka: async (look) => look === 3 && (await commit('1')),
    });
    expect(verdict.outcome).to.equal('pass');
    expect(looked).to.deep.equal({ redis: 1, kafka: 3 });
    expect(observations.map(({ effect }) => effect)).to.deep.equal(['save', 'tell']);
    expect(observations[1]).to.have.nested.property('records[0].groups[0].committedOffset', '1');
  });

  it('looks at every store again while something else is wrong too', async () => {
    const { verdict, looked } = await hear({
      redis: async (look) => look === 2 && (await redis.set('toy:1', 'saved')),
      kafka: async (look) => look === 3 && (await commit('1')),
    });
    expect(verdict.outcome).to.equal('pass');
    expect(looked).to.deep.equal({ redis: 2, kafka: 3 });
  });

  it('judges anew what a look at the consumer shows besides', async () => {
    await redis.set('toy:1', 'saved');
    const { verdict } = await hear({
      redis: () => undefined,
      kafka: async (look) => {
        if (look !== 2) return;
        await tell('again');
        await commit('2');
      },
    });
    expect(verdict.findings.map(({ code }) => code)).to.deep.equal(['duplicate-effect']);
  });
});
