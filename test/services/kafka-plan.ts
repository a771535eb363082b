import { join } from 'node:path';
import { OUTPUT_LOG, type PlanContext, type ServicePlan } from './service-plan.js';

const JAVA = ['java', '-Xms128m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'] as const;
const CONFIGURATION = 'server.properties';

/** One Kafka node that is its own controller. */
export function kafkaPlan({ home, libraries, ports, clusterId }: PlanContext): ServicePlan {
  const java = [...JAVA, '-cp', join(libraries, 'kafka', 'lib', '*')] as const;
  const file = join(home, CONFIGURATION);
  return {
    name: 'kafka',
    ports: [ports.kafka, ports.kafkaController],
    files: { [CONFIGURATION]: properties(configuration({ home, ports })) },
    preparation: [[...java, 'kafka.tools.StorageTool', 'format', `--cluster-id=${clusterId}`, '-c', file]],
    processEnvironment: {},
    command: [...java, 'kafka.Kafka', file],
    readyLog: OUTPUT_LOG,
    readyText: 'Kafka Server started',
    environment: { KAFKA_BROKERS: `127.0.0.1:${ports.kafka}` },
  };
}

type Configuration = Readonly<Record<string, string | number | boolean>>;

function configuration({ home, ports }: Pick<PlanContext, 'home' | 'ports'>): Configuration {
  const broker = `PLAINTEXT://127.0.0.1:${ports.kafka}`;
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.kafkaController}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `${broker},CONTROLLER://127.0.0.1:${ports.kafkaController}`,
    'advertised.listeners': broker,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(home, 'data'),
    ...INTERNAL_TOPICS,
    ...EARLY_RISER,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    'log.cleaner.dedupe.buffer.size': 4_194_304,
  };
}

/** A single node cannot hold more than one copy, and partitions by the dozen only cost it time. */
const INTERNAL_TOPICS: Configuration = {
  'offsets.topic.num.partitions': 1,
  'offsets.topic.replication.factor': 1,
  'transaction.state.log.num.partitions': 1,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'share.coordinator.state.topic.num.partitions': 1,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
};

/** What a broker does from time to time, tests wait for: compaction, and the end of transactions that were forgotten. */
const EARLY_RISER: Configuration = {
  'log.cleaner.backoff.ms': 200,
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': 200,
};

function properties(entries: Configuration): string {
  return Object.entries(entries)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
