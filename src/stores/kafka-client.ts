import type { Kafka } from 'kafkajs';
import { TracecourtError } from '../errors.js';
import { quietKafkajs } from './quiet-kafkajs.js';
import { stoppableKafkajs } from './stoppable-kafkajs.js';

type KafkaModule = typeof import('kafkajs');

/** Loads kafkajs, which is there only where somebody needs it. Throws TracecourtError `package-missing` where it is not. */
export async function loadKafkajs(
  load: () => Promise<{ readonly default: KafkaModule }> = () => import('kafkajs'),
): Promise<KafkaModule> {
  try {
    return (await load()).default;
  } catch (cause) {
    throw new TracecourtError('package-missing', 'Reading Kafka needs the package kafkajs, which is not installed.', {
      nextStep: 'Run: npm install kafkajs',
      cause,
    });
  }
}

export async function newKafka(brokers: readonly string[], timeoutMs: number): Promise<Kafka> {
  const { Kafka, logLevel } = await loadKafkajs();
  quietKafkajs();
  stoppableKafkajs();
  return new Kafka({
    brokers: [...brokers],
    clientId: 'tracecourt-probe',
    logLevel: logLevel.NOTHING,
    connectionTimeout: timeoutMs,
    requestTimeout: Math.max(timeoutMs, 1_000),
    retry: { initialRetryTime: 50, retries: 4 },
  });
}
