/** The official kafkajs instrumentation, with what identifies a message on its span. */
import type { Span } from '@opentelemetry/api';
import { KafkaJsInstrumentation, type KafkajsMessage } from '@opentelemetry/instrumentation-kafkajs';

/** Headers that name the conversation a message belongs to; the first that is there counts. */
const CONVERSATION_HEADERS = [
  'conversation-id',
  'conversation_id',
  'conversationId',
  'correlation-id',
  'correlation_id',
  'correlationId',
];

interface ProducerRecord {
  readonly messages: readonly KafkajsMessage[];
}

interface ProducerBatch {
  readonly topicMessages?: readonly ProducerRecord[];
}

interface Producer {
  send: (record: ProducerRecord) => Promise<unknown>;
  sendBatch: (batch: ProducerBatch) => Promise<unknown>;
}

interface KafkaModule {
  readonly Kafka: { readonly prototype: { producer: (...args: unknown[]) => Producer } };
}

type EndSpans = (spans: readonly Span[], metrics: unknown, sent: unknown) => unknown;

/**
 * PRODUCER `send <topic>`, CONSUMER `process <topic>`; a batch is CLIENT `poll <topic>` with a linked `process` for each message.
 * Unlike the instrumentation it is built on:
 *
 * - the messages given to the producer are left as they are; the headers of the hand-off are put on copies, so that one
 *   message object sent twice makes two hand-offs;
 * - a producer's span says partition and offset once the broker has answered, if all messages went to one partition.
 */
export class KafkaInstrumentation extends KafkaJsInstrumentation {
  constructor() {
    super({
      producerHook: (span, { message }) => describeConversation(span, message),
      consumerHook: (span, { message }) => describeConversation(span, message),
    });
    const internals = this as unknown as { _endSpansOnPromise: EndSpans };
    const endSpans = internals._endSpansOnPromise;
    internals._endSpansOnPromise = (spans, metrics, sent) =>
      endSpans.call(this, spans, metrics, describeWhenSent(spans, sent));
  }

  override init(): ReturnType<KafkaJsInstrumentation['init']> {
    const definition = super.init();
    const { patch } = definition;
    if (!patch) return definition;
    definition.patch = (module: KafkaModule, version) => {
      const patched = patch(module, version);
      copyWhatProducersAreGiven(module);
      return patched;
    };
    return definition;
  }
}

function copyWhatProducersAreGiven({ Kafka: { prototype } }: KafkaModule): void {
  const traced = prototype.producer;
  const producer = function (this: unknown, ...args: unknown[]): Producer {
    const made = traced.apply(this, args);
    const { send, sendBatch } = made;
    made.send = (record) => send.call(made, copyOfRecord(record));
    made.sendBatch = (batch) =>
      sendBatch.call(made, { ...batch, topicMessages: (batch.topicMessages ?? []).map(copyOfRecord) });
    return made;
  };
  // The marks of the instrumentation's own wrapper, by which it takes its patch off again.
  prototype.producer = Object.assign(producer, {
    ...Object.fromEntries(['__wrapped', '__original'].map((mark) => [mark, Reflect.get(traced, mark)])),
    __unwrap: () => {
      prototype.producer = Reflect.get(traced, '__original') as typeof traced;
    },
  });
}

function copyOfRecord<R extends ProducerRecord>(record: R): R {
  return { ...record, messages: record.messages.map((message) => ({ ...message, headers: { ...message.headers } })) };
}

function describeConversation(span: Span, { headers }: KafkajsMessage): void {
  const name = CONVERSATION_HEADERS.find((header) => headers?.[header] !== undefined);
  const value = name === undefined ? undefined : headers?.[name];
  const conversation = (Array.isArray(value) ? value[0] : value)?.toString();
  if (conversation) span.setAttribute('messaging.message.conversation_id', conversation);
}

interface RecordMetadata {
  readonly partition?: number;
  readonly baseOffset?: string;
}

/** What else is ended here, a consumer's work, gives no record metadata, and passes untouched. */
function describeWhenSent(spans: readonly Span[], sent: unknown): unknown {
  return Promise.resolve(sent).then((result) => {
    const [only, ...more] = (Array.isArray(result) ? result : []) as readonly RecordMetadata[];
    if (only && more.length === 0) describePlaces(spans, only);
    return result;
  });
}

function describePlaces(spans: readonly Span[], { partition, baseOffset }: RecordMetadata): void {
  if (partition === undefined || baseOffset === undefined || !/^\d+$/.test(baseOffset)) return;
  spans.forEach((span, index) => {
    span.setAttribute('messaging.destination.partition.id', String(partition));
    span.setAttribute('messaging.kafka.offset', String(BigInt(baseOffset) + BigInt(index)));
  });
}
