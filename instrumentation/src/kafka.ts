/** The official kafkajs instrumentation, with what identifies a message on its span. */
import type { Span } from '@opentelemetry/api';
import { KafkaJsInstrumentation, type KafkajsMessage } from '@opentelemetry/instrumentation-kafkajs';

/** Headers that name the conversation a message belongs to, the first that is there. */
const CONVERSATION_HEADERS = [
  'conversation-id',
  'conversation_id',
  'conversationId',
  'correlation-id',
  'correlation_id',
  'correlationId',
];

/** PRODUCER `send <topic>`, CONSUMER `process <topic>`; a batch is CLIENT `poll <topic>` with a linked `process` for each message. */
export function createKafkaInstrumentation(): KafkaJsInstrumentation {
  return new KafkaJsInstrumentation({
    producerHook: (span, { message }) => describeMessage(span, message),
    consumerHook: (span, { message }) => describeMessage(span, message),
  });
}

function describeMessage(span: Span, message: KafkajsMessage): void {
  const conversation = conversationOf(message);
  if (conversation) span.setAttribute('messaging.message.conversation_id', conversation);
}

function conversationOf({ headers }: KafkajsMessage): string | undefined {
  const name = CONVERSATION_HEADERS.find((header) => headers?.[header] !== undefined);
  const value = name === undefined ? undefined : headers?.[name];
  return (Array.isArray(value) ? value[0] : value)?.toString();
}
