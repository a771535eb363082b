import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';
import { runProgram } from '../helpers/child-program.js';
import { documentedMetrics, toldMetrics } from '../helpers/metric-names.js';
import { parseMetrics, type Series } from '../helpers/metrics-text.js';
import { startOtlpReceiver } from '../helpers/otlp-receiver.js';
import { skip } from '../helpers/skip.js';

/** All that was told. */
const texts: string[] = [];

/** Runs a program with tracing that tells its metrics by `await tell()`, and gives each telling. */
async function tellings(source: string, environment: Readonly<Record<string, string>>): Promise<readonly Series[][]> {
  await using receiver = await startOtlpReceiver();
  await using program = await runProgram({
    source: `
      import { currentTracing, wrapStep } from '@tracecourt/instrumentation';
      const address = await currentTracing().metricsAddress();
      const tell = async () => console.log(JSON.stringify(await (await fetch(address)).text()));
      ${source}`,
    nodeArguments: ['--import', '@tracecourt/instrumentation/register'],
    environment: { ...environment, TRACECOURT_METRICS_PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint },
  });
  const { code, stdout, stderr } = await program.end();
  expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  const told = stdout.split('\n').flatMap((line) => (line.startsWith('"') ? [JSON.parse(line) as string] : []));
  texts.push(...told);
  return told.map((text) => [...parseMetrics(text)]);
}

/** Where a store is, and how it is let go. */
interface Store extends AsyncDisposable {
  readonly url: string;
}

const kept = (url: string): Store => ({ url, [Symbol.asyncDispose]: async () => undefined });

/** The same tests on the embedded store, and on the real one where the environment says where that is. */
function onBoth(
  { variable, embedded }: { readonly variable: string; readonly embedded: () => Promise<Store> },
  tests: (kind: string, start: () => Promise<Store>) => void,
): void {
  tests('embedded', embedded);
  const url = process.env[variable];
  if (url) tests('real', async () => kept(url));
  else {
    it(`is told of a real store too`, function () {
      skip(this, `set ${variable}, or run npm run test:real`);
    });
  }
}

onBoth({ variable: 'REDIS_URL', embedded: startEmbeddedRedis }, (kind, start) => {
  describe(`what a service's metrics tell of its reads of Redis, ${kind}`, () => {
    let cache: Store;
    before(async () => {
      cache = await start();
    });
    after(() => cache?.[Symbol.asyncDispose]());

    /** Hits and misses by command. */
    async function lookups(body: string): Promise<Record<string, { hit: number; miss: number }>> {
      const [series = []] = await tellings(
        `
      import Redis from 'ioredis';
      const redis = new Redis(process.env.REDIS, { keyPrefix: process.env.PREFIX });
      await redis.mset('a', 1, 'b', 2);
      await redis.hset('h', 'f', 'v');
      const step = (work) => wrapStep('step', work)();
      ${body}
      await tell();
      redis.disconnect();`,
        { REDIS: cache.url, PREFIX: `${randomUUID()}:` },
      );
      const counted: Record<string, { hit: number; miss: number }> = {};
      for (const { name, labels, value } of series) {
        if (name !== 'tracecourt_cache_lookups_total') continue;
        expect(labels).to.include({ db_system_name: 'redis' });
        const { db_operation_name: operation = '', result = '' } = labels;
        counted[operation] = { hit: 0, miss: 0, ...counted[operation], [result]: value };
      }
      return counted;
    }

    it('counts values that were found, and values that were not, by command', async () => {
      const counted = await lookups(`
      await step(async () => {
        await redis.get('a');
        await redis.get('a');
        await redis.get('nothing');
        await redis.mget('a', 'nothing', 'b', 'nothing either');
        await redis.hget('h', 'f');
        await redis.hget('h', 'nothing');
        await redis.hmget('h', 'f', 'nothing');
        await redis.hgetall('h');
        await redis.hgetall('nothing');
        await redis.getdel('b');
        await redis.getdel('b');
      });`);
      expect(counted).to.deep.equal({
        GET: { hit: 2, miss: 1 },
        MGET: { hit: 2, miss: 2 },
        HGET: { hit: 1, miss: 1 },
        HMGET: { hit: 1, miss: 1 },
        HGETALL: { hit: 1, miss: 1 },
        GETDEL: { hit: 1, miss: 1 },
      });
    });

    it('counts what a pipeline read, and neither errors nor other commands nor what no step has read', async () => {
      const counted = await lookups(`
      await redis.get('a');
      await step(async () => {
        await redis.pipeline().get('a').get('nothing').set('c', 3).exec();
        await redis.get('h').catch(() => undefined);
        await redis.exists('a');
        await redis.incr('a');
      });`);
      expect(counted).to.deep.equal({ GET: { hit: 1, miss: 1 } });
    });
  });
});

const embeddedKafka = async (): Promise<Store> => {
  const broker = await startEmbeddedKafka();
  return { url: broker.url.replace('kafka://', ''), [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose]() };
};

