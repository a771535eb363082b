import type { Call, CommandFamily } from '../command.js';
import { CommandError } from '../command-error.js';
import { OK, type Reply } from '../reply.js';

/** The commands round a transaction; EXEC itself needs the table of all commands and lives beside it. */
export const TRANSACTIONS: CommandFamily = {
  multi: { arity: 1, run: begin },
  discard: { arity: 1, run: discard },
  watch: { arity: -2, run: watch },
  unwatch: { arity: 1, run: unwatch },
};

function begin({ session }: Call): Reply {
  if (session.transaction !== undefined) throw new CommandError('ERR MULTI calls can not be nested');
  session.transaction = { queue: [], isAborted: false };
  return OK;
}

function discard({ session }: Call): Reply {
  if (session.transaction === undefined) throw new CommandError('ERR DISCARD without MULTI');
  session.giveUpTransaction();
  return OK;
}

function watch({ session, keys, args }: Call): Reply {
  if (session.transaction !== undefined) throw new CommandError('ERR WATCH inside MULTI is not allowed');
  for (const key of args) {
    keys.find(key);
    session.watch(keys, key);
  }
  return OK;
}

function unwatch({ session }: Call): Reply {
  session.unwatchAll();
  return OK;
}
