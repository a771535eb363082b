import { type Command, type CommandFamily, type Container, fitsArity } from './command.js';
import { CommandError, unknownCommand, unknownSubcommand, wrongArity } from './command-error.js';
import { BLOCKING } from './commands/blocking.js';
import { CLUSTER } from './commands/cluster.js';
import { CONNECTION } from './commands/connection.js';
import { HASHES } from './commands/hashes.js';
import { KEYS } from './commands/keys.js';
import { LISTS } from './commands/lists.js';
import { PUBSUB } from './commands/pubsub.js';
import { SCANS } from './commands/scans.js';
import { SERVER } from './commands/server.js';
import { SETS } from './commands/sets.js';
import { SORTED_SETS } from './commands/sorted-sets.js';
import { STRINGS } from './commands/strings.js';
import { TRANSACTIONS } from './commands/transactions.js';
import { array, bulks, type ErrorReply, error, integer, NIL_ARRAY, type Reply, simple } from './reply.js';
import type { ServerState } from './server-state.js';
import type { Session } from './session.js';
import { UNSUPPORTED_COMMANDS, unsupportedCommand } from './unsupported-commands.js';

const FAMILIES: readonly CommandFamily[] = [
  CONNECTION,
  SERVER,
  STRINGS,
  HASHES,
  LISTS,
  BLOCKING,
  SETS,
  SORTED_SETS,
  KEYS,
  SCANS,
  TRANSACTIONS,
  PUBSUB,
  CLUSTER,
];

/** Every command by its name in lower case. */
const COMMANDS: ReadonlyMap<string, Command | Container> = new Map([
  ...FAMILIES.flatMap((family) => Object.entries(family)),
  ['exec', { arity: 1, run: ({ session }) => executeTransaction(session) }],
  [
    'command',
    {
      arity: -2,
      subcommands: {
        count: { arity: 2, run: () => integer(COMMANDS.size) },
        list: { arity: 2, run: () => bulks(commandNames()) },
      },
    },
  ],
]);

/** Subcommands too, as `client|id`. */
function commandNames(): readonly string[] {
  return [...COMMANDS].flatMap(([name, command]) =>
    'run' in command ? [name] : [name, ...Object.keys(command.subcommands).map((word) => `${name}|${word}`)],
  );
}

/** A command that was found, with what it was given. */
interface Invocation {
  readonly name: string;
  readonly command: Command;
  readonly args: readonly string[];
}

/** Commands that a transaction does not queue. */
const NEVER_QUEUED: ReadonlySet<string> = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset']);

/** What a connection may say before it has given the password. */
const ALLOWED_TO_STRANGERS: ReadonlySet<string> = new Set(['auth', 'hello', 'quit', 'reset']);

/** What a RESP2 connection may still say while it is subscribed. */
const ALLOWED_WHILE_SUBSCRIBED: ReadonlySet<string> = new Set([
  'subscribe',
  'psubscribe',
  'unsubscribe',
  'punsubscribe',
  'ping',
  'quit',
  'reset',
]);

/** Carries out one command of a connection at the instant `nowMs` and gives its reply; errors are replies too. */
export function execute(words: readonly string[], session: Session, server: ServerState, nowMs: bigint): Reply {
  server.nowMs = nowMs;
  server.commandCount += 1;
  const admitted = withErrors(() => admit(words, session));
  if ('kind' in admitted) return refuse(admitted, words, session);
  if (session.transaction === undefined || NEVER_QUEUED.has(admitted.name)) {
    return withErrors(() => run(admitted, session, server, true));
  }
  session.transaction.queue.push(() => withErrors(() => run(admitted, session, server, false)));
  return simple('QUEUED');
}

/** What the work gives, or the error reply that it throws. */
function withErrors<T>(work: () => T): T | ErrorReply {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof CommandError) return error(cause.message);
    throw cause;
  }
}

function admit(words: readonly string[], session: Session): Invocation {
  const invocation = findCommand(words);
  refuseStrangers(invocation.name, session);
  refuseWhileSubscribed(invocation.name, session);
  return invocation;
}

/** A command refused before it could be queued spoils its transaction, and EXEC itself ends it; one that only fails when it runs does not. */
function refuse(refusal: ErrorReply, words: readonly string[], session: Session): Reply {
  if ((words[0] ?? '').toLowerCase() === 'exec') {
    session.giveUpTransaction();
    return error(`EXECABORT Transaction discarded because of: ${refusal.text.replace(/^ERR /, '')}`);
  }
  if (session.transaction !== undefined) session.transaction.isAborted = true;
  return refusal;
}

/** The command that the words ask for. Throws Redis's error for one that it lacks or that has too few or many arguments. */
function findCommand(words: readonly string[]): Invocation {
  const [given = '', ...args] = words;
  const name = given.toLowerCase();
  const command = COMMANDS.get(name);
  if (command === undefined)
    throw UNSUPPORTED_COMMANDS.has(name) ? unsupportedCommand(name) : unknownCommand(given, args);
  if (!fitsArity(command.arity, words.length)) throw wrongArity(name);
  return 'run' in command ? { name, command, args } : findSubcommand(name, command, args);
}

/** Inside a container the name is `container|subcommand`, as in Redis's own errors. */
function findSubcommand(container: string, { subcommands }: Container, args: readonly string[]): Invocation {
  const [given = '', ...rest] = args;
  const word = given.toLowerCase();
  const command = Object.hasOwn(subcommands, word) ? subcommands[word] : undefined;
  const name = `${container}|${word}`;
  if (UNSUPPORTED_COMMANDS.has(name)) throw unsupportedCommand(name);
  if (command === undefined) throw unknownSubcommand(container, given);
  if (!fitsArity(command.arity, args.length + 1)) throw wrongArity(name);
  return { name, command, args: rest };
}

function refuseStrangers(name: string, session: Session): void {
  if (!session.isAuthenticated && !ALLOWED_TO_STRANGERS.has(name)) {
    throw new CommandError('NOAUTH Authentication required.');
  }
}

function refuseWhileSubscribed(name: string, session: Session): void {
  if (!session.isSubscriberOnly || ALLOWED_WHILE_SUBSCRIBED.has(name)) return;
  throw new CommandError(
    `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
  );
}

function run({ name, command, args }: Invocation, session: Session, server: ServerState, mayWait: boolean): Reply {
  return command.run({ name, args, session, server, keys: server.keysOf(session), mayWait });
}

function executeTransaction(session: Session): Reply {
  const { transaction } = session;
  if (transaction === undefined) throw new CommandError('ERR EXEC without MULTI');
  const isStale = session.hasWatchedChange();
  session.giveUpTransaction();
  if (transaction.isAborted) {
    throw new CommandError('EXECABORT Transaction discarded because of previous errors.');
  }
  return isStale ? NIL_ARRAY : array(transaction.queue.map((runNext) => runNext()));
}
