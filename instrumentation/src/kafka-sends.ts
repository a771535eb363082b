/** One PRODUCER span for each message that is sent, and the headers of its hand-off on a copy of it. */
import { type Attributes, context, propagation, type Span, SpanKind, trace } from '@opentelemetry/api';
import { copyWith } from './copy-with.js';
import { type Ending, endSpan, follow } from './follow.js';
import { harmless } from './harmless.js';
import { type Message, messageAttributes, partitionAttributes, topicAttributes } from './kafka-messages.js';
import type { Method } from './patches.js';
import { packageTracer } from './scope.js';

interface TopicMessages {
  readonly topic: string;
  readonly messages: readonly Message[];
}

interface Batch {
  readonly topicMessages: readonly TopicMessages[];
}

interface Sending<R> {
  /** What is sent in place of what the service gave. */
  readonly copy: R;
  /** By topic, in the order of its messages. */
  readonly spans: readonly (readonly [topic: string, span: Span])[];
}

/** Told, once all was sent, of spans whose work may not be over yet. It returns true if it takes over ending them. */
export type OnSent = (spans: readonly Span[]) => boolean;

const NOBODY: OnSent = () => false;

/** In place of a producer's or a transaction's `send`. What kafkajs refuses at sight, it is to see as it was given. */
export function tracedSend(original: Method, onSent: OnSent = NOBODY): Method {
  return function send(this: unknown, record: unknown, ...rest: unknown[]) {
    const sending = isTopicMessages(record) ? harmless('a Kafka message', () => beginSend(record)) : undefined;
    if (!sending) return original.call(this, record, ...rest);
    return run(sending, () => original.call(this, sending.copy, ...rest), onSent);
  };
}

/** In place of `sendBatch`. */
export function tracedSendBatch(original: Method, onSent: OnSent = NOBODY): Method {
  return function sendBatch(this: unknown, batch: unknown, ...rest: unknown[]) {
    const sending = isBatch(batch) ? harmless('a batch of Kafka messages', () => beginBatch(batch)) : undefined;
    if (!sending) return original.call(this, batch, ...rest);
    return run(sending, () => original.call(this, sending.copy, ...rest), onSent);
  };
}

function isTopicMessages(value: unknown): value is TopicMessages {
  const { topic, messages } = (value ?? {}) as Partial<TopicMessages>;
  return typeof topic === 'string' && topic !== '' && Array.isArray(messages) && messages.every(isMessage);
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && (value as Message).value !== undefined;
}

function isBatch(value: unknown): value is Batch {
  const { topicMessages } = (value ?? {}) as Partial<Batch>;
  return Array.isArray(topicMessages) && topicMessages.every(isTopicMessages);
}

function beginSend(record: TopicMessages): Sending<TopicMessages> {
  const started = record.messages.map((message) => beginMessage(record.topic, message));
  return {
    copy: copyWith(record, { messages: started.map(({ copy }) => copy) }),
    spans: started.map(({ span }) => [record.topic, span] as const),
  };
}

function beginBatch(batch: Batch): Sending<Batch> {
  const sendings = batch.topicMessages.map(beginSend);
  return {
    copy: copyWith(batch, { topicMessages: sendings.map(({ copy }) => copy) }),
    spans: sendings.flatMap(({ spans }) => spans),
  };
}

/** The span is ended again if its message cannot be given headers. */
function beginMessage(topic: string, message: Message): { readonly copy: Message; readonly span: Span } {
  const attributes = {
    ...topicAttributes(topic, 'send'),
    ...messageAttributes(message),
    ...partitionAttributes(message.partition),
  };
  const span = packageTracer().startSpan(`send ${topic}`, { kind: SpanKind.PRODUCER, attributes });
  const headers = { ...message.headers };
  harmless('the headers of a Kafka message', () => propagation.inject(trace.setSpan(context.active(), span), headers));
  return { copy: copyWith(message, { headers }), span };
}

function run<R>({ spans }: Sending<unknown>, call: () => R, onSent: OnSent): R {
  return follow(context.active(), call, (ending) => {
    if (ending.ok) harmless('the place of a Kafka message', () => describePlaces(spans, ending.result));
    const all = spans.map(([, span]) => span);
    if (!ending.ok || !onSent(all)) endAll(all, ending);
  });
}

interface RecordMetadata {
  readonly topicName?: string;
  readonly partition?: number;
  readonly baseOffset?: string;
}

/** The broker answers for each partition: which message went where is known of topics whose messages all went to one. */
function describePlaces(spans: Sending<unknown>['spans'], result: unknown): void {
  const answers = (Array.isArray(result) ? result : []) as readonly RecordMetadata[];
  for (const topic of new Set(spans.map(([name]) => name))) {
    const [only, ...more] = answers.filter(({ topicName }) => topicName === topic);
    if (!only || more.length > 0) continue;
    const ofTopic = spans.filter(([name]) => name === topic);
    for (const [index, [, span]] of ofTopic.entries()) span.setAttributes(placeOf(only, index));
  }
}

function placeOf({ partition, baseOffset }: RecordMetadata, index: number): Attributes {
  if (partition === undefined || baseOffset === undefined || !/^\d+$/.test(baseOffset)) return {};
  return { ...partitionAttributes(partition), 'messaging.kafka.offset': String(BigInt(baseOffset) + BigInt(index)) };
}

/** Ends all spans alike. */
export function endAll(spans: readonly Span[], ending: Ending): void {
  for (const span of spans) endSpan(span, ending);
}
