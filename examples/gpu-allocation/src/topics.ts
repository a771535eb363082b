import type { Kafka } from 'kafkajs';

/** Granted GPUs, keyed by decision id. */
export const ALLOCATED = 'gpu.allocated';

/** Refused requests, keyed by decision id. */
export const REJECTED = 'gpu.rejected';

/** Makes sure that the topics exist; whoever comes first creates them. */
export async function ensureTopics(kafka: Kafka): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const topics = [ALLOCATED, REJECTED].map((topic) => ({ topic, numPartitions: 3 }));
    await admin.createTopics({ topics, waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}
