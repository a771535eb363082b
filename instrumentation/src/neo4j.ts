/** Instruments neo4j-driver 5 and 6. */
import { InstrumentationBase, type InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { tracedRun } from './neo4j-query.js';
import { tracedBegin, tracedEnd } from './neo4j-transaction.js';
import { applyPatch, type Patch, patchedModule } from './patches.js';
import { INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION } from './scope.js';

interface Neo4jModule {
  readonly Session: { readonly prototype: object };
  readonly Transaction: { readonly prototype: object };
}

/** CLIENT spans, under a parent only: one for each query, and for the begin, commit and rollback of a transaction. */
export class Neo4jInstrumentation extends InstrumentationBase {
  constructor() {
    super(`${INSTRUMENTATION_NAME}/neo4j`, INSTRUMENTATION_VERSION, {});
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    return [patchedModule<Neo4jModule>({ name: 'neo4j-driver', versions: ['>=5.0.0 <7'], patches: patchesOf })];
  }
}

function patchesOf({ Session: session, Transaction: transaction }: Neo4jModule): readonly Patch[] {
  return [
    { owner: session.prototype, name: 'run', wrap: tracedRun },
    { owner: session.prototype, name: '_beginTransaction', wrap: (original) => tracedBegin(original) },
    ...transactionPatches(transaction.prototype),
  ];
}

function transactionPatches(owner: object): readonly Patch[] {
  return [
    { owner, name: 'run', wrap: tracedRun },
    { owner, name: 'commit', wrap: (original) => tracedEnd(original, 'COMMIT') },
    { owner, name: 'rollback', wrap: (original) => tracedEnd(original, 'ROLLBACK') },
  ];
}

interface TracedDriver {
  session(...args: never[]): unknown;
}

/**
 * Traces the queries of a driver that was imported before tracing could hook in. Returns the driver.
 *
 * It patches the classes behind the driver's sessions: all drivers of the same copy of neo4j-driver are traced from then on.
 * A driver that is traced already stays as it is.
 */
export function instrumentDriver<D extends TracedDriver>(driver: D): D {
  const session = (driver.session as () => { close(): Promise<void> })();
  const owner = Object.getPrototypeOf(session) as object;
  applyPatch({ owner, name: 'run', wrap: tracedRun });
  // The class of transactions cannot be reached from a session before there is one.
  const onBegun = (transaction: object) => void transactionPatches(ownerOf('run', transaction)).map(applyPatch);
  applyPatch({ owner, name: '_beginTransaction', wrap: (original) => tracedBegin(original, onBegun) });
  void session.close().catch(() => undefined);
  return driver;
}

function ownerOf(name: string, object: object): object {
  const parent: object | null = Object.getPrototypeOf(object);
  return Object.hasOwn(object, name) || !parent ? object : ownerOf(name, parent);
}
