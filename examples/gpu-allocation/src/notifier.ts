import type { Redis } from 'ioredis';
import type { Consumer, EachMessagePayload } from 'kafkajs';
import { planted } from './planted-defects.js';
import { runService } from './service/run-service.js';
import { settings } from './service/settings.js';
import { connectKafka, connectRedis } from './service/stores.js';
import { notificationSteps } from './steps/notification.js';
import { ALLOCATED, REJECTED } from './topics.js';

/** Records every decision for whoever waits for it, and only then says that the message is done with. */
await runService('notifier', async () => {
  settings('REDIS_URL', 'KAFKA_BROKERS');
  const cache = await connectRedis();
  const kafka = await connectKafka('notifier');
  const { notify, notifyRejection } = notificationSteps(cache);
  const consumer = kafka.consumer({
    groupId: 'notifier',
    // A fetch that finds nothing holds the connection this long, and so does a stop.
    maxWaitTimeInMs: 250,
    // One that died without leaving is waited for this long by the next one.
    sessionTimeout: 10_000,
    rebalanceTimeout: 10_000,
    // A message that fails is tried again; the pause before it holds up a stop.
    retry: { initialRetryTime: 100, maxRetryTime: 400 },
    allowAutoTopicCreation: false,
  });

  const handle = async ({ topic, partition, message }: EachMessagePayload): Promise<void> => {
    if (planted('stuck-consumer')) return;
    const decisionId = message.key?.toString() ?? '';
    const text = message.value?.toString() ?? '';
    if (topic === ALLOCATED) await notify(`notice:${decisionId}`, text);
    else await notifyRejection(`rejection:${decisionId}`, text);
    await consumer.commitOffsets([{ topic, partition, offset: (BigInt(message.offset) + 1n).toString() }]);
  };

  await consumer.connect();
  await consumer.subscribe({ topics: [ALLOCATED, REJECTED], fromBeginning: true });
  const joined = hasJoined(consumer);
  await consumer.run({ autoCommit: false, eachMessage: handle });
  await joined;
  return { routes: {}, close: () => leave(consumer, cache) };
});

/** Leaves the group, then the cache: a message under way needs it. */
async function leave(consumer: Consumer, cache: Redis): Promise<void> {
  await consumer.disconnect();
  await cache.quit();
}

function hasJoined(consumer: Consumer): Promise<void> {
  return new Promise((resolve) => {
    const stopListening = consumer.on(consumer.events.GROUP_JOIN, () => {
      stopListening();
      resolve();
    });
  });
}