onBoth({ variable: 'KAFKA_BROKERS', embedded: embeddedKafka }, (kind, start) => {
  describe(`what a service's metrics tell of its consumers' lag, ${kind}`, () => {
    let broker: Store;
    before(async () => {
      broker = await start();
    });
    after(() => broker?.[Symbol.asyncDispose]());

    /** The lag of the partitions, by number, at each telling. */
    async function lags(options: { readonly partitions: number; readonly body: string }) {
      const topic = `lag-${randomUUID()}`;
      const told = await tellings(
        `
      import { Kafka, logLevel, Partitioners } from 'kafkajs';
      const topic = '${topic}';
      const kafka = new Kafka({ brokers: process.env.BROKERS.split(','), logLevel: logLevel.NOTHING });
      const admin = kafka.admin();
      await admin.connect();
      await admin.createTopics({ topics: [{ topic, numPartitions: ${options.partitions} }] });
      await admin.disconnect();
      const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      await producer.connect();
      const send = (count, partition = 0) =>
        producer.send({ topic, messages: Array.from({ length: count }, (_, i) => ({ value: String(i), partition })) });
      const until = async (condition) => { while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10)); };
      const event = (consumer, name) => new Promise((resolve) => { const off = consumer.on(consumer.events[name], (e) => { off(); resolve(e); }); });
      async function consume(run, groupId = 'billing') {
        const consumer = kafka.consumer({ groupId: groupId + '@' + topic, maxWaitTimeInMs: 100 });
        await consumer.connect();
        await consumer.subscribe({ topic, fromBeginning: true });
        const joined = event(consumer, 'GROUP_JOIN');
        await consumer.run(run);
        await joined;
        return consumer;
      }
      ${options.body}
      await producer.disconnect();`,
        { BROKERS: broker.url },
      );
      return told.map((series) => {
        const rows = series.filter(({ name }) => name === 'tracecourt_kafka_consumer_lag');
        for (const { labels } of rows) expect(labels['messaging_destination_name']).to.equal(topic);
        return Object.fromEntries(
          rows.map(({ labels, value }) => [
            `${labels['messaging_consumer_group_name']?.split('@')[0]} ${labels['messaging_destination_partition_id']}`,
            value,
          ]),
        );
      });
    }

    it('is what a batch leaves to do, and nothing when all is done; a consumer that has stopped has none', async () => {
      const told = await lags({
        partitions: 1,
        body: `
        await send(10);
        let goOn;
        const held = new Promise((resolve) => { goOn = resolve; });
        let seen = 0;
        const consumer = await consume({ eachMessage: async () => { if (++seen === 4) { await tell(); await held; } } });
        await until(() => seen === 4);
        const committed = event(consumer, 'COMMIT_OFFSETS');
        goOn();
        await until(() => seen === 10);
        await committed;
        await tell();
        await send(3);
        const again = event(consumer, 'COMMIT_OFFSETS');
        await until(() => seen === 13);
        await again;
        await tell();
        await consumer.disconnect();
        await tell();`,
      });
      expect(told).to.deep.equal([{ 'billing 0': 10 }, { 'billing 0': 0 }, { 'billing 0': 0 }, {}]);
    });

    it('counts from where a consumer has committed, if it works off a batch in parts', async () => {
      const told = await lags({
        partitions: 1,
        body: `
        await send(10);
        const done = new Promise((resolve) => {
          consume({
            eachBatchAutoResolve: false,
            eachBatch: async ({ batch, resolveOffset, commitOffsetsIfNecessary, pause }) => {
              resolveOffset(batch.messages[3].offset);
              await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition: 0, offset: '4' }] }] });
              await tell();
              pause();
              resolve();
            },
          }).then((consumer) => done.then(() => consumer.disconnect()));
        });
        await done;`,
      });
      expect(told).to.deep.equal([{ 'billing 0': 6 }]);
    });

    it('is told of the partitions that a consumer reads, and of each group for itself', async () => {
      const told = await lags({
        partitions: 2,
        body: `
        await send(5, 0);
        await send(7, 1);
        const seen = { billing: 0, audit: 0 };
        const counting = (group) => ({ eachMessage: async () => { seen[group] += 1; } });
        const first = await consume(counting('billing'));
        const other = await consume(counting('audit'), 'audit');
        await until(() => seen.billing === 12 && seen.audit === 12);
        await tell();
        await other.disconnect();
        const rejoined = event(first, 'GROUP_JOIN');
        const second = await consume(counting('billing'));
        await rejoined;
        await tell();
        await Promise.all([first.disconnect(), second.disconnect()]);`,
      });
      expect(told[0]).to.deep.equal({ 'billing 0': 0, 'billing 1': 0, 'audit 0': 0, 'audit 1': 0 });
      // The newcomer has one of the two partitions, and has read nothing from it yet.
      expect(Object.values(told[1] ?? {})).to.deep.equal([0]);
    });
  });
});

describe("docs/metrics.md, of a service's metrics", () => {
  it('names each that was told here with its type, and no other', () => {
    const told = new Map(texts.flatMap(toldMetrics).map((metric) => [metric.name, metric]));
    expect(documentedMetrics('The services')).to.have.deep.members([...told.values()]);
  });
});
