/**
 * Spans of a consumer's handlers; a message that is delivered again is a new attempt, with spans of its own.
 *
 *     eachMessage   process ── the handler, in the trace of the sender
 *     eachBatch     poll ─┬─── the handler, in a trace of its own
 *                         ├─── process ··· links the hand-off of message 1
 *                         └─── process ··· links the hand-off of message 2
 */
import {
  type Context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';
import { copyWith } from './copy-with.js';
import { type Ending, endSpan, follow } from './follow.js';
import { harmless } from './harmless.js';
import {
  type Headers,
  type Message,
  messageAttributes,
  partitionAttributes,
  topicAttributes,
} from './kafka-messages.js';
import type { Method } from './patches.js';
import { packageTracer } from './scope.js';

interface MessagePayload {
  readonly topic: string;
  readonly partition: number;
  readonly message: Message;
}

interface BatchPayload {
  readonly batch: { readonly topic: string; readonly partition: number; readonly messages: readonly Message[] };
  readonly resolveOffset: (offset: string) => unknown;
}

interface Handlers {
  readonly eachMessage?: Method;
  readonly eachBatch?: Method;
}

/** In place of a consumer's `run`. The service's own options are left as they are. */
export function tracedRun(original: Method, group: string | undefined): Method {
  return function run(this: unknown, options: Handlers | undefined, ...rest: unknown[]) {
    const traced = options && harmless('a Kafka consumer', () => tracedHandlers(options, group));
    return original.call(this, traced ?? options, ...rest);
  };
}

function tracedHandlers(options: Handlers, group: string | undefined): Handlers {
  const { eachMessage, eachBatch } = options;
  return copyWith(options, {
    ...(typeof eachMessage === 'function' && { eachMessage: tracedEachMessage(eachMessage, group) }),
    ...(typeof eachBatch === 'function' && { eachBatch: tracedEachBatch(eachBatch, group) }),
  });
}

function tracedEachMessage(handler: Method, group: string | undefined): Method {
  return function eachMessage(this: unknown, payload: MessagePayload, ...rest: unknown[]) {
    const call = () => handler.call(this, payload, ...rest);
    const delivery = harmless('a Kafka delivery', () => beginDelivery(payload, group));
    if (!delivery) return call();
    return follow(delivery.work, call, (ending) => endSpan(delivery.span, ending));
  };
}

function beginDelivery(
  payload: MessagePayload,
  group: string | undefined,
): { readonly span: Span; readonly work: Context } {
  const { topic, partition, message } = payload;
  const sender = senderOf(message);
  const span = startProcessSpan({ topic, partition, group }, message, sender);
  return { span, work: trace.setSpan(sender, span) };
}

function tracedEachBatch(handler: Method, group: string | undefined): Method {
  return function eachBatch(this: unknown, payload: BatchPayload, ...rest: unknown[]) {
    const batch = harmless('a batch of Kafka deliveries', () => beginBatch(payload, group));
    if (!batch) return handler.call(this, payload, ...rest);
    return follow(batch.work, () => handler.call(this, batch.payload, ...rest), batch.end);
  };
}

interface OpenBatch {
  readonly work: Context;
  readonly payload: BatchPayload;
  readonly end: (ending: Ending) => void;
}

/** A message whose offset is resolved is done, whatever becomes of the rest of its batch: it is not delivered again. */
function beginBatch(payload: BatchPayload, group: string | undefined): OpenBatch {
  const { topic, partition, messages } = payload.batch;
  const place = { topic, partition, group };
  const poll = startPollSpan(place, messages.length);
  const work = trace.setSpan(ROOT_CONTEXT, poll);
  const open = new Map(messages.map((message) => [message, startProcessSpan(place, message, work, linkOf(message))]));
  const endUntil = (isLeft: (message: Message) => boolean, ending: Ending) => {
    for (const [message, span] of open) {
      if (isLeft(message)) return;
      open.delete(message);
      endSpan(span, ending);
    }
  };
  const resolveOffset = (offset: string) => {
    const resolved = payload.resolveOffset(offset);
    harmless('a resolved offset', () =>
      endUntil((message) => isAfter(message, offset), { ok: true, result: undefined }),
    );
    return resolved;
  };
  const end = (ending: Ending) => {
    endUntil(() => false, ending);
    endSpan(poll, ending);
  };
  return { work, payload: copyWith(payload, { resolveOffset }), end };
}

function isAfter({ offset }: Message, last: string): boolean {
  return offset === undefined || BigInt(offset) > BigInt(last);
}

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly group: string | undefined;
}

function startPollSpan({ topic, partition, group }: Place, count: number): Span {
  const attributes = {
    ...topicAttributes(topic, 'poll'),
    ...partitionAttributes(partition),
    ...groupAttribute(group),
    'messaging.batch.message_count': count,
  };
  return packageTracer().startSpan(`poll ${topic}`, { kind: SpanKind.CLIENT, attributes }, ROOT_CONTEXT);
}

function startProcessSpan(
  { topic, partition, group }: Place,
  message: Message,
  parent: Context,
  links: readonly { readonly context: ReturnType<Span['spanContext']> }[] = [],
): Span {
  const attributes = {
    ...topicAttributes(topic, 'process'),
    ...messageAttributes(message),
    ...partitionAttributes(partition),
    ...groupAttribute(group),
  };
  return packageTracer().startSpan(
    `process ${topic}`,
    { kind: SpanKind.CONSUMER, attributes, links: [...links] },
    parent,
  );
}

function groupAttribute(group: string | undefined) {
  return group === undefined ? {} : { 'messaging.consumer.group.name': group };
}

function linkOf(message: Message) {
  const sender = trace.getSpanContext(senderOf(message));
  return sender ? [{ context: sender }] : [];
}

/** The context that the headers of the message carry, and nothing of where the consumer was started. */
function senderOf({ headers = {} }: Message): Context {
  return propagation.extract(ROOT_CONTEXT, headers, HEADERS);
}

const HEADERS: TextMapGetter<Headers> = {
  get: (headers, key) => {
    const name = Object.keys(headers).find((header) => header.toLowerCase() === key);
    return name === undefined ? undefined : headers[name]?.toString();
  },
  keys: (headers) => Object.keys(headers),
};
