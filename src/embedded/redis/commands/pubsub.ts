import { argument, type Call, type CommandFamily } from '../command.js';
import { wrongArity } from '../command-error.js';
import { keyPattern } from '../key-pattern.js';
import { array, bulk, bulks, integer, type Reply } from '../reply.js';
import type { ServerState } from '../server-state.js';
import type { Session } from '../session.js';

type Subscriptions = 'channels' | 'patterns';

export const PUBSUB: CommandFamily = {
  subscribe: { arity: -2, run: (call) => subscribe(call, 'channels') },
  psubscribe: { arity: -2, run: (call) => subscribe(call, 'patterns') },
  unsubscribe: { arity: -1, run: (call) => unsubscribe(call, 'channels') },
  punsubscribe: { arity: -1, run: (call) => unsubscribe(call, 'patterns') },
  publish: { arity: 3, run: publish },
  pubsub: {
    arity: -2,
    subcommands: {
      channels: { arity: -2, run: listChannels },
      numsub: { arity: -2, run: countSubscribers },
      numpat: { arity: 2, run: ({ server }) => integer(new Set(all(server, 'patterns')).size) },
    },
  },
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

function all(server: ServerState, kind: Subscriptions): readonly string[] {
  return [...server.sessions].flatMap((session) => [...session[kind]]);
}

function listChannels({ name, args, server }: Call): Reply {
  if (args.length > 1) throw wrongArity(name);
  return bulks(new Set(all(server, 'channels').filter(keyPattern(args[0] ?? '*'))));
}

function countSubscribers({ args, server }: Call): Reply {
  const subscribed = all(server, 'channels');
  const count = (wanted: string) => subscribed.filter((channel) => channel === wanted).length;
  return array(args.flatMap((channel) => [bulk(channel), integer(count(channel))]));
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
