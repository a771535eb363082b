import { EMBEDDED_PRODUCT } from '../../embedded-server.js';
import { clientLine } from '../client-line.js';
import { argument, type Call, type CommandFamily } from '../command.js';
import { CommandError, SYNTAX_ERROR, wrongArity } from '../command-error.js';
import { integerArgument } from '../numbers.js';
import { array, bulk, integer, OK, type Reply, simple } from '../reply.js';
import { COMPATIBLE_VERSION } from '../server-info.js';
import { DATABASE_COUNT } from '../server-state.js';

const WRONG_PASSWORD = 'WRONGPASS invalid username-password pair or user is disabled.';
const NO_PASSWORD_SET =
  'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?';
const HELLO_NOT_AUTHENTICATED =
  'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time';
const INT32_MAX = 2n ** 31n - 1n;
const INT32_MIN = -(2n ** 31n);
const NO_INT32 = `ERR value is out of range, value must between ${INT32_MIN} and ${INT32_MAX}`;
const NAME_FORM = /^[!-~]*$/;

export const CONNECTION: CommandFamily = {
  ping: { arity: -1, run: ping },
  echo: { arity: 2, run: (call) => bulk(argument(call, 0)) },
  hello: { arity: -1, run: hello },
  auth: { arity: -2, run: authenticate },
  select: { arity: 2, run: select },
  quit: { arity: -1, run: quit },
  reset: { arity: 1, run: reset },
  client: {
    arity: -2,
    subcommands: {
      id: { arity: 2, run: ({ session }) => integer(session.id) },
      getname: { arity: 2, run: ({ session }) => bulk(session.clientName || undefined) },
      setname: { arity: 3, run: (call) => nameClient(call, argument(call, 0)) },
      setinfo: { arity: 4, run: setClientInfo },
      info: { arity: 2, run: (call) => ({ kind: 'verbatim', bytes: `${clientLine(call)}\n` }) },
    },
  },
};

function ping(call: Call): Reply {
  if (call.args.length > 1) throw wrongArity(call.name);
  if (call.session.isSubscriberOnly) return array([bulk('pong'), bulk(call.args[0] ?? '')]);
  return call.args.length === 0 ? simple('PONG') : bulk(call.args[0]);
}

interface HelloOptions {
  readonly user?: readonly [name: string, password: string];
  readonly clientName?: string;
}

function hello(call: Call): Reply {
  const [versionText, ...words] = call.args;
  if (versionText !== undefined) {
    const protocol = protocolArgument(versionText);
    const { user, clientName } = readHelloOptions(words);
    if (user !== undefined) enter(call, ...user);
    if (clientName !== undefined) nameClient(call, clientName);
    refuseStrangers(call);
    call.session.protocol = protocol;
  }
  refuseStrangers(call);
  return greeting(call);
}

function refuseStrangers({ session }: Call): void {
  if (!session.isAuthenticated) throw new CommandError(HELLO_NOT_AUTHENTICATED);
}

function protocolArgument(text: string): 2 | 3 {
  const version = integerArgument(text, 'ERR Protocol version is not an integer or out of range');
  if (version !== 2n && version !== 3n) throw new CommandError('NOPROTO unsupported protocol version');
  return version === 2n ? 2 : 3;
}

function readHelloOptions(words: readonly string[]): HelloOptions {
  let options: HelloOptions = {};
  let at = 0;
  while (at < words.length) {
    const [word = '', first, second] = words.slice(at, at + 3);
    if (word.toUpperCase() === 'AUTH' && first !== undefined && second !== undefined) {
      options = { ...options, user: [first, second] };
      at += 3;
    } else if (word.toUpperCase() === 'SETNAME' && first !== undefined) {
      options = { ...options, clientName: first };
      at += 2;
    } else {
      throw new CommandError(`ERR Syntax error in HELLO option '${word}'`);
    }
  }
  return options;
}

function greeting({ session }: Call): Reply {
  return {
    kind: 'map',
    entries: [
      [bulk('server'), bulk(EMBEDDED_PRODUCT)],
      [bulk('version'), bulk(COMPATIBLE_VERSION)],
      [bulk('proto'), integer(session.protocol)],
      [bulk('id'), integer(session.id)],
      [bulk('mode'), bulk('standalone')],
      [bulk('role'), bulk('master')],
      [bulk('modules'), array([])],
    ],
  };
}

/** There is one user, `default`. Where it has no password, any fits. A refusal leaves whoever has entered before inside. */
function enter({ session, server }: Call, name: string, password: string): void {
  const isRight = server.password === undefined || server.password === password;
  if (name !== 'default' || !isRight) throw new CommandError(WRONG_PASSWORD);
  session.isAuthenticated = true;
}

function authenticate(call: Call): Reply {
  if (call.args.length > 2) throw new CommandError(SYNTAX_ERROR);
  if (call.args.length === 2) enter(call, argument(call, 0), argument(call, 1));
  else if (call.server.password === undefined) throw new CommandError(NO_PASSWORD_SET);
  else enter(call, 'default', argument(call, 0));
  return OK;
}

function select(call: Call): Reply {
  const index = integerArgument(call.args[0]);
  if (index < INT32_MIN || index > INT32_MAX) throw new CommandError(NO_INT32);
  if (index < 0n || index >= BigInt(DATABASE_COUNT)) {
    throw new CommandError('ERR DB index is out of range');
  }
  call.session.database = Number(index);
  return OK;
}

function quit({ session }: Call): Reply {
  session.isLeaving = true;
  return OK;
}

function reset({ session, server }: Call): Reply {
  session.isAuthenticated = server.password === undefined;
  session.giveUpTransaction();
  session.channels.clear();
  session.patterns.clear();
  session.protocol = 2;
  session.database = 0;
  session.clientName = '';
  return simple('RESET');
}

function nameClient({ session }: Call, name: string): Reply {
  if (!NAME_FORM.test(name)) {
    throw new CommandError('ERR Client names cannot contain spaces, newlines or special characters.');
  }
  session.clientName = name;
  return OK;
}

/** Redis 7.2 brought this one; drivers send it to every server and ignore a refusal. */
function setClientInfo(call: Call): Reply {
  const attribute = argument(call, 0);
  const value = argument(call, 1);
  const word = attribute.toLowerCase();
  if (word !== 'lib-name' && word !== 'lib-ver') throw new CommandError(`ERR Unrecognized option '${attribute}'`);
  if (!NAME_FORM.test(value)) {
    throw new CommandError(`ERR ${word} cannot contain spaces, newlines or special characters.`);
  }
  if (word === 'lib-name') call.session.libraryName = value;
  else call.session.libraryVersion = value;
  return OK;
}
