/** One SERVER span for each call that a server of @grpc/grpc-js answers, until it is answered or its handler has given up. */

import { errorMonitor } from 'node:events';
import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';
import { follow } from './follow.js';
import { CANCELLED, endWithStatus, type GrpcStatus, OK, statusOfError } from './grpc-status.js';
import { harmless } from './harmless.js';
import type { Method } from './patches.js';
import { packageTracer } from './scope.js';

interface IncomingMetadata {
  get(key: string): readonly unknown[];
  getMap(): Readonly<Record<string, unknown>>;
}

interface ServerCall {
  readonly metadata: IncomingMetadata;
  on(event: string | symbol, listener: (argument: unknown) => void): unknown;
}

const HEALTH = '/grpc.health.v1.Health/';

/** In place of a server's `register`: the handler that is registered runs under a span. */
export function tracedRegister(original: Method): Method {
  return function register(this: unknown, path: unknown, handler: unknown, ...rest: unknown[]) {
    const isHandler = typeof path === 'string' && typeof handler === 'function';
    return original.call(this, path, isHandler ? tracedHandler(path, handler as Method) : handler, ...rest);
  };
}

function tracedHandler(path: string, handler: Method): Method {
  return function (this: unknown, call: ServerCall, ...rest) {
    const served = harmless('a gRPC call', () => serve(path, call));
    if (!served) return Reflect.apply(handler, this, [call, ...rest]);
    const [answer, ...more] = rest;
    const args = typeof answer === 'function' ? [served.answering(answer as Method), ...more] : rest;
    return served.run(() => Reflect.apply(handler, this, [call, ...args]));
  };
}

interface Served {
  /** The same callback; the span ends when it is called. */
  readonly answering: (answer: Method) => Method;
  readonly run: <R>(handle: () => R) => R;
}

/** A health check that carries no trace is no request of a workflow, and gets no span. */
function serve(path: string, call: ServerCall): Served | undefined {
  const sender = propagation.extract(ROOT_CONTEXT, call.metadata, METADATA);
  if (path.startsWith(HEALTH) && !trace.getSpanContext(sender)) return undefined;
  const span = startServerSpan(path, sender);
  const work = trace.setSpan(sender, span);
  const end = endingOnce(span);
  let isBusy = false;
  let isCancelled = false;
  context.bind(work, call);
  call.on('finish', () => end(OK));
  call.on(errorMonitor, (error) => end(statusOfError(error)));
  call.on('cancelled', () => {
    isCancelled = true;
    // An asynchronous handler may go on; of any other nobody knows whether it will ever answer.
    if (!isBusy) end(CANCELLED);
  });
  return {
    answering: (answer) =>
      function (this: unknown, ...reply) {
        end(reply[0] ? statusOfError(reply[0]) : OK);
        return Reflect.apply(answer, this, reply);
      },
    run: (handle) => {
      isBusy = true;
      return follow(work, handle, (ending) => {
        isBusy = false;
        if (!ending.ok) end(statusOfError(ending.error));
        else if (isCancelled) end(CANCELLED);
      });
    },
  };
}

function startServerSpan(path: string, sender: Context): Span {
  const method = path.replace(/^\//, '');
  const attributes = { 'rpc.system.name': 'grpc', 'rpc.method': method };
  return packageTracer().startSpan(method, { kind: SpanKind.SERVER, attributes }, sender);
}

function endingOnce(span: Span): (status: GrpcStatus) => void {
  let isOver = false;
  return (status) => {
    if (isOver) return;
    isOver = true;
    harmless('the end of a gRPC call', () => endWithStatus(span, status, 'server'));
  };
}

const METADATA: TextMapGetter<IncomingMetadata> = {
  get: (metadata, key) => metadata.get(key).map(String),
  keys: (metadata) => Object.keys(metadata.getMap()),
};
