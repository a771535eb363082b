/** Follows a call to the end of its work, and ends spans there. */
import { type Context, context, type Span } from '@opentelemetry/api';
import { harmless } from './harmless.js';
import { recordError } from './record-error.js';
import { settled } from './settled.js';

/** How work ended: with a result, or with what was thrown. */
export type Ending = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: unknown };

/**
 * Runs `call` in the context and returns what it returns, or throws what it throws; see {@link settled} for what is handed on.
 *
 * `onEnd` is told once, when the work has ended and before anybody else learns of it. It MUST NOT throw.
 */
export function follow<R>(inContext: Context, call: () => R, onEnd: (ending: Ending) => void): R {
  const within = <T>(work: () => T): T => context.with(inContext, work);
  let value: R;
  try {
    value = within(call);
  } catch (error) {
    onEnd({ ok: false, error });
    throw error;
  }
  return settled(value, {
    within,
    onSuccess: (result) => onEnd({ ok: true, result }),
    onError: (error) => onEnd({ ok: false, error }),
  });
}

/** Ends the span, as a failed one if the work failed. Never throws. */
export function endSpan(span: Span, ending: Ending): void {
  if (!ending.ok) harmless('the error of a span', () => recordError(span, ending.error));
  harmless('the end of a span', () => span.end());
}
