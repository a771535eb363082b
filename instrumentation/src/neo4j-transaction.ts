/**
 * Spans for what a transaction says to the server beside its queries. A unit of work that the driver tries again shows each
 * attempt: `BEGIN`, its queries, and how it ended.
 */
import { context, type Span } from '@opentelemetry/api';
import { follow } from './follow.js';
import { harmless } from './harmless.js';
import type { Runner } from './neo4j-facts.js';
import { endNeo4jSpan, startNeo4jSpan } from './neo4j-spans.js';
import type { Method } from './patches.js';

interface Beginning {
  /** What everybody waits for who awaits the transaction. */
  _getOrCreateBeginPromise(): Promise<unknown>;
}

/** In place of the session's `_beginTransaction`, through which every transaction begins. */
export function tracedBegin(original: Method, onBegun: (transaction: object) => void = () => undefined): Method {
  return function beginTransaction(this: Runner, ...args: unknown[]) {
    const span = harmless('the begin of a Neo4j transaction', () => startControlSpan('BEGIN', this));
    try {
      const transaction = Reflect.apply(original, this, args) as object;
      onBegun(transaction);
      if (span) followBegin(span, this, transaction);
      return transaction;
    } catch (error) {
      if (span) endNeo4jSpan(span, this, { ok: false, error });
      throw error;
    }
  };
}

function followBegin(span: Span, session: Runner, transaction: object): void {
  const isFollowed = harmless('the begin of a Neo4j transaction', () => {
    (transaction as Beginning)._getOrCreateBeginPromise().then(
      () => endNeo4jSpan(span, session, { ok: true, result: undefined }),
      (error: unknown) => endNeo4jSpan(span, session, { ok: false, error }),
    );
    return true;
  });
  if (!isFollowed) endNeo4jSpan(span, session, { ok: true, result: undefined });
}

/** In place of `commit` or `rollback` of a transaction. */
export function tracedEnd(original: Method, operation: 'COMMIT' | 'ROLLBACK'): Method {
  return function (this: Runner, ...args: unknown[]) {
    const span = harmless('the end of a Neo4j transaction', () => startControlSpan(operation, this));
    const call = () => Reflect.apply(original, this, args) as unknown;
    if (!span) return call();
    return follow(context.active(), call, (ending) => endNeo4jSpan(span, this, ending));
  };
}

function startControlSpan(operation: string, runner: Runner): Span | undefined {
  return startNeo4jSpan(operation, runner, { 'db.operation.name': operation });
}
