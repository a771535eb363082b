import { type BatteryTarget, battery } from './battery.js';
import { compactionRows } from './kafka/compaction-rows.js';
import { connectionRows } from './kafka/connection-rows.js';
import { groupRows } from './kafka/group-rows.js';
import { KafkaBench } from './kafka/kafka-bench.js';
import { positionRows } from './kafka/position-rows.js';
import { probeRows } from './kafka/probe-rows.js';
import { recordRows } from './kafka/record-rows.js';
import { topicRows } from './kafka/topic-rows.js';
import { transactionRows } from './kafka/transaction-rows.js';
import { wireRows } from './kafka/wire-rows.js';

export interface KafkaUnderTest {
  readonly server: BatteryTarget['server'];
  /** Asked for before each test, so that a broker MAY be started in a hook. */
  readonly brokers: () => readonly string[];
}

/** What a Kafka-protocol broker must do for an unmodified kafkajs, ours and the real one alike. Names are new in each run. */
export function kafkaBattery({ server, brokers }: KafkaUnderTest): void {
  battery({ store: 'Kafka', server }, (differs) => {
    const bench = new KafkaBench(brokers);

    before(() => bench.open());
    afterEach(() => bench.clear());
    after(() => bench.close());

    topicRows(bench, differs);
    recordRows(bench);
    positionRows(bench);
    groupRows(bench);
    transactionRows(bench);
    compactionRows(bench);
    connectionRows(bench);
    wireRows(bench, differs);
    probeRows(bench);
  });
}
