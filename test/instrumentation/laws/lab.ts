import { context } from '@opentelemetry/api';
import { expect } from 'chai';
import { pollUntil } from '../../../src/lib/deadline.js';
import type { Subject } from './subject.js';
import { type InProcessTracing, type Mode, startInProcess } from './tracing-modes.js';

/** How a call comes out for its caller, in a form that can be compared. */
type Outcome =
  | { readonly returned: unknown }
  | { readonly fulfilled: unknown }
  | { readonly thrown: unknown }
  | { readonly rejected: unknown };

/** A subject with what its calls come to when nothing is wrapped. */
export interface Lab extends AsyncDisposable {
  readonly subject: Subject;
  /** Makes every call under the tracing, and expects what came of it without. */
  makeCalls(tracing: InProcessTracing): Promise<void>;
  /** The calls that are rejected, each to be made by hand. */
  failingCalls(): Readonly<Record<string, () => unknown>>;
}

export async function openLab(subject: Subject, hook: Mocha.Context): Promise<Lab> {
  const running = await subject.start(hook);
  const plain = new Map<string, Outcome>();
  for (const [name, call] of Object.entries(subject.calls)) plain.set(name, await outcomeOf(() => call(running)));
  return {
    subject,
    async makeCalls({ parent }) {
      for (const [name, call] of Object.entries(subject.calls)) {
        const outcome = await context.with(parent, () => outcomeOf(() => call(running)));
        expect(outcome, name).to.deep.equal(plain.get(name));
      }
    },
    failingCalls() {
      const failing = Object.entries(subject.calls).filter(([name]) => 'rejected' in (plain.get(name) ?? {}));
      return Object.fromEntries(failing.map(([name, call]) => [name, () => call(running)]));
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

async function outcomeOf(call: () => unknown): Promise<Outcome> {
  let promise: unknown;
  try {
    promise = call();
  } catch (error) {
    return { thrown: described(error) };
  }
  if (!(promise instanceof Promise)) return { returned: promise };
  return promise.then(
    (value) => ({ fulfilled: value }),
    (error: unknown) => ({ rejected: described(error) }),
  );
}

function described(error: unknown) {
  if (!(error instanceof Error)) return error;
  const { name, message } = error;
  return { kind: error.constructor.name, name, message, code: Reflect.get(error, 'code') };
}

/** Runs the experiment with the wrappers put on so many times, and takes them off again. */
export async function wrapped<R>(
  {
    subject,
    mode = 'working',
    times = 1,
  }: { readonly subject: Subject; readonly mode?: Mode; readonly times?: number },
  experiment: (tracing: InProcessTracing) => Promise<R>,
): Promise<R> {
  using tracing = startInProcess(mode);
  const instrumentations = Array.from({ length: times }, () => subject.instrument());
  try {
    return await experiment(tracing);
  } finally {
    for (const one of instrumentations) one.disable();
  }
}

/** Spans of work that nobody waits for, such as a server's answer, end a moment later. The parent of all goes on. */
export async function expectAllEnded({ spans }: InProcessTracing): Promise<void> {
  await pollUntil(async () => spans.open().length === 1 || undefined, { timeoutMs: 30_000, everyMs: 5 });
  expect(spans.open(), `open of ${spans.names.join(', ')}`).to.have.length(1);
}

/** How many rejections are unhandled when nobody waits for the call, which is going to be rejected. */
export async function unhandledAfter(call: () => unknown): Promise<number> {
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  let count = 0;
  const listener = () => {
    count += 1;
  };
  process.on('unhandledRejection', listener);
  try {
    call();
    await pollUntil(async () => count > 0 || undefined, { timeoutMs: 10_000, everyMs: 5 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    return count;
  } finally {
    process.off('unhandledRejection', listener);
    for (const other of others) process.on('unhandledRejection', other);
  }
}
