/** One span for each query, from `run` until its result is over, however that is read. */
import type { Span } from '@opentelemetry/api';
import { summarizeCypher } from './cypher-summary.js';
import { harmless } from './harmless.js';
import type { Runner } from './neo4j-facts.js';
import { type QueryResult, whenQueryEnds } from './neo4j-result.js';
import { endNeo4jSpan, startNeo4jSpan } from './neo4j-spans.js';
import type { Method } from './patches.js';

/** In place of `run` of a session or a transaction. */
export function tracedRun(original: Method): Method {
  return function run(this: Runner, query: unknown, ...rest: unknown[]) {
    const span = harmless('a Neo4j query', () => startQuerySpan(this, query));
    if (!span) return original.call(this, query, ...rest);
    try {
      const result = original.call(this, query, ...rest) as QueryResult;
      followResult(span, this, result);
      return result;
    } catch (error) {
      endNeo4jSpan(span, this, { ok: false, error });
      throw error;
    }
  };
}

function startQuerySpan(runner: Runner, query: unknown): Span | undefined {
  const { operation, target, summary, text } = summarizeCypher(queryText(query));
  return startNeo4jSpan(summary || operation || 'neo4j', runner, {
    'db.operation.name': operation || undefined,
    'db.collection.name': target,
    'db.query.summary': summary || undefined,
    'db.query.text': text,
  });
}

/** A query is a text, or an object that has one. */
function queryText(query: unknown): string {
  if (typeof query === 'string') return query;
  return String((query as { text?: unknown } | null | undefined)?.text ?? '');
}

/** A result of another shape than the driver's cannot be followed: its span ends early, and that is said. */
function followResult(span: Span, runner: Runner, result: QueryResult): void {
  const isFollowed = harmless('the end of a Neo4j query', () => {
    whenQueryEnds(result, (error) =>
      endNeo4jSpan(span, runner, error === undefined ? { ok: true, result: undefined } : { ok: false, error }),
    );
    return true;
  });
  if (!isFollowed) endNeo4jSpan(span, runner, { ok: true, result: undefined });
}
