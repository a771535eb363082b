/** Instruments neo4j-driver 6: one CLIENT span for each query, however its result is read. */
import { type Attributes, context, type Span, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { InstrumentationBase, InstrumentationNodeModuleDefinition, isWrapped } from '@opentelemetry/instrumentation';
import { summarizeCypher } from './cypher-summary.js';
import { addressOf, databaseOf, type Runner } from './neo4j-facts.js';
import { type QueryResult, whenQueryEnds } from './neo4j-result.js';
import { recordError } from './record-error.js';
import { INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION, packageTracer } from './scope.js';
import { describeError, warnOnce } from './warn.js';

type Run = (this: Runner, query: unknown, ...rest: unknown[]) => QueryResult;

interface RunnerClass {
  readonly prototype: { run: Run };
}

interface Neo4jModule {
  readonly Session: RunnerClass;
  readonly Transaction: RunnerClass;
}

const SUPPORTED = ['>=5.0.0 <7'];

/** Patches the driver as it is loaded, through `import` (with the loader hook) or `require`. */
export class Neo4jInstrumentation extends InstrumentationBase {
  constructor() {
    super(`${INSTRUMENTATION_NAME}/neo4j`, INSTRUMENTATION_VERSION, {});
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const patch = (module: Neo4jModule) => {
      for (const { prototype } of runnersOf(module)) {
        if (!isWrapped(prototype.run)) this._wrap(prototype, 'run', (original) => tracedRun(original, packageTracer));
      }
      return module;
    };
    const unpatch = (module?: Neo4jModule) => {
      for (const { prototype } of module ? runnersOf(module) : []) {
        if (isWrapped(prototype.run)) this._unwrap(prototype, 'run');
      }
    };
    return [new InstrumentationNodeModuleDefinition('neo4j-driver', SUPPORTED, patch, unpatch)];
  }
}

function runnersOf({ Session, Transaction }: Neo4jModule): readonly RunnerClass[] {
  return [Session, Transaction];
}

interface TracedDriver {
  session(...args: never[]): unknown;
}

interface SessionPrototype {
  run: Run;
  _beginTransaction: (...args: unknown[]) => object;
}

/**
 * Traces the queries of a driver that was imported before tracing could hook in. Returns the driver.
 *
 * It patches the classes behind the driver's sessions: all drivers of the same copy of neo4j-driver are traced from then on.
 * A driver that is traced already stays as it is.
 */
export function instrumentDriver<D extends TracedDriver>(driver: D, tracer: () => Tracer = packageTracer): D {
  const session = (driver.session as () => { close(): Promise<void> })();
  const prototype = Object.getPrototypeOf(session) as SessionPrototype;
  if (!isWrapped(prototype.run)) {
    patchRun(prototype, tracer);
    patchTransactionsOf(prototype, tracer);
  }
  void session.close().catch(() => undefined);
  return driver;
}

/** The class of transactions cannot be reached from a session before there is one. */
function patchTransactionsOf(prototype: SessionPrototype, tracer: () => Tracer): void {
  const original = prototype._beginTransaction;
  prototype._beginTransaction = function (...args) {
    const transaction = original.apply(this, args);
    patchRun(ownerOf('run', transaction) as { run: Run }, tracer);
    return transaction;
  };
}

function ownerOf(name: string, object: object): object {
  const parent: object | null = Object.getPrototypeOf(object);
  return Object.hasOwn(object, name) || !parent ? object : ownerOf(name, parent);
}

function patchRun(prototype: { run: Run }, tracer: () => Tracer): void {
  if (isWrapped(prototype.run)) return;
  const original = prototype.run;
  prototype.run = Object.assign(tracedRun(original, tracer), {
    __wrapped: true,
    __original: original,
    __unwrap: () => {
      prototype.run = original;
    },
  });
}

/** A query outside every span gets none: it belongs to no request. */
function tracedRun(original: Run, tracer: () => Tracer): Run {
  return function run(query, ...rest) {
    if (!trace.getSpan(context.active())) return original.call(this, query, ...rest);
    const span = startQuerySpan(tracer(), this, query);
    try {
      const result = original.call(this, query, ...rest);
      followResult(span, this, result);
      return result;
    } catch (error) {
      endQuery(span, this, error);
      throw error;
    }
  };
}

function startQuerySpan(tracer: Tracer, runner: Runner, query: unknown): Span {
  const { operation, target, summary, text } = summarizeCypher(queryText(query));
  const attributes: Attributes = {
    'db.system.name': 'neo4j',
    'db.operation.name': operation || undefined,
    'db.collection.name': target,
    'db.query.summary': summary || undefined,
    'db.query.text': text,
    ...addressOf(runner),
  };
  return tracer.startSpan(summary || operation || 'neo4j', { kind: SpanKind.CLIENT, attributes });
}

/** A query is a text, or an object that has one. */
function queryText(query: unknown): string {
  if (typeof query === 'string') return query;
  return String((query as { text?: unknown } | null | undefined)?.text ?? '');
}

function followResult(span: Span, runner: Runner, result: QueryResult): void {
  try {
    whenQueryEnds(result, (error) => endQuery(span, runner, error));
  } catch (error) {
    warnOnce('neo4j result', `cannot follow a Neo4j result to its end (${describeError(error)}); its span ends early`);
    span.end();
  }
}

function endQuery(span: Span, runner: Runner, error: unknown): void {
  const database = databaseOf(runner);
  if (database) span.setAttribute('db.namespace', database);
  if (error !== undefined) {
    recordError(span, error);
    const status = statusCodeOf(error);
    if (status) span.setAttribute('db.response.status_code', status);
  }
  span.end();
}

/** Neo4j's own code; where there is none, the GQL status. */
function statusCodeOf(error: unknown): string | undefined {
  const { code, gqlStatus } = error as { code?: unknown; gqlStatus?: unknown };
  if (typeof code === 'string' && code !== '' && code !== 'N/A') return code;
  return typeof gqlStatus === 'string' ? gqlStatus : undefined;
}
