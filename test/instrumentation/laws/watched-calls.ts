import { inspect } from 'node:util';
import { SpanWatch } from './tracing-modes.js';

// biome-ignore lint/suspicious/noExplicitAny: a method may have any signature
export type Method = (this: any, ...args: any[]) => any;

/** A call, as one side of a wrapper sees it. */
export interface SeenCall {
  readonly self: unknown;
  readonly args: readonly unknown[];
  outcome: { readonly kind: 'returned' | 'thrown'; readonly what: unknown } | undefined;
  /** Of a plain promise that was returned. */
  settled: { readonly fulfilled: boolean; readonly value: unknown } | undefined;
  /** True if a plain promise was returned that had not settled yet. */
  isPending: boolean;
  /** True once the event loop has gone on since it settled. */
  isPast: boolean;
}

/** A call of a wrapped function: what its caller sees above the wrapper, and what the function sees below it. */
export interface WatchedCall extends SeenCall {
  readonly label: string;
  readonly below: SeenCall[];
  /** Ids of the spans that were started before the call returned. */
  spans: readonly string[];
  /** Which of them were open when the call returned, and when its caller learned how it ended. */
  openAtReturn: readonly string[];
  openAtSettle: readonly string[];
  /** True if the function below had settled by then, but in an earlier turn of the event loop. */
  settledLate: boolean;
}

/** Watches functions from both sides of their wrappers. */
export class CallWatch {
  readonly calls: WatchedCall[] = [];
  spans = new SpanWatch();
  readonly #underWay: WatchedCall[] = [];

  /** What callers call in place of the wrapper. */
  above(label: string, wrapper: Method): Method {
    const watch = this;
    return function (...args) {
      const call: WatchedCall = {
        ...seen(this, args),
        label,
        below: [],
        spans: [],
        openAtReturn: [],
        openAtSettle: [],
        settledLate: false,
      };
      watch.calls.push(call);
      watch.#underWay.push(call);
      const mark = watch.spans.mark();
      try {
        return perform(call, wrapper, () => watch.#onSettled(call));
      } finally {
        watch.#underWay.pop();
        call.spans = watch.spans.since(mark);
        call.openAtReturn = watch.spans.open(call.spans);
      }
    };
  }

  /** What the wrapper calls in place of the function that it wraps. */
  below(label: string, original: Method): Method {
    const watch = this;
    return function (...args) {
      const call = seen(this, args);
      watch.#underWay.findLast((one) => one.label === label)?.below.push(call);
      return perform(call, original, () =>
        setImmediate(() => {
          call.isPast = true;
        }),
      );
    };
  }

  #onSettled(call: WatchedCall): void {
    call.openAtSettle = this.spans.open(call.spans);
    call.settledLate = call.below.some(({ isPast }) => isPast);
  }
}

function seen(self: unknown, args: readonly unknown[]): SeenCall {
  return { self, args, outcome: undefined, settled: undefined, isPending: false, isPast: false };
}

function perform(call: SeenCall, fn: Method, onSettled: () => void): unknown {
  let returned: unknown;
  try {
    returned = Reflect.apply(fn, call.self, [...call.args]);
  } catch (thrown) {
    call.outcome = { kind: 'thrown', what: thrown };
    throw thrown;
  }
  call.outcome = { kind: 'returned', what: returned };
  if (isPlainPromise(returned)) {
    const settle = (fulfilled: boolean) => (value: unknown) => {
      call.settled = { fulfilled, value };
      onSettled();
    };
    call.isPending = inspect(returned).includes('<pending>');
    returned.then(settle(true), settle(false));
  }
  return returned;
}

export function isPlainPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise && Object.getPrototypeOf(value) === Promise.prototype;
}
