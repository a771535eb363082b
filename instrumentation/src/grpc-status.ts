/** Status codes of gRPC by their numbers, and what they say about a span. */
import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { recordError } from './record-error.js';

const NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** Codes that say that the server failed; the others are answers that a client may well have asked for. */
const SERVER_FAILURES = new Set([
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);

export interface GrpcStatus {
  readonly code: number;
  readonly details: string;
}

export const OK: GrpcStatus = { code: 0, details: '' };
export const CANCELLED: GrpcStatus = { code: 1, details: 'the client cancelled the call' };

/** The status that an error of a handler stands for, as grpc-js understands it. */
export function statusOfError(error: unknown): GrpcStatus {
  const { code, details, message } = (error ?? {}) as Partial<GrpcStatus> & { readonly message?: unknown };
  const text = details ?? message;
  return { code: typeof code === 'number' ? code : 2, details: typeof text === 'string' ? text : String(error) };
}

/** Ends the span with the status of its call. */
export function endWithStatus(span: Span, { code, details }: GrpcStatus, side: 'client' | 'server'): void {
  const name = NAMES[code] ?? String(code);
  span.setAttribute('rpc.status_code', name);
  if (side === 'client' ? code !== 0 : SERVER_FAILURES.has(name)) {
    recordError(span, Object.assign(new Error(details), { stack: undefined }), name);
    span.setStatus({ code: SpanStatusCode.ERROR, message: `${name}: ${details}` });
  }
  span.end();
}
