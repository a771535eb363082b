/** One CLIENT span for each attempt of a Redis command, from when it was issued until it is settled. */
import { type Attributes, type Context, context, type Span, SpanKind, trace } from '@opentelemetry/api';
import { tellCacheLookup } from './cache-lookups.js';
import { harmless } from './harmless.js';
import type { Method } from './patches.js';
import { recordError } from './record-error.js';
import { type RedisClient, type RedisCommand, type Reply, whenSettled } from './redis-command.js';
import { redisQueryText } from './redis-query-text.js';
import { type EndCommand, isQueued, joinTransaction } from './redis-transactions.js';
import { packageTracer } from './scope.js';

/** What the client says on its own account to connect, and to find its way in a cluster. */
const HANDSHAKE = new Set(['asking', 'auth', 'client', 'cluster', 'command', 'hello', 'info', 'readonly', 'select']);

interface Attempt {
  /** A command that has another promise now is tried once more. */
  readonly promise: Promise<unknown> | undefined;
  /** The context of whoever issued the command; whoever sends it may be a timer or a reply. */
  readonly issuedIn: Context;
  readonly span?: Span | undefined;
  readonly end?: EndCommand | undefined;
  isSent: boolean;
  isQueued: boolean;
}

const attempts = new WeakMap<RedisCommand, Attempt>();

/** Remembers in which context the command was issued, for it will be sent from another one. */
export function issueHere(command: RedisCommand): void {
  attempts.set(command, { promise: undefined, issuedIn: context.active(), isSent: false, isQueued: false });
}

/**
 * In place of `sendCommand` of a connection or a cluster.
 *
 * A command passes here more than once: through the cluster to a connection, again after a redirection, again when the
 * connection is ready. All that is one attempt, and one span.
 */
export function tracedSendCommand(original: Method): Method {
  return function sendCommand(this: RedisClient, command: RedisCommand, ...rest: unknown[]) {
    const attempt = harmless('a Redis command', () => attemptOf(this, command));
    try {
      return original.call(this, command, ...rest);
    } catch (error) {
      attempt?.end?.(error);
      throw error;
    }
  };
}

function attemptOf(client: RedisClient, command: RedisCommand | undefined): Attempt | undefined {
  if (typeof command !== 'object') return undefined;
  const known = attempts.get(command);
  const attempt =
    known?.promise === command.promise ? known : beginAttempt(command, known?.issuedIn ?? context.active());
  if (!client.isCluster) sendAttempt(client, command, attempt);
  return attempt;
}

function beginAttempt(command: RedisCommand, issuedIn: Context): Attempt {
  const span = isTraced(command, issuedIn) ? startCommandSpan(command, issuedIn) : undefined;
  const attempt: Attempt = {
    promise: command.promise,
    issuedIn,
    span,
    end: span && ((error) => endCommandSpan(span, error)),
    isSent: false,
    isQueued: false,
  };
  attempts.set(command, attempt);
  if (span) whenSettled(command, (reply) => settleAttempt(command, attempt, reply));
  return attempt;
}

/** A command outside every span gets none: it belongs to no request. */
function isTraced({ name }: RedisCommand, issuedIn: Context): boolean {
  return trace.getSpan(issuedIn) !== undefined && !HANDSHAKE.has(name.toLowerCase());
}

function settleAttempt(command: RedisCommand, { isQueued: waits, end }: Attempt, reply: Reply): void {
  if (waits && isQueued(reply)) return;
  if (reply.ok) harmless('a cache lookup', () => tellCacheLookup(command, reply.reply));
  end?.(reply.ok ? undefined : reply.error);
}

/** Each time the command is sent it may be to another server; within a transaction it counts once. */
function sendAttempt(client: RedisClient, command: RedisCommand, attempt: Attempt): void {
  attempt.span?.setAttributes(addressOf(client));
  if (attempt.isSent) return;
  attempt.isSent = true;
  attempt.isQueued = joinTransaction(client, command, attempt.end);
}

function startCommandSpan(command: RedisCommand, issuedIn: Context): Span {
  const operation = command.name.toUpperCase();
  const attributes: Attributes = {
    'db.system.name': 'redis',
    'db.operation.name': operation,
    'db.query.text': redisQueryText(operation, command.args),
  };
  return packageTracer().startSpan(operation, { kind: SpanKind.CLIENT, attributes }, issuedIn);
}

function addressOf({ options: { host, port, path } }: RedisClient): Attributes {
  if (typeof path === 'string') return { 'server.address': path };
  return {
    ...(typeof host === 'string' && { 'server.address': host }),
    ...(typeof port === 'number' && { 'server.port': port }),
  };
}

function endCommandSpan(span: Span, error: unknown): void {
  if (!span.isRecording()) return;
  harmless('the error of a Redis command', () => {
    if (error === undefined) return;
    const status = statusOf(error);
    recordError(span, error, status);
    if (status) span.setAttribute('db.response.status_code', status);
  });
  harmless('the end of a Redis command', () => span.end());
}

/** The word that an error reply begins with: `WRONGTYPE`, `EXECABORT`, or just `ERR`. */
function statusOf(error: unknown): string | undefined {
  const { name, message } = error as { readonly name?: unknown; readonly message?: unknown };
  return name === 'ReplyError' ? /^[A-Z]+\b/.exec(String(message))?.[0] : undefined;
}
