import { expect } from 'chai';
import kafkajs, { type Message } from 'kafkajs';
import { type ConsumeOptions, failureOf, type KafkaBench, until } from './kafka-bench.js';

/** Longer than a row lasts: only the times of messages close a segment, not the ends of transactions, which bear the hour. */
const SEGMENT_MS = 120_000;
/** The last message of each topic here: a reader that sees it has read all. */
const END = 'end';

/** `[key, value]`, and how many segments later than the first messages it was made. */
type Plan = readonly [key: string | null, value: string | null, segment?: number];

function messagesOf(plans: readonly Plan[]): Message[] {
  const nowMs = Date.now();
  return plans.map(([key, value, segment = 0]) => ({
    key,
    value,
    timestamp: String(nowMs + segment * 2 * SEGMENT_MS),
  }));
}

export function compactionRows(bench: KafkaBench): void {
  const newCompacted = (settings: Readonly<Record<string, string>> = {}): Promise<string> => {
    const all = {
      'cleanup.policy': 'compact',
      'segment.ms': String(SEGMENT_MS),
      'min.cleanable.dirty.ratio': '0.01',
      ...settings,
    };
    return bench.newTopic(1, { configEntries: Object.entries(all).map(([name, value]) => ({ name, value })) });
  };

  /** All that there is, from the beginning: `offset:key=value`. */
  async function contentOf(topic: string, options: ConsumeOptions = {}): Promise<string> {
    const { consumer, seen } = await bench.consume(topic, options);
    await until('all is read', () => seen.some(({ key }) => key === END));
    await consumer.disconnect();
    return seen.map(({ offset, key, value }) => `${offset}:${key}=${value}`).join(' ');
  }

  /** A real broker compacts in its own time. */
  const untilContent = (topic: string, content: string): Promise<void> =>
    until(`the topic holds ${content}`, async () => (await contentOf(topic)) === content, 50_000);

  describe('compaction', () => {
    for (const compression of [kafkajs.CompressionTypes.None, kafkajs.CompressionTypes.GZIP]) {
      const how = compression === kafkajs.CompressionTypes.GZIP ? ' of gzipped batches' : '';
      it(`keeps the last record of each key${how}, at its offset, and leaves what was written last alone`, async () => {
        const topic = await newCompacted();
        const old: Plan[] = [
          ['a', '1'],
          ['b', '1'],
          ['a', '2'],
          ['b', null],
        ];
        await bench.send(topic, messagesOf(old), { compression });
        await bench.send(topic, messagesOf([['a', '3', 1]]), { compression });
        const active: Plan[] = [
          ['c', '1', 2],
          ['c', '2', 2],
          [END, '', 2],
        ];
        await bench.send(topic, messagesOf(active), { compression });
        await untilContent(topic, `3:b=null 4:a=3 5:c=1 6:c=2 7:${END}=`);
      });
    }

    it('lets a reader go on from an offset that is no more', async () => {
      const topic = await newCompacted();
      await bench.send(
        topic,
        messagesOf([
          ['a', '1'],
          ['a', '2'],
          ['b', '1'],
        ]),
      );
      await bench.send(topic, messagesOf([['a', '3', 1]]));
      await bench.send(topic, messagesOf([[END, '', 2]]));
      await untilContent(topic, `2:b=1 3:a=3 4:${END}=`);
      const [offsets] = await bench.admin.fetchTopicOffsets(topic);
      expect(offsets, 'the log begins and ends where it did').to.include({ low: '0', high: '5' });
      const { consumer, seen } = await bench.consume(topic);
      await until('all is read', () => seen.length === 3);
      consumer.seek({ topic, partition: 0, offset: '1' });
      await until('all is read again', () => seen.length === 6);
      expect(seen.map(({ offset }) => offset)).to.deep.equal(['2', '3', '4', '2', '3', '4']);
    });

    it('drops a tombstone when readers have had their time to see it', async () => {
      const topic = await newCompacted({ 'delete.retention.ms': '300' });
      await bench.send(
        topic,
        messagesOf([
          ['a', '1'],
          ['a', null],
        ]),
      );
      await bench.send(
        topic,
        messagesOf([
          ['b', '1', 1],
          [END, '', 1],
        ]),
      );
      await untilContent(topic, `1:a=null 2:b=1 3:${END}=`);
      await new Promise((resolve) => setTimeout(resolve, 400));
      await bench.send(topic, messagesOf([[END, '', 2]]));
      await untilContent(topic, `2:b=1 3:${END}= 4:${END}=`);
    });

    it('keeps the committed value of a key for which a transaction aborted', async () => {
      const topic = await newCompacted();
      await bench.send(
        topic,
        messagesOf([
          ['a', 'committed'],
          ['b', '1'],
        ]),
      );
      const producer = await bench.newTransactional();
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: messagesOf([['a', 'aborted']]) });
      await transaction.abort();
      await bench.send(topic, messagesOf([['b', '2']]));
      await bench.send(topic, messagesOf([[END, '', 1]]));
      await until('it is compacted', async () => !(await contentOf(topic)).includes('b=1'), 50_000);
      expect(await contentOf(topic)).to.match(/^0:a=committed [34]:b=2 \d:end=$/);
    });

    it('leaves what comes behind an open transaction alone', async () => {
      const topic = await newCompacted();
      const producer = await bench.newTransactional();
      await bench.send(
        topic,
        messagesOf([
          ['a', '1'],
          ['a', '2'],
        ]),
      );
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: messagesOf([['open', '1', 1]]) });
      await bench.send(
        topic,
        messagesOf([
          ['b', '1', 2],
          ['b', '2', 2],
        ]),
      );
      await bench.send(topic, messagesOf([[END, '', 3]]));
      const everything = { settings: { readUncommitted: true } };
      await until('the rest is compacted', async () => !(await contentOf(topic, everything)).includes('a=1'), 50_000);
      expect(await contentOf(topic, everything)).to.equal(`1:a=2 2:open=1 3:b=1 4:b=2 5:${END}=`);
      await transaction.commit();
      await until('all is compacted', async () => !(await contentOf(topic)).includes('b=1'), 50_000);
    });

    it('refuses a message without a key, and all that was sent with it', async () => {
      const topic = await newCompacted();
      const failure = await failureOf(
        bench.send(
          topic,
          messagesOf([
            ['a', '1'],
            [null, '1'],
          ]),
        ),
      );
      expect(failure.type).to.equal('INVALID_RECORD');
      await bench.send(topic, messagesOf([[END, '']]));
      expect(await contentOf(topic)).to.equal(`0:${END}=`);
    });

    it('refuses settings that cannot be', async () => {
      for (const [name, value] of [
        ['cleanup.policy', 'forget'],
        ['segment.ms', '0'],
        ['min.cleanable.dirty.ratio', '1.5'],
        ['delete.retention.ms', 'soon'],
      ] as const) {
        const configEntries = [{ name, value }];
        const topics = [{ topic: bench.unique('topic'), configEntries }];
        const failure = await failureOf(bench.admin.createTopics({ topics }));
        expect(JSON.stringify(failure), name).to.contain('INVALID_CONFIG');
      }
    });
  });
}
