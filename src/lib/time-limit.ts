/** A signal for some work; disposing takes back its timer and its listener. */
export interface TimeLimit extends Disposable {
  /** Aborts when the outer signal does, with its reason, or when the time is up, with a TimeoutError. */
  readonly signal: AbortSignal;
  /** True once the time was up. */
  readonly isOver: () => boolean;
}

/**
 * Limits work in time, besides an outer signal.
 *
 * `AbortSignal.any` over an `AbortSignal.timeout` does not: in Node 20 nothing but the garbage collector knows of the timeout
 * then, and once it was collected the signal never aborts.
 */
export function timeLimit(timeoutMs: number, outer?: AbortSignal): TimeLimit {
  const limit = new AbortController();
  let isOver = false;
  const follow = () => limit.abort(outer?.reason);
  const timer = setTimeout(() => {
    isOver = !limit.signal.aborted;
    limit.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  }, timeoutMs);
  outer?.addEventListener('abort', follow, { once: true });
  if (outer?.aborted) follow();
  return {
    signal: limit.signal,
    isOver: () => isOver,
    [Symbol.dispose]() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', follow);
    },
  };
}
