/** Replaces methods, and puts back the very functions that were there. */
import { InstrumentationNodeModuleDefinition, InstrumentationNodeModuleFile } from '@opentelemetry/instrumentation';

// biome-ignore lint/suspicious/noExplicitAny: a method may have any signature
export type Method = (this: any, ...args: any[]) => any;

export interface Patch {
  readonly owner: object;
  readonly name: string;
  /** Gives what takes the place of the original. */
  readonly wrap: (original: Method) => Method;
  /** False while the plain original is to be called; always true unless given. */
  readonly isOn?: () => boolean;
}

type Undo = () => void;

const OURS = Symbol.for('tracecourt.wrapped');

/**
 * Puts a wrapper in the method's place and returns what takes it off again.
 *
 * - A method that is wrapped by us already, or is not there, is left alone.
 * - Name and length stay; the marks are those of OpenTelemetry's own wrappers, `isWrapped` knows them.
 * - Whoever kept the wrapper calls the plain original once it is taken off.
 */
export function applyPatch({ owner, name, wrap, isOn = () => true }: Patch): Undo {
  const original: unknown = Reflect.get(owner, name);
  if (!isMethod(original) || OURS in original) return () => undefined;
  const traced = wrap(original);
  let isTakenOff = false;
  const wrapper: Method = function (...args) {
    return Reflect.apply(isTakenOff || !isOn() ? original : traced, this, args);
  };
  const before = Object.getOwnPropertyDescriptor(owner, name);
  const undo = () => {
    isTakenOff = true;
    if (Reflect.get(owner, name) !== wrapper) return;
    if (before) Object.defineProperty(owner, name, before);
    else Reflect.deleteProperty(owner, name);
  };
  mark(wrapper, { original, undo });
  Object.defineProperty(owner, name, {
    configurable: true,
    enumerable: before?.enumerable ?? false,
    writable: true,
    value: wrapper,
  });
  return undo;
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

function mark(wrapper: Method, { original, undo }: { readonly original: Method; readonly undo: Undo }): void {
  const marks = { name: original.name, length: original.length, __wrapped: true, __original: original, __unwrap: undo };
  for (const [key, value] of Object.entries(marks)) Object.defineProperty(wrapper, key, { value, configurable: true });
  Object.defineProperty(wrapper, OURS, { value: true });
}

export interface PatchedModule<M> {
  readonly name: string;
  /** Ranges of versions. */
  readonly versions: string[];
  /** `isOn` is true from when the module is patched until that is taken off. */
  readonly patches: (module: M, isOn: () => boolean) => readonly Patch[];
}

/** How OpenTelemetry is told to patch a package when it is loaded, and to take that off again. */
export function patchedModule<M>({ name, versions, patches }: PatchedModule<M>): InstrumentationNodeModuleDefinition {
  const { patch, unpatch } = patchAll(patches);
  return new InstrumentationNodeModuleDefinition(name, versions, patch, unpatch);
}

/** The same for one file of a package. */
export function patchedFile<M>({ name, versions, patches }: PatchedModule<M>): InstrumentationNodeModuleFile {
  const { patch, unpatch } = patchAll(patches);
  return new InstrumentationNodeModuleFile(name, versions, patch, unpatch);
}

function patchAll<M>(patches: PatchedModule<M>['patches']) {
  const undos: Undo[] = [];
  const patch = (module: M) => {
    undos.push(...patches(module, () => undos.length > 0).map(applyPatch));
    return module;
  };
  const unpatch = () => {
    for (const undo of undos.splice(0)) undo();
  };
  return { patch, unpatch };
}
