/** Instruments @grpc/grpc-js 1. */
import { InstrumentationBase, type InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { tracedCall } from './grpc-client.js';
import { tracedRegister } from './grpc-server.js';
import { patchedFile, patchedModule } from './patches.js';
import { INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION } from './scope.js';

const VERSIONS = ['>=1.8.0 <2'];
const CALLS = '@grpc/grpc-js/build/src/client-interceptors.js';

interface GrpcModule {
  readonly Server: { readonly prototype: object };
}

/**
 * CLIENT spans for calls under a parent, SERVER spans for calls that are served, each named by its method; of every kind, unary
 * and streaming, whichever way the client was made.
 */
export class GrpcInstrumentation extends InstrumentationBase {
  constructor() {
    super(`${INSTRUMENTATION_NAME}/grpc`, INSTRUMENTATION_VERSION, {});
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const definition = patchedModule<GrpcModule>({
      name: '@grpc/grpc-js',
      versions: VERSIONS,
      patches: ({ Server: { prototype } }) => [{ owner: prototype, name: 'register', wrap: tracedRegister }],
    });
    const calls = patchedFile<object>({
      name: CALLS,
      versions: VERSIONS,
      patches: (owner) => [{ owner, name: 'getInterceptingCall', wrap: tracedCall }],
    });
    definition.files.push(calls);
    return [definition];
  }
}
