/**
 * Messages of a transaction. What is sent in one is nobody's before it is committed, so the spans of its messages end with
 * the transaction; an abort takes their hand-offs back.
 */
import { context, type Span } from '@opentelemetry/api';
import { type Ending, follow } from './follow.js';
import { harmless } from './harmless.js';
import { endAll, tracedSend, tracedSendBatch } from './kafka-sends.js';
import { applyPatch, type Method } from './patches.js';
import { WITHDRAWN } from './wire-names.js';

export interface Transactions {
  /** In place of the producer's `transaction`. */
  readonly tracedTransaction: (original: Method) => Method;
  /** Ends the spans of a transaction that was left open. */
  readonly endOpen: () => void;
}

/** The transactions of one producer. */
export function trackTransactions(): Transactions {
  const sent = new Set<Span>();
  const end = (ending: Ending) => {
    endAll([...sent], ending);
    sent.clear();
  };
  return {
    tracedTransaction: (original) =>
      function transaction(this: unknown, ...args: unknown[]) {
        return follow(
          context.active(),
          () => Reflect.apply(original, this, args),
          (ending) => {
            if (ending.ok) harmless('a Kafka transaction', () => traceTransaction(ending.result, { sent, end }));
          },
        );
      },
    endOpen: () =>
      end({ ok: false, error: named('OPEN', 'the producer was disconnected before its transaction ended') }),
  };
}

interface Tracked {
  readonly sent: Set<Span>;
  readonly end: (ending: Ending) => void;
}

function traceTransaction(transaction: unknown, { sent, end }: Tracked): void {
  if (typeof transaction !== 'object' || transaction === null) return;
  const hold = (spans: readonly Span[]) => {
    for (const span of spans) sent.add(span);
    return true;
  };
  const withdraw = (ending: Ending) => {
    if (!ending.ok) return end(ending);
    for (const span of sent) span.setAttribute(WITHDRAWN, true);
    end({ ok: false, error: named('ABORTED', 'its transaction was aborted: nobody reads it') });
  };
  const wrappers: Readonly<Record<string, (original: Method) => Method>> = {
    send: (original) => tracedSend(original, hold),
    sendBatch: (original) => tracedSendBatch(original, hold),
    commit: (original) => endingWith(original, end),
    abort: (original) => endingWith(original, withdraw),
  };
  for (const [name, wrap] of Object.entries(wrappers)) applyPatch({ owner: transaction, name, wrap });
}

/** The same function; `onEnd` is told how its work ended. */
export function endingWith(original: Method, onEnd: (ending: Ending) => void): Method {
  return function (this: unknown, ...args) {
    return follow(context.active(), () => Reflect.apply(original, this, args), onEnd);
  };
}

function named(code: string, message: string): Error {
  return Object.assign(new Error(message), { code, stack: undefined });
}
