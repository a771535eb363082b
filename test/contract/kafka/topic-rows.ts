import { expect } from 'chai';
import kafkajs from 'kafkajs';
import type { Differs } from '../battery.js';
import { failureOf, type KafkaBench, until } from './kafka-bench.js';

export function topicRows(bench: KafkaBench, differs: Differs): void {
  describe('topics', () => {
    it('creates, lists, describes and deletes a topic', async () => {
      const topic = bench.unique('topic');
      expect(await bench.admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: false })).to.equal(
        true,
      );
      await until('all partitions are led', () => bench.isLed(topic, 3));
      expect(await bench.admin.listTopics()).to.include(topic);
      const { topics } = await bench.admin.fetchTopicMetadata({ topics: [topic] });
      expect(topics[0]?.partitions.map(({ partitionId }) => partitionId).sort()).to.deep.equal([0, 1, 2]);
      await bench.admin.deleteTopics({ topics: [topic] });
      await until('the topic is gone', async () => !(await bench.admin.listTopics()).includes(topic));
    });

    it('says that a topic exists already', async () => {
      const topic = await bench.newTopic();
      expect(await bench.admin.createTopics({ topics: [{ topic }] })).to.equal(false);
    });

    it('refuses an illegal name', async () => {
      const failure = await failureOf(bench.admin.createTopics({ topics: [{ topic: 'no spaces allowed' }] }));
      expect(JSON.stringify(failure)).to.contain('INVALID_TOPIC_EXCEPTION');
    });

    it('refuses more replicas than there are brokers', async () => {
      const failure = await failureOf(
        bench.admin.createTopics({ topics: [{ topic: bench.unique('topic'), replicationFactor: 9 }] }),
      );
      expect(JSON.stringify(failure)).to.contain('INVALID_REPLICATION_FACTOR');
    });

    it('refuses a setting that it does not know', async () => {
      const configEntries = [{ name: 'no.such.setting', value: '1' }];
      const failure = await failureOf(
        bench.admin.createTopics({ topics: [{ topic: bench.unique('topic'), configEntries }] }),
      );
      expect(JSON.stringify(failure)).to.contain('INVALID_CONFIG');
    });

    it('says that it does not know a topic, and does not create it by being asked', async () => {
      const topic = bench.unique('absent');
      const hurried = bench.client({ retry: { retries: 1, initialRetryTime: 10 } });
      const producer = await bench.newProducer({ allowAutoTopicCreation: true }, hurried);
      const failure = await failureOf(producer.send({ topic, messages: [{ value: 'x' }] }));
      expect(failure.type ?? failure.cause?.type).to.equal('UNKNOWN_TOPIC_OR_PARTITION');
      expect(await bench.admin.listTopics()).not.to.include(topic);
    });

    it('adds partitions', async () => {
      const topic = await bench.newTopic(1);
      await bench.admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
      await until('there are three', async () => (await bench.offsetsSoFar(topic)).length === 3);
    });

    it('describes the settings of a topic', async () => {
      const topic = await bench.newTopic(1, { configEntries: [{ name: 'max.message.bytes', value: '2000' }] });
      const { resources } = await bench.admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: ['max.message.bytes'] }],
      });
      const [entry] = resources[0]?.configEntries ?? [];
      expect(entry).to.include({ configName: 'max.message.bytes', configValue: '2000', isDefault: false });
    });

    for (const [name, value] of [
      ['message.timestamp.type', 'LogAppendTime'],
      ['min.compaction.lag.ms', '1000'],
    ] as const) {
      differs(`creates a topic with ${name}`, {
        see: async () => {
          const topic = bench.unique('topic');
          const topics = [{ topic, configEntries: [{ name, value }] }];
          const failure = await bench.admin.createTopics({ topics, waitForLeaders: false }).then(
            () => undefined,
            (error: unknown) => JSON.stringify(error),
          );
          if (failure === undefined) bench.atEnd(() => bench.admin.deleteTopics({ topics: [topic] }));
          return failure?.includes('INVALID_CONFIG') ? 'INVALID_CONFIG' : failure;
        },
        real: { does: 'creates it', answer: undefined },
        embedded: { does: 'refuses a setting that it does not keep: `INVALID_CONFIG`', answer: 'INVALID_CONFIG' },
      });
    }

    differs('changes the settings of a topic', {
      see: async () => {
        const topic = await bench.newTopic();
        const configEntries = [{ name: 'retention.ms', value: '1000' }];
        const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries }];
        return bench.admin.alterConfigs({ validateOnly: false, resources }).then(
          () => 'done',
          (error: Error) => error.name,
        );
      },
      real: { does: 'changes them', answer: 'done' },
      embedded: { does: 'does not know the request; kafkajs says so', answer: 'KafkaJSServerDoesNotSupportApiKey' },
    });

    differs('lists topics of its own', {
      see: async () => {
        await bench.admin.fetchOffsets({ groupId: bench.unique('group'), topics: [await bench.newTopic()] });
        return (await bench.admin.listTopics()).filter((topic) => topic.startsWith('__consumer'));
      },
      real: { does: 'has `__consumer_offsets`', answer: ['__consumer_offsets'] },
      embedded: { does: 'has none', answer: [] },
    });
  });
}
