/** Topics with consumer groups: every group gets every message, once it has succeeded with it and never after. */
import type { AttributeValue } from '../../src/model/index.js';
import type { SpanStart, ToyContext, ToyProcess, ToySpan } from './toy-process.js';
import type { Ending } from './toy-work.js';
import type { ConsumerGroup, ToyWorld } from './toy-world.js';

export type Work = (world: ToyWorld, span: ToySpan, ending?: Ending) => void;

/** What happens to one group: everything below needs the three. */
interface Consuming {
  readonly world: ToyWorld;
  readonly group: ConsumerGroup;
  readonly work: Work;
}

const MAX_ATTEMPTS = 3;

/** One to three messages, each with a hand-off of its own or all with one. */
export function publish(world: ToyWorld, span: ToySpan, work: Work): void {
  const { random } = world;
  const topic = random.pick(world.topics);
  const messages = random.chance(0.4) ? 2 + random.int(2) : 1;
  const isOneInject = random.chance(0.5);
  const attributes: Record<string, AttributeValue> = { 'messaging.destination.name': topic.name };
  if (isOneInject && messages > 1) attributes['messaging.batch.message_count'] = messages;
  const producer = world.start(span.process, span.context, { kind: 'producer', name: 'publish', attributes });
  let header: ToyContext | undefined;
  for (let i = 0; i < messages; i++) {
    header = isOneInject && header ? header : world.inject(producer.process, producer.context);
    for (const group of topic.groups) deliver({ world, group, work }, header);
  }
  world.afterIn(producer.process, random.int(4), () => world.end(producer));
}

function deliver(consuming: Consuming, message: ToyContext, attempt = 1): void {
  const { world } = consuming;
  const { random } = world;
  if (world.options.unprovable && random.chance(0.04)) {
    world.unprovable |= message.touches;
    return;
  }
  const arrived = random.chance(0.1) ? { ...message, requestId: undefined } : message;
  world.after(random.int(20), () => {
    if (random.chance(0.1)) fetchOnly(consuming, arrived);
    receive(consuming, arrived, attempt);
  });
}

function receive(consuming: Consuming, message: ToyContext, attempt: number): void {
  const { world, group } = consuming;
  switch (group.shape) {
    case 'each':
    case 'each-linked': {
      const links = group.shape === 'each' ? [] : [message];
      consume(consuming, { messages: [message], parent: message, links, attempt });
      break;
    }
    case 'linked': {
      const parent = world.newTrace([message], world.random.chance(0.5) ? message.requestId : undefined);
      consume(consuming, { messages: [message], parent, links: [message], attempt });
      break;
    }
    case 'batch':
    case 'batch-under-fetch':
      if (group.buffer.push(message) === 1) world.after(world.random.int(15), () => takeBatch(consuming, attempt));
      break;
    default:
      group.shape satisfies never;
  }
}

function takeBatch(consuming: Consuming, attempt: number): void {
  const { world, group } = consuming;
  const messages = group.buffer.splice(0);
  if (group.shape === 'batch-under-fetch') {
    underFetch(consuming, messages, attempt);
    return;
  }
  const parent = world.newTrace(messages, world.random.chance(0.3) ? messages[0]!.requestId : undefined);
  consume(consuming, { messages, parent, links: messages, attempt });
}

interface Delivery {
  readonly messages: readonly ToyContext[];
  readonly parent: ToyContext;
  readonly links: readonly ToyContext[];
  readonly attempt: number;
  readonly process?: ToyProcess;
  readonly fails?: boolean;
}

function willFail({ random }: ToyWorld, attempt: number): boolean {
  return attempt < MAX_ATTEMPTS && random.chance(0.15);
}

function inVain(context: ToyContext): ToyContext {
  return { ...context, requests: 0 };
}

/** Works on messages in one span; if it fails, all of them come again. */
function consume(consuming: Consuming, delivery: Delivery): void {
  const { world, group } = consuming;
  const { messages, parent, links, attempt, process = world.anyProcess(), fails = willFail(world, attempt) } = delivery;
  const comeAgain = (): void => {
    for (const message of messages) deliver(consuming, message, attempt + 1);
  };
  const comesAgainAnyway = !fails && world.leaks('redelivery-after-success', 0.3);
  const start = { kind: 'consumer', name: 'process', links, attributes: groupAttributes(group, 'process') } as const;
  consuming.work(world, world.start(process, fails ? inVain(parent) : parent, start satisfies SpanStart), {
    error: fails ? 'failed' : undefined,
    onEnd: () => {
      if (fails || comesAgainAnyway) comeAgain();
    },
  });
  crashAndRedeliver(world, process, comeAgain);
}

/** The shape of kafkajs: a span for the fetch, a root without links, and below it one span a message. */
function underFetch(consuming: Consuming, messages: readonly ToyContext[], attempt: number): void {
  const { world, group } = consuming;
  const process = world.anyProcess();
  const attributes = groupAttributes(group, 'receive');
  const outcomes = messages.map((message) => ({ message, fails: willFail(world, attempt) }));
  const trace = world.newTrace(
    outcomes.map(({ message, fails }) => (fails ? inVain(message) : message)),
    undefined,
  );
  const fetch = world.start(process, trace, { kind: 'consumer', name: 'fetch', attributes });
  for (const { message, fails } of outcomes) {
    const parent = { ...fetch.context, requests: message.requests, touches: message.touches };
    consume(consuming, { messages: [message], parent, links: [message], attempt, process, fails });
  }
  consuming.work(world, fetch);
}

/** A span that tells of a message and works on none: it is no part of any request's work. */
function fetchOnly({ world, group }: Consuming, message: ToyContext): void {
  const process = world.anyProcess();
  const attributes = groupAttributes(group, 'receive');
  const start: SpanStart = { kind: 'consumer', name: 'fetch only', links: [message], attributes };
  const fetch = world.start(process, world.newTrace([], undefined), start);
  world.afterIn(process, 1, () => world.end(fetch));
}

function groupAttributes({ name }: ConsumerGroup, operation: 'receive' | 'process'): Record<string, AttributeValue> {
  return { 'messaging.consumer.group.name': name, 'messaging.operation.type': operation };
}

function crashAndRedeliver(world: ToyWorld, process: ToyProcess, comeAgain: () => void): void {
  if (!world.leaks('crash', 0.3)) return;
  world.afterIn(process, world.random.int(15), () => {
    process.crash();
    const { service, hasLedger, tellsRemote } = process.options;
    world.addProcess({ service, hasLedger, tellsRemote });
    comeAgain();
  });
}
