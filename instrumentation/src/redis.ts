/** Instruments ioredis 5 and 6. */
import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api';
import { InstrumentationBase, type InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { type Method, type Patch, patchedModule } from './patches.js';
import type { RedisCommand } from './redis-command.js';
import { issueHere, tracedSendCommand } from './redis-spans.js';
import { INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION } from './scope.js';

interface RedisClass {
  readonly prototype: object;
}

interface RedisModule extends RedisClass {
  readonly Cluster: RedisClass;
  readonly Pipeline: RedisClass;
}

/**
 * CLIENT spans named after the command, under a parent only, each ended when its command is settled:
 *
 * - one span for a command, however often it is sent on: before the connection is ready, or after a redirection in a cluster;
 * - a command in a pipeline or a transaction has its own span and its own error, told by EXEC where it was queued;
 * - a command that the client pipelines of its own accord belongs to the request that issued it;
 * - none for the handshake. A connection belongs to no request, and neither do the messages that a subscriber is sent.
 */
export class RedisInstrumentation extends InstrumentationBase {
  constructor() {
    super(`${INSTRUMENTATION_NAME}/ioredis`, INSTRUMENTATION_VERSION, {});
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    return [patchedModule<object>({ name: 'ioredis', versions: ['>=5.0.0 <7'], patches: patchesOf })];
  }
}

function patchesOf(module: object): readonly Patch[] {
  const redis = redisOf(module);
  const { Cluster: cluster, Pipeline: pipeline } = redis;
  return [
    { owner: redis.prototype, name: 'sendCommand', wrap: tracedSendCommand },
    { owner: cluster.prototype, name: 'sendCommand', wrap: tracedSendCommand },
    { owner: pipeline.prototype, name: 'sendCommand', wrap: rememberingWhoIssues },
    { owner: redis.prototype, name: 'connect', wrap: outsideEveryRequest },
    { owner: cluster.prototype, name: 'connect', wrap: outsideEveryRequest },
    { owner: cluster.prototype, name: 'delayUntilReady', wrap: inTheCallersContext },
  ];
}

function redisOf(module: object): RedisModule {
  const isNamespace = Reflect.get(module, Symbol.toStringTag) === 'Module';
  return (isNamespace ? Reflect.get(module, 'default') : module) as RedisModule;
}

/** What the client pipelines by itself is sent later, for several callers at once. */
function rememberingWhoIssues(original: Method): Method {
  return function sendCommand(this: object, command: RedisCommand, ...rest: unknown[]) {
    if (isAutomatic(this)) issueHere(command);
    return original.call(this, command, ...rest);
  };
}

/** ioredis marks its own pipelines by a symbol that it does not export. */
function isAutomatic(pipeline: object): boolean {
  return Object.getOwnPropertySymbols(pipeline).some(({ description }) => description === 'exec');
}

/** A socket hands its context to everything that is ever read from it: it must not be that of the request it was opened for. */
function outsideEveryRequest(original: Method): Method {
  return function (this: unknown, ...args) {
    return context.with(ROOT_CONTEXT, () => Reflect.apply(original, this, args));
  };
}

function inTheCallersContext(original: Method): Method {
  return function (this: unknown, callback: Method, ...rest) {
    const caller: Context = context.active();
    return Reflect.apply(original, this, [context.bind(caller, callback), ...rest]);
  };
}
