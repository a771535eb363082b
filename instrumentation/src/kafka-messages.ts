/** What is used of kafkajs: its messages and clients. Tests with the unmodified client hold each. */
import type { Attributes } from '@opentelemetry/api';

type HeaderValue = Buffer | string | undefined;

export type Headers = Record<string, HeaderValue | HeaderValue[]>;

export interface Message {
  readonly key?: Buffer | string | null;
  readonly value?: Buffer | string | null;
  readonly headers?: Headers;
  readonly partition?: number;
  readonly offset?: string;
}

/** Headers that name the conversation a message belongs to; the first that is there counts. */
const CONVERSATION_HEADERS = [
  'conversation-id',
  'conversation_id',
  'conversationId',
  'correlation-id',
  'correlation_id',
  'correlationId',
];

/** What every span about messages of the topic says. */
export function topicAttributes(topic: string, operation: 'send' | 'process' | 'poll'): Attributes {
  return {
    'messaging.system': 'kafka',
    'messaging.destination.name': topic,
    'messaging.operation.name': operation,
    'messaging.operation.type': operation === 'poll' ? 'receive' : operation,
  };
}

/** What identifies a message, and nothing of what it says. */
export function messageAttributes({ key, value, headers, offset }: Message): Attributes {
  return {
    ...(key && { 'messaging.kafka.message.key': String(key) }),
    ...(key && value === null && { 'messaging.kafka.message.tombstone': true }),
    ...(offset !== undefined && { 'messaging.kafka.offset': offset }),
    ...conversationOf(headers ?? {}),
  };
}

export function partitionAttributes(partition: number | undefined): Attributes {
  return partition === undefined ? {} : { 'messaging.destination.partition.id': String(partition) };
}

function conversationOf(headers: Headers): Attributes {
  const name = CONVERSATION_HEADERS.find((header) => headers[header] !== undefined);
  const value = name === undefined ? undefined : headers[name];
  const conversation = (Array.isArray(value) ? value[0] : value)?.toString();
  return conversation ? { 'messaging.message.conversation_id': conversation } : {};
}
