/** How many messages each consumer of this process has before it, as its last fetch showed: no question is asked for it. */
import { harmless } from './harmless.js';

export interface ConsumerLag {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly messages: number;
}

/** What is used of a consumer of kafkajs. */
interface Consumer {
  readonly events?: Readonly<Record<string, string>>;
  on?(event: string, listener: (event: { readonly payload?: unknown }) => void): unknown;
}

interface BatchPayload {
  readonly topic: string;
  readonly partition: number;
  /** The offset behind the last message of the partition. */
  readonly highWatermark: string;
  /** Null in a batch of which nothing is left after filtering. */
  readonly firstOffset: string | null;
  readonly lastOffset: string;
}

interface CommitPayload {
  readonly topics: readonly {
    readonly topic: string;
    /** `offset` is that of the next message to read; the partition is a text here, unlike everywhere else. */
    readonly partitions: readonly { readonly partition: string; readonly offset: string }[];
  }[];
}

interface JoinPayload {
  readonly memberAssignment: Readonly<Record<string, readonly number[]>>;
}

interface Reading extends ConsumerLag {
  /** The offset that the next message written to the partition will get, as of the last fetch. */
  readonly end: bigint;
}

type Readings = Map<string, Reading>;

/** Those of consumers that read at this moment. */
const readers = new Set<Readings>();

export function consumerLags(): readonly ConsumerLag[] {
  return [...readers].flatMap((readings) => [...readings.values()]);
}

/**
 * Follows a consumer. Its lag counts from the first message of a batch while that is worked on, then from behind the last, and
 * from where it committed when it says that. A partition that it no longer reads has none.
 */
export function followLag(consumer: Consumer, group: string): void {
  const readings: Readings = new Map();
  const on = <P>(name: string, listener: (payload: P) => void) => listen(consumer, name, listener);
  const read = (topic: string, partition: number, { next, end }: { readonly next: bigint; readonly end: bigint }) => {
    readings.set(placeOf(topic, partition), { group, topic, partition, messages: Number(end - next), end });
    readers.add(readings);
  };
  const forget = () => {
    readings.clear();
    readers.delete(readings);
  };
  on<BatchPayload>('START_BATCH_PROCESS', ({ topic, partition, firstOffset, highWatermark }) => {
    if (firstOffset !== null) read(topic, partition, { next: BigInt(firstOffset), end: BigInt(highWatermark) });
  });
  on<BatchPayload>('END_BATCH_PROCESS', ({ topic, partition, lastOffset, highWatermark }) =>
    read(topic, partition, { next: BigInt(lastOffset) + 1n, end: BigInt(highWatermark) }),
  );
  on<CommitPayload>('COMMIT_OFFSETS', (payload) => {
    for (const { topic, partition, offset } of committedIn(payload)) {
      const known = readings.get(placeOf(topic, partition));
      if (known) read(topic, partition, { next: offset, end: known.end });
    }
  });
  on<JoinPayload>('GROUP_JOIN', ({ memberAssignment }) => {
    for (const [place, { topic, partition }] of readings) {
      if (!memberAssignment[topic]?.includes(partition)) readings.delete(place);
    }
  });
  for (const name of ['STOP', 'DISCONNECT', 'CRASH']) on(name, forget);
}

/** The client calls listeners in the middle of its work: what they throw would end it. */
function listen<P>({ events, on }: Consumer, name: string, listener: (payload: P) => void): void {
  const event = events?.[name];
  if (event === undefined) return;
  on?.(event, ({ payload }) => void harmless('the lag of a Kafka consumer', () => listener(payload as P)));
}

function committedIn({ topics }: CommitPayload) {
  return topics.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }) => ({ topic, partition: Number(partition), offset: BigInt(offset) })),
  );
}

function placeOf(topic: string, partition: number): string {
  return `${topic} ${partition}`;
}
