/** The one safe wrapper: a function of the service becomes a step of its workflow. */
import { type Attributes, context, type Span, type Tracer, trace } from '@opentelemetry/api';
import { captureJson } from './capture.js';
import { endSpan, follow } from './follow.js';
import { harmless } from './harmless.js';
import { packageTracer } from './scope.js';
import { STEP, STEP_INPUT, STEP_OUTPUT } from './wire-names.js';

// biome-ignore lint/suspicious/noExplicitAny: only `any` lets a function of every signature be given, and kept
type AnyFunction = (...args: any[]) => any;

export interface StepOptions<F extends AnyFunction> {
  /**
   * What to record as the step's input: `true` for the arguments (the argument itself if there is one only), or a function
   * of the arguments. Nothing is recorded unless asked for.
   */
  readonly input?: true | ((...args: Parameters<F>) => unknown);
  /** What to record as its output, when it succeeds: `true` for the result, or a function of the result. */
  readonly output?: true | ((result: Awaited<ReturnType<F>>) => unknown);
  /** Attributes of the step's span, or a function of the arguments that gives them. */
  readonly attributes?: Attributes | ((...args: Parameters<F>) => Attributes);
  /** The global tracer of this package unless given. */
  readonly tracer?: Tracer;
}

interface WrappedStep {
  readonly name: string;
  readonly original: AnyFunction;
}

const wrappedSteps = new WeakMap<AnyFunction, WrappedStep>();

/**
 * The same function, with a span named `name` (attribute `tracecourt.step`) round each call.
 *
 * - It MUST NOT change what it wraps: same result, same error object, same `this`; sync stays sync. A rejection that nobody
 *   handles stays unhandled. Name, length, own properties and `new` are those of `fn`.
 * - The span ends when the work ends: when a promise or thenable settles, an async iterator is done or left, a Node stream
 *   closes or fails. A thenable that works only when asked (`then`), and an iterator, end their span when they are used up.
 * - A failure is recorded on the span, with error status. Of input and output, what is too large or looks secret is left out.
 * - A hook of ours or yours that throws (`input`, `output`, `attributes`) is reported once and ignored.
 * - Wrapping a step again under the same name returns it as it is; under another name the steps nest.
 */
export function wrapStep<F extends AnyFunction>(name: string, fn: F, options: StepOptions<F> = {}): F {
  if (wrappedSteps.get(fn)?.name === name) return fn;
  const wrapped = new Proxy(fn, {
    apply: (target, self, args: Parameters<F>) =>
      runStep(name, options, { call: () => Reflect.apply(target, self, args), args }),
  });
  wrappedSteps.set(wrapped, { name, original: fn });
  return wrapped;
}

/** The function that was wrapped last; a function that is no step, as it is. */
export function unwrapStep<F extends AnyFunction>(fn: F): F {
  const original = wrappedSteps.get(fn)?.original;
  return original ? (original as F) : fn;
}

/** Sets attributes on the span of the step that is running; does nothing outside one. */
export function setStepAttributes(attributes: Attributes): void {
  trace.getActiveSpan()?.setAttributes(attributes);
}

interface StepCall<F extends AnyFunction> {
  readonly call: () => ReturnType<F>;
  readonly args: Parameters<F>;
}

function runStep<F extends AnyFunction>(
  name: string,
  options: StepOptions<F>,
  { call, args }: StepCall<F>,
): ReturnType<F> {
  const span = harmless(`step ${name}: its span`, () => startStepSpan(name, options, args));
  if (!span) return call();
  return follow(trace.setSpan(context.active(), span), call, (ending) => {
    if (ending.ok) captureOutput(span, name, { options, result: ending.result });
    endSpan(span, ending);
  });
}

function startStepSpan<F extends AnyFunction>(name: string, options: StepOptions<F>, args: Parameters<F>): Span {
  const tracer = options.tracer ?? packageTracer();
  const span = tracer.startSpan(name, { attributes: { [STEP]: name } });
  if (!span.isRecording()) return span;
  const { attributes, input } = options;
  if (attributes) {
    harmless(`step ${name}: its attributes`, () =>
      span.setAttributes(typeof attributes === 'function' ? attributes(...args) : attributes),
    );
  }
  if (input) {
    harmless(`step ${name}: its input`, () =>
      capture(span, STEP_INPUT, input === true ? soleOf(args) : input(...args)),
    );
  }
  return span;
}

function soleOf(args: readonly unknown[]): unknown {
  return args.length === 1 ? args[0] : args;
}

interface Outcome<F extends AnyFunction> {
  readonly options: StepOptions<F>;
  readonly result: unknown;
}

function captureOutput<F extends AnyFunction>(span: Span, name: string, { options, result }: Outcome<F>): void {
  const { output } = options;
  if (!output || !span.isRecording()) return;
  harmless(`step ${name}: its output`, () => {
    capture(span, STEP_OUTPUT, output === true ? result : output(result as Awaited<ReturnType<F>>));
  });
}

function capture(span: Span, attribute: string, value: unknown): void {
  const text = captureJson(value);
  if (text !== undefined) span.setAttribute(attribute, text);
}
