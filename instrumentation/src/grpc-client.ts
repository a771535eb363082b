/**
 * One CLIENT span for each call of @grpc/grpc-js, from its start until its status is known: answered, refused, cancelled or
 * out of time; of every kind, since all go through one place.
 */
import { type Attributes, type Context, context, propagation, type Span, SpanKind, trace } from '@opentelemetry/api';
import { CANCELLED, endWithStatus, type GrpcStatus, statusOfError } from './grpc-status.js';
import { harmless } from './harmless.js';
import type { Method } from './patches.js';
import { packageTracer } from './scope.js';
import { WITHDRAWN } from './wire-names.js';

export interface Metadata {
  clone(): Metadata;
  set(key: string, value: string): void;
}

interface Call {
  start(metadata: Metadata, listener?: Listener): void;
  getPeer(): string;
}

interface Listener {
  onReceiveStatus?: (status: GrpcStatus) => void;
}

interface Channel {
  getTarget(): string;
}

/** In place of `getInterceptingCall`, which makes the call for every method of every client. */
export function tracedCall(original: Method): Method {
  return function (this: unknown, ...args) {
    const call = Reflect.apply(original, this, args) as Call;
    const [, method, , channel] = args as [unknown, { readonly path: string }, unknown, Channel];
    if (trace.getSpan(context.active())) harmless('a gRPC call', () => traceStart(call, method.path, channel));
    return call;
  };
}

/** The call's own metadata may be used for others too: the headers of the hand-off are put on a copy. */
function traceStart(call: Call, path: string, channel: Channel): void {
  const { start } = call;
  call.start = (metadata, listener = {}) => {
    const begun = harmless('a gRPC call', () => begin(path, channel, metadata));
    if (!begun) return start.call(call, metadata, listener);
    const { span, headers, caller } = begun;
    const end = (status: GrpcStatus) => endCall(span, status, isUnconnected(call, channel));
    try {
      start.call(call, headers, listening(listener, { caller, end }));
    } catch (error) {
      end(statusOfError(error));
      throw error;
    }
  };
}

interface Begun {
  readonly span: Span;
  readonly headers: Metadata;
  readonly caller: Context;
}

function begin(path: string, channel: Channel, metadata: Metadata): Begun {
  const caller = context.active();
  const headers = metadata.clone();
  const span = startCallSpan(path, channel);
  harmless('the headers of a gRPC call', () =>
    propagation.inject(trace.setSpan(caller, span), headers, { set: (carrier, key, value) => carrier.set(key, value) }),
  );
  return { span, headers, caller };
}

function startCallSpan(path: string, channel: Channel): Span {
  const method = path.replace(/^\//, '');
  const attributes = { 'rpc.system.name': 'grpc', 'rpc.method': method, ...addressOf(channel.getTarget()) };
  return packageTracer().startSpan(method, { kind: SpanKind.CLIENT, attributes });
}

/** `dns:host:port`, `host:port`, `unix:/path`. */
function addressOf(target: string): Attributes {
  const { host, port } = /^(?:dns:(?:\/\/[^/]*\/)?)?(?<host>[^/]+?):(?<port>\d+)$/.exec(target)?.groups ?? {};
  return host === undefined ? { 'server.address': target } : { 'server.address': host, 'server.port': Number(port) };
}

interface Listening {
  readonly caller: Context;
  readonly end: (status: GrpcStatus) => void;
}

/** What comes back is heard in the context of the caller: the connection is shared by all requests. */
function listening(listener: Listener, { caller, end }: Listening): Listener {
  const bound = Object.entries(listener).map(([name, heard]: [string, unknown]) => [
    name,
    typeof heard === 'function' ? context.bind(caller, heard) : heard,
  ]);
  const own = Object.fromEntries(bound) as Listener;
  const { onReceiveStatus } = own;
  return {
    ...own,
    onReceiveStatus: (status) => {
      end(status);
      onReceiveStatus?.call(listener, status);
    },
  };
}

/** Until a connection is picked, a call names the target of its channel as its peer. */
function isUnconnected(call: Call, channel: Channel): boolean {
  return harmless('the peer of a gRPC call', () => call.getPeer() === channel.getTarget()) ?? false;
}

/** A cancelled call may have been sent at the last moment. */
function endCall(span: Span, status: GrpcStatus, neverLeft: boolean): void {
  harmless('the end of a gRPC call', () => {
    if (neverLeft && status.code !== CANCELLED.code) span.setAttribute(WITHDRAWN, true);
    endWithStatus(span, status, 'client');
  });
}
