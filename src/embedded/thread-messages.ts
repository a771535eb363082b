import { type ErrorCode, TracecourtError } from '../errors.js';
import type { StoreName } from '../model/index.js';

/** What the thread of the embedded stores is asked for. The `id` of a start names that server from there on. */
export type StoreOrder =
  | { readonly kind: 'start'; readonly id: number; readonly store: StoreName; readonly port: number }
  | { readonly kind: 'stop'; readonly id: number };

/** What it answers to the order of that `id`. */
export type StoreAnswer =
  | { readonly kind: 'started'; readonly id: number; readonly url: string; readonly port: number }
  | { readonly kind: 'stopped'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly error: CarriedError };

/** An error as it goes from thread to thread: a copy of one would lose its class and its code. */
export interface CarriedError {
  readonly message: string;
  readonly stack: string | undefined;
  /** Of Node's errors, and of ours. */
  readonly code: string | undefined;
  /** Of ours alone. */
  readonly ours: { readonly code: ErrorCode; readonly nextStep: string } | undefined;
  readonly cause: CarriedError | undefined;
}

/** Takes whatever was thrown. */
export function packError(thrown: unknown): CarriedError {
  if (!(thrown instanceof Error)) {
    return { message: String(thrown), stack: undefined, code: undefined, ours: undefined, cause: undefined };
  }
  const { code } = thrown as NodeJS.ErrnoException;
  return {
    message: thrown.message,
    stack: thrown.stack,
    code: typeof code === 'string' ? code : undefined,
    ours: thrown instanceof TracecourtError ? { code: thrown.code, nextStep: thrown.nextStep } : undefined,
    cause: thrown.cause === undefined ? undefined : packError(thrown.cause),
  };
}

/** The error again: of our class if it was ours, with the stack of where it was thrown. */
export function unpackError({ message, stack, code, ours, cause }: CarriedError): Error {
  const because = cause === undefined ? {} : { cause: unpackError(cause) };
  const error = ours
    ? new TracecourtError(ours.code, message, { nextStep: ours.nextStep, ...because })
    : Object.assign(new Error(message, because), code === undefined ? {} : { code });
  return stack === undefined ? error : Object.assign(error, { stack });
}
