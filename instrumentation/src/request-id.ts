/** The request id: a baggage entry that travels with the request and is copied to every span of it. */
import { type Context, context, propagation } from '@opentelemetry/api';
import { REQUEST_ID } from './wire-names.js';

/** The id of the request that the context works on; undefined when it has none. The active context unless one is given. */
export function currentRequestId(from: Context = context.active()): string | undefined {
  return propagation.getBaggage(from)?.getEntry(REQUEST_ID)?.value || undefined;
}

/**
 * The context with the request id in its baggage; other baggage is kept.
 *
 * Set it BEFORE the first span of the request starts: spans are counted under the id they started with, and a request whose
 * spans in one process start under two ids is counted as two.
 */
export function contextWithRequestId(requestId: string, from: Context = context.active()): Context {
  const baggage = propagation.getBaggage(from) ?? propagation.createBaggage();
  return propagation.setBaggage(from, baggage.setEntry(REQUEST_ID, { value: requestId }));
}

/**
 * Runs `fn` as part of the request and returns what it returns.
 *
 * Needs tracing with a context manager, which `startTracing()` registers. See {@link contextWithRequestId} for when.
 */
export function withRequestId<T>(requestId: string, fn: () => T): T {
  return context.with(contextWithRequestId(requestId), fn);
}
