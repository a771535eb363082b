/** Tells when the work behind a returned value has ended, without changing the value for who gets it. */
import { errorMonitor } from 'node:events';

export interface Watch {
  /** Runs work that the value does later, such as an iterator's next step. */
  readonly within: <R>(work: () => R) => R;
  readonly onSuccess: (result: unknown) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Returns the value to hand on in place of `value`, and calls one of the watch's callbacks, once, when its work has ended.
 *
 * - A plain promise is handed on as one that settles the same way, so that a rejection nobody handles stays unhandled.
 * - Any other object is handed on as it is; other thenables and async iterables have the methods that use them up watched.
 *   A lazy thenable is not started.
 * - Everything else has ended: the success callback runs before this returns.
 */
export function settled<T>(value: T, watch: Watch): T {
  const watched = once(watch);
  if (!isObject(value)) return ended(value, watched);
  if (isPlainPromise(value)) return watchPromise(value, watched) as T;
  if (isNodeStream(value)) return watchStream(value, watched);
  const thenable = isThenable(value) && Object.isExtensible(value);
  const iterable = isAsyncIterable(value) && Object.isExtensible(value);
  if (thenable) watchThenable(value, watched);
  if (iterable) watchIterable(value, watched);
  return thenable || iterable ? value : ended(value, watched);
}

function ended<T>(value: T, watch: Watch): T {
  watch.onSuccess(value);
  return value;
}

function once(watch: Watch): Watch {
  let over = false;
  const first = (tell: (argument: unknown) => void) => (argument: unknown) => {
    if (over) return;
    over = true;
    tell(argument);
  };
  return { within: watch.within, onSuccess: first(watch.onSuccess), onError: first(watch.onError) };
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Symbols do not count: Node hangs its own on promises while asynchronous contexts are followed. */
function isPlainPromise(value: object): value is Promise<unknown> {
  return Object.getPrototypeOf(value) === Promise.prototype && Object.keys(value).length === 0;
}

function watchPromise(promise: Promise<unknown>, watch: Watch): Promise<unknown> {
  return promise.then(
    (result) => ended(result, watch),
    (error: unknown) => {
      watch.onError(error);
      throw error;
    },
  );
}

type Then = (onFulfilled?: unknown, onRejected?: unknown) => unknown;

interface Thenable {
  then: Then;
}

function isThenable(value: object): value is Thenable {
  return 'then' in value && typeof value.then === 'function';
}

function watchThenable(value: Thenable, watch: Watch): void {
  const original = value.then;
  // Nobody would be told through a property of a promise that carries other people's: `await` does not look there.
  if (Object.getPrototypeOf(value) === Promise.prototype)
    return void original.call(value, watch.onSuccess, watch.onError);
  define(value, 'then', function (this: unknown, onFulfilled?: unknown, onRejected?: unknown): unknown {
    return original.call(
      this,
      told(watch.onSuccess, onFulfilled, 'hand on'),
      told(watch.onError, onRejected, 'throw on'),
    );
  });
}

/** Tells the watch, then does what the user's callback, or its absence, does. */
function told(tell: (argument: unknown) => void, callback: unknown, otherwise: 'hand on' | 'throw on') {
  return (argument: unknown): unknown => {
    tell(argument);
    if (typeof callback === 'function') return callback(argument);
    if (otherwise === 'throw on') throw argument;
    return argument;
  };
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === 'function';
}

function watchIterable(value: AsyncIterable<unknown>, watch: Watch): void {
  if (isAsyncIterator(value)) {
    watchIterator(value, watch);
    return;
  }
  const original = value[Symbol.asyncIterator];
  define(value, Symbol.asyncIterator, function (this: unknown): unknown {
    const iterator = original.call(this as AsyncIterable<unknown>);
    if (Object.isExtensible(iterator)) watchIterator(iterator, watch);
    return iterator;
  });
}

function isAsyncIterator(value: object): value is AsyncIterable<unknown> & AsyncIterator<unknown> {
  return 'next' in value && typeof value.next === 'function';
}

type IteratorStep = (argument?: unknown) => Promise<IteratorResult<unknown>>;

function watchIterator(iterator: AsyncIterator<unknown>, watch: Watch): void {
  for (const method of ['next', 'return', 'throw'] as const) {
    const original = iterator[method] as IteratorStep | undefined;
    if (!original) continue;
    define(iterator, method, function (this: unknown, ...args: [unknown?]): Promise<IteratorResult<unknown>> {
      const step = watch.within(() => original.apply(this, args));
      return isObject(step) && isPlainPromise(step) ? watchIteratorStep(step, watch) : step;
    });
  }
}

/** An iterator's result is what it returns, not what it yields. */
function watchIteratorStep(step: Promise<IteratorResult<unknown>>, watch: Watch): Promise<IteratorResult<unknown>> {
  return step.then(
    (result) => {
      if (result.done) watch.onSuccess(result.value);
      return result;
    },
    (error: unknown) => {
      watch.onError(error);
      throw error;
    },
  );
}

interface NodeStream {
  on(event: string | symbol, listener: (argument?: unknown) => void): unknown;
  readonly readable?: unknown;
  readonly writable?: unknown;
}

function isNodeStream(value: object): value is NodeStream {
  return (
    'on' in value &&
    typeof value.on === 'function' &&
    (('pipe' in value && typeof value.pipe === 'function') || ('write' in value && typeof value.write === 'function'))
  );
}

/** Listens without taking part: an 'error' listener of ours would hide an unhandled error. */
function watchStream<T extends NodeStream>(stream: T, watch: Watch): T {
  stream.on(errorMonitor, watch.onError);
  stream.on('close', () => watch.onSuccess(undefined));
  if (!('write' in stream)) stream.on('end', () => watch.onSuccess(undefined));
  if (!('read' in stream)) stream.on('finish', () => watch.onSuccess(undefined));
  return stream;
}

function define(target: object, key: string | symbol, value: unknown): void {
  Object.defineProperty(target, key, { value, configurable: true, writable: true, enumerable: false });
}
