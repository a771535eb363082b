import type { CallWatch, Method, WatchedCall } from './watched-calls.js';

/** What a wrapper of one function is allowed to do; everything else is against the laws. */
export interface Rule {
  /** Arguments that it gives on changed: copies, or callbacks that it follows. */
  readonly changes?: readonly number[] | 'all';
  /** True where the work goes on after the call has returned or settled, and its span with it. */
  readonly spanOutlives?: boolean | ((call: WatchedCall) => boolean);
}

/** A function that is wrapped, and what of it is wrapped in turn. */
export interface WrappedFunction {
  readonly label: string;
  readonly method: string;
  readonly rule?: Rule;
  /** Functions of the object that it returns, or that its promise is fulfilled with. */
  readonly made?: readonly WrappedFunction[];
  /** Where among its arguments functions of the service are, which are wrapped too. */
  readonly handlers?: {
    readonly label: string;
    readonly rule?: Rule;
    readonly map: (args: readonly unknown[], change: (handler: Method) => Method) => readonly unknown[];
  };
}

export interface WrappedOwner {
  readonly owner: object;
  readonly functions: readonly WrappedFunction[];
}

export interface Switch {
  enable(): void;
  disable(): void;
}

/** One client, or whatever else has its functions wrapped. */
export interface Subject<R extends AsyncDisposable = AsyncDisposable> {
  readonly name: string;
  /** True where each wrapper is ours, and has to survive a tracer that throws. */
  readonly isOurs: boolean;
  /** True where calls are followed without a wrapper. */
  readonly wrapsNothing?: boolean;
  /** Puts the wrappers in place; they are taken off by `disable`. */
  readonly instrument: () => Switch;
  /** The functions that are wrapped where everybody finds them. */
  readonly wrapped: () => readonly WrappedOwner[];
  /** Starts what its calls need. From a hook, which may `skip`. */
  readonly start: (hook: Mocha.Context) => Promise<R>;
  /** Calls by what they are about. Each MAY be made again and again, and always comes out the same. */
  readonly calls: Readonly<Record<string, (running: R) => unknown>>;
}

/** The same subject, for lists of different ones. */
export function subject<R extends AsyncDisposable>(it: Subject<R>): Subject {
  return it as unknown as Subject;
}

/** Every rule by label. */
export function rulesOf(functions: readonly WrappedFunction[]): ReadonlyMap<string, Rule> {
  const rules = new Map<string, Rule>();
  for (const { label, rule = {}, made = [], handlers } of functions) {
    rules.set(label, rule);
    if (handlers) rules.set(handlers.label, handlers.rule ?? {});
    for (const [inner, innerRule] of rulesOf(made)) rules.set(inner, innerRule);
  }
  return rules;
}

type Side = 'above' | 'below';

/** Puts a watch in the place of each function; returns what puts them back. */
export function watchFunctions(
  { owner, functions }: WrappedOwner,
  { watch, side }: { readonly watch: CallWatch; readonly side: Side },
): () => void {
  const undos = functions.map((wrapped) => {
    const { method } = wrapped;
    const before = Object.getOwnPropertyDescriptor(owner, method);
    const value = watched(wrapped, Reflect.get(owner, method) as Method, { watch, side });
    Object.defineProperty(owner, method, { configurable: true, writable: true, ...before, value });
    return () => void Object.defineProperty(owner, method, before ?? {});
  });
  return () => {
    for (const undo of undos.reverse()) undo();
  };
}

function watched(
  { label, made, handlers }: WrappedFunction,
  fn: Method,
  { watch, side }: { readonly watch: CallWatch; readonly side: Side },
): Method {
  const inner = watch[side](label, fn);
  const install = (value: unknown) => {
    if (made && typeof value === 'object' && value !== null) {
      watchFunctions({ owner: value, functions: made.filter(({ method }) => method in value) }, { watch, side });
    }
    return value;
  };
  return function (...args) {
    // What is above the wrapper of a function is below the wrappers of the handlers that it is given.
    const other = side === 'above' ? 'below' : 'above';
    const given = handlers ? handlers.map(args, (handler) => watch[other](handlers.label, handler)) : args;
    const returned = Reflect.apply(inner, this, [...given]) as unknown;
    return made && returned instanceof Promise ? returned.then(install) : install(returned);
  };
}
