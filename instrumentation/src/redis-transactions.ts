/**
 * What the commands of a transaction came to. `QUEUED` is no answer: a command between MULTI and EXEC has done its work, or
 * failed, only when EXEC is answered.
 *
 *     MULTI ├─┤
 *     SET     ├────────────┤  ends with its own reply within the reply to EXEC
 *     EXEC      ├──────────┤
 */
import { type RedisClient, type RedisCommand, type Reply, whenSettled } from './redis-command.js';

/** Ends the span of a command; undefined for the error means that all went well. */
export type EndCommand = (error: unknown) => void;

interface OpenTransaction {
  /** In the order in which they were sent, which is the order of the replies; a command without a span has no end. */
  readonly queued: (EndCommand | undefined)[];
  readonly onClose: () => void;
}

const open = new WeakMap<RedisClient, OpenTransaction>();

/**
 * Takes note of a command that is sent on the connection, once for each attempt. Returns true if it is queued in a
 * transaction, which then ends its span.
 */
export function joinTransaction(client: RedisClient, command: RedisCommand, end: EndCommand | undefined): boolean {
  const name = command.name.toLowerCase();
  const transaction = open.get(client);
  if (name === 'multi' && !transaction) beginTransaction(client);
  if (!transaction || name === 'multi') return false;
  if (name !== 'exec' && name !== 'discard') {
    transaction.queued.push(end);
    return true;
  }
  open.delete(client);
  client.off('close', transaction.onClose);
  whenSettled(command, (reply) => endQueued(transaction, name === 'exec' ? reply : discarded('DISCARD')));
  return false;
}

/** True of the reply that only says that the command will be executed by EXEC. */
export function isQueued(reply: Reply): boolean {
  return (
    reply.ok && (typeof reply.reply === 'string' || Buffer.isBuffer(reply.reply)) && String(reply.reply) === 'QUEUED'
  );
}

function beginTransaction(client: RedisClient): void {
  const queued: OpenTransaction['queued'] = [];
  const onClose = () => {
    open.delete(client);
    endQueued({ queued }, discarded('the end of the connection'));
  };
  open.set(client, { queued, onClose });
  client.once('close', onClose);
}

/** A command that was refused when it was queued has ended already; ending it again does nothing. */
function endQueued({ queued }: Pick<OpenTransaction, 'queued'>, reply: Reply): void {
  const replies = repliesIn(reply);
  for (const [i, end] of queued.entries()) end?.(replies(i));
}

function repliesIn(reply: Reply): (index: number) => unknown {
  if (!reply.ok) return () => reply.error;
  const { reply: replies } = reply;
  if (!Array.isArray(replies)) return () => notExecuted('a watched key that changed');
  return (index) => (replies[index] instanceof Error ? replies[index] : undefined);
}

function discarded(by: string): Reply {
  return { ok: false, error: notExecuted(by) };
}

function notExecuted(by: string): Error {
  return Object.assign(new Error(`not executed: ${by} ended the transaction`), { code: 'DISCARDED', stack: undefined });
}
