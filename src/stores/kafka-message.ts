import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { IndexedMessage } from './kafka-message-index.js';

/** They belong to the trace: the same message has others each time it is sent. */
const PROPAGATION_HEADERS: ReadonlySet<string> = new Set(['traceparent', 'tracestate', 'baggage']);

/** A message of kafkajs in the model's terms; undefined when it has no key and so cannot be asked for. */
export function indexedMessage(topic: string, partition: number, message: KafkaMessage): IndexedMessage | undefined {
  if (message.key === null) return undefined;
  return {
    store: 'kafka',
    topic,
    partition,
    offset: message.offset,
    key: message.key.toString('utf8'),
    value: message.value?.toString('utf8') ?? null,
    headers: contentHeaders(message.headers ?? {}),
  };
}

function contentHeaders(headers: IHeaders): Readonly<Record<string, string>> {
  const content = Object.entries(headers).filter(([name]) => !PROPAGATION_HEADERS.has(name.toLowerCase()));
  return Object.fromEntries(content.map(([name, value]) => [name, [value ?? ''].flat().map(String).join(', ')]));
}
