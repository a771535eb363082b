import { argument, type Call, type CommandFamily } from '../command.js';
import { keyPattern } from '../key-pattern.js';
import { bulk, integer, type Reply } from '../reply.js';
import type { Session } from '../session.js';

type Subscriptions = 'channels' | 'patterns';

export const PUBSUB: CommandFamily = {
  subscribe: { arity: -2, run: (call) => subscribe(call, 'channels') },
  psubscribe: { arity: -2, run: (call) => subscribe(call, 'patterns') },
  unsubscribe: { arity: -1, run: (call) => unsubscribe(call, 'channels') },
  punsubscribe: { arity: -1, run: (call) => unsubscribe(call, 'patterns') },
  publish: { arity: 3, run: publish },
};

function push(...items: readonly Reply[]): Reply {
  return { kind: 'push', items };
}

/** One frame a name: what was done, to which, and how many subscriptions the connection has after it. */
function acknowledge(call: Call, name: string | undefined): Reply {
  return push(bulk(call.name), bulk(name), integer(call.session.subscriptionCount));
}

function subscribe(call: Call, kind: Subscriptions): Reply {
  const frames = call.args.map((name) => {
    call.session[kind].add(name);
    return acknowledge(call, name);
  });
  return { kind: 'several', frames };
}

function unsubscribe(call: Call, kind: Subscriptions): Reply {
  const names = call.args.length > 0 ? call.args : [...call.session[kind]];
  if (names.length === 0) return acknowledge(call, undefined);
  const frames = names.map((name) => {
    call.session[kind].delete(name);
    return acknowledge(call, name);
  });
  return { kind: 'several', frames };
}

function publish(call: Call): Reply {
  const channel = argument(call, 0);
  const message = argument(call, 1);
  let receivers = 0;
  for (const session of call.server.sessions) receivers += deliver(session, channel, message);
  return integer(receivers);
}

function deliver(session: Session, channel: string, message: string): number {
  let delivered = 0;
  if (session.channels.has(channel)) {
    session.send(push(bulk('message'), bulk(channel), bulk(message)));
    delivered++;
  }
  for (const pattern of session.patterns) {
    if (!keyPattern(pattern)(channel)) continue;
    session.send(push(bulk('pmessage'), bulk(pattern), bulk(channel), bulk(message)));
    delivered++;
  }
  return delivered;
}
