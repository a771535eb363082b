/**
 * Tells when a query of neo4j-driver has ended, whoever reads its result and how: by promise, `subscribe`, `for await`, or
 * not at all.
 *
 * All of them read one stream observer. To watch it by subscribing would change when records are fetched, so its own last
 * callbacks are followed instead: they come after the stream is over and before any reader learns of it.
 */

interface StreamObserver {
  subscribe(observer: { onCompleted: () => void; onError: (error: unknown) => void }): void;
  readonly _observers?: unknown;
  readonly _tail?: unknown;
  readonly _error?: unknown;
  _afterComplete?: Callback | undefined;
  _afterError?: Callback | undefined;
}

type Callback = (argument: unknown) => unknown;

export interface QueryResult {
  _streamObserverPromise: Promise<StreamObserver>;
  /** Set by the driver when it runs the query a second time because of this error. */
  readonly _retriedError?: unknown;
}

/** Calls `onEnd` once: with the error that ended the query, or with undefined. */
export function whenQueryEnds(result: QueryResult, onEnd: (error: unknown) => void): void {
  result._streamObserverPromise.then(
    (stream) => followStream(result, stream, onEnd),
    (error: unknown) => onEnd(error),
  );
}

function followStream(result: QueryResult, stream: StreamObserver, onEnd: (error: unknown) => void): void {
  const onError = (error: unknown) => (result._retriedError === error ? whenQueryEnds(result, onEnd) : onEnd(error));
  if (!Array.isArray(stream._observers)) stream.subscribe({ onCompleted: () => onEnd(undefined), onError: onEnd });
  else if (stream._error) onError(stream._error);
  else if (stream._tail) onEnd(undefined);
  else {
    stream._afterComplete = after(stream._afterComplete, () => onEnd(undefined));
    stream._afterError = after(stream._afterError, onError);
  }
}

function after(original: Callback | undefined, then: (argument: unknown) => void): Callback {
  return function (this: unknown, argument) {
    then(argument);
    return original?.call(this, argument);
  };
}
