/** CLIENT spans of neo4j-driver: what each says, and how it ends. */
import { type Attributes, context, type Span, SpanKind, trace } from '@opentelemetry/api';
import { type Ending, endSpan } from './follow.js';
import { harmless } from './harmless.js';
import { addressOf, databaseOf, type Runner } from './neo4j-facts.js';
import { packageTracer } from './scope.js';

/** Starts a span under the active one; undefined outside every span, for such work belongs to no request. */
export function startNeo4jSpan(name: string, runner: Runner, attributes: Attributes): Span | undefined {
  if (!trace.getSpan(context.active())) return undefined;
  return packageTracer().startSpan(name, {
    kind: SpanKind.CLIENT,
    attributes: { 'db.system.name': 'neo4j', ...attributes, ...addressOf(runner) },
  });
}

/** Ends it: the database is known by now, and in a failure the server's code. */
export function endNeo4jSpan(span: Span, runner: Runner, ending: Ending): void {
  harmless('the end of a Neo4j span', () => {
    const database = databaseOf(runner);
    if (database) span.setAttribute('db.namespace', database);
    const status = ending.ok ? undefined : statusCodeOf(ending.error);
    if (status) span.setAttribute('db.response.status_code', status);
  });
  endSpan(span, ending);
}

/** Neo4j's own code; where there is none, the GQL status. */
function statusCodeOf(error: unknown): string | undefined {
  const { code, gqlStatus } = (error ?? {}) as { readonly code?: unknown; readonly gqlStatus?: unknown };
  if (typeof code === 'string' && code !== '' && code !== 'N/A') return code;
  return typeof gqlStatus === 'string' ? gqlStatus : undefined;
}
