import type { Call, CommandFamily } from '../command.js';
import { keyPattern } from '../key-pattern.js';
import { bulk, type Reply } from '../reply.js';
import { serverInfo } from '../server-info.js';
import { DATABASE_COUNT } from '../server-state.js';

/** What is true of this server and that clients ask for; everything else is not answered. */
const CONFIGURATION: Readonly<Record<string, string>> = {
  databases: String(DATABASE_COUNT),
  maxmemory: '0',
  'maxmemory-policy': 'noeviction',
  save: '',
  appendonly: 'no',
  'notify-keyspace-events': '',
};

export const SERVER: CommandFamily = {
  info: { arity: -1, run: ({ server, args }) => ({ kind: 'verbatim', bytes: serverInfo(server, args) }) },
  config: { arity: -2, subcommands: { get: { arity: -3, run: getConfiguration } } },
};

function getConfiguration({ args }: Call): Reply {
  const patterns = args.map((pattern) => keyPattern(pattern.toLowerCase()));
  const wanted = Object.entries(CONFIGURATION).filter(([name]) => patterns.some((fits) => fits(name)));
  return { kind: 'map', entries: wanted.map(([name, value]) => [bulk(name), bulk(value)] as const) };
}
