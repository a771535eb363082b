/** The official kafkajs instrumentation, with what identifies a message on its span. */
import type { Attributes, Span } from '@opentelemetry/api';
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

interface KafkaPrototype {
  producer: (...args: unknown[]) => Producer;
  consumer: (...args: unknown[]) => object;
}

interface KafkaModule {
  readonly Kafka: { readonly prototype: KafkaPrototype };
}

interface ConsumerSpanOptions {
  readonly kafkaClient?: object;
  readonly attributes?: Attributes;
}

/** What of the instrumentation is used beyond its hooks; a test holds each. */
interface Internals {
  _endSpansOnPromise: EndSpans;
  _startConsumerSpan: (options: ConsumerSpanOptions) => Span;
}

type EndSpans = (spans: readonly Span[], metrics: unknown, sent: unknown) => unknown;

/**
 * PRODUCER `send <topic>`, CONSUMER `process <topic>`; a batch is CLIENT `poll <topic>` with a linked `process` for each message.
 * Unlike the instrumentation it is built on:
 *
 * - the messages given to the producer are left as they are; the headers of the hand-off are put on copies, so that one
 *   message object sent twice makes two hand-offs;
 * - a consumer's spans name its group;
 * - a producer's span says partition and offset once the broker has answered, if all messages went to one partition.
 */
export class KafkaInstrumentation extends KafkaJsInstrumentation {
  constructor() {
    super({
      producerHook: (span, { message }) => describeConversation(span, message),
      consumerHook: (span, { message }) => describeConversation(span, message),
    });
    const internals = this as unknown as Internals;
    const { _endSpansOnPromise: endSpans, _startConsumerSpan: startConsumerSpan } = internals;
    internals._endSpansOnPromise = (spans, metrics, sent) =>
      endSpans.call(this, spans, metrics, describeWhenSent(spans, sent));
    internals._startConsumerSpan = (options) => startConsumerSpan.call(this, withGroup(options));
  }

  override init(): ReturnType<KafkaJsInstrumentation['init']> {
    const definition = super.init();
    const { patch } = definition;
    if (!patch) return definition;
    definition.patch = (module: KafkaModule, version) => {
      const patched = patch(module, version);
      copyWhatProducersAreGiven(module.Kafka.prototype);
      rememberGroups(module.Kafka.prototype);
      return patched;
    };
    return definition;
  }
}

function copyWhatProducersAreGiven(prototype: KafkaPrototype): void {
  wrapTraced(prototype, 'producer', (traced) => {
    return function (this: unknown, ...args) {
      const made = traced.apply(this, args);
      const { send, sendBatch } = made;
      made.send = (record) => send.call(made, copyOfRecord(record));
      made.sendBatch = (batch) => sendBatch.call(made, copyOfBatch(batch));
      return made;
    };
  });
}

const groups = new WeakMap<object, string>();

function rememberGroups(prototype: KafkaPrototype): void {
  wrapTraced(prototype, 'consumer', (traced) => {
    return function (this: unknown, ...args) {
      const made = traced.apply(this, args);
      const [options] = args as [{ readonly groupId?: unknown }?];
      if (typeof options?.groupId === 'string') groups.set(made, options.groupId);
      return made;
    };
  });
}

function withGroup(options: ConsumerSpanOptions): ConsumerSpanOptions {
  const group = options.kafkaClient && groups.get(options.kafkaClient);
  if (group === undefined) return options;
  return { ...options, attributes: { ...options.attributes, 'messaging.consumer.group.name': group } };
}

/** Wraps what the instrumentation has wrapped, and keeps the marks by which it takes its patch off again. */
function wrapTraced<K extends keyof KafkaPrototype>(
  prototype: KafkaPrototype,
  name: K,
  wrapper: (traced: KafkaPrototype[K]) => KafkaPrototype[K],
): void {
  const traced = prototype[name];
  const original = Reflect.get(traced, '__original') as KafkaPrototype[K];
  const restore = () => {
    prototype[name] = original;
  };
  prototype[name] = Object.assign(wrapper(traced), { __wrapped: true, __original: original, __unwrap: restore });
}

function copyOfBatch(batch: ProducerBatch): ProducerBatch {
  return batch.topicMessages ? { ...batch, topicMessages: batch.topicMessages.map(copyOfRecord) } : batch;
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
