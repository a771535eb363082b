type Makers = Readonly<Record<string, () => unknown>>;

const STATE = Symbol('tracecourt.lazily');

interface State {
  readonly makers: Makers;
  readonly made: Record<string, unknown>;
}

/** By name, the one getter that all objects share. */
const properties = new Map<string, PropertyDescriptor>();

/**
 * The object, with properties that are made when somebody reads them first. They are its own and listed, as any others are.
 *
 * A getter in an object literal would say the same. But the engine makes its function anew for each object and keeps it with the object's shape, and so all that it sees,
 * until the next full collection of garbage: of a request, every span (docs/adr/0241).
 */
export function lazily<T extends object, M extends Makers>(
  object: T,
  makers: M,
): T & { readonly [K in keyof M]: ReturnType<M[K]> } {
  const state: State = { makers, made: {} };
  Object.defineProperty(object, STATE, { value: state });
  for (const name of Object.keys(makers)) Object.defineProperty(object, name, propertyOf(name));
  return object as T & { readonly [K in keyof M]: ReturnType<M[K]> };
}

function propertyOf(name: string): PropertyDescriptor {
  const known = properties.get(name) ?? { enumerable: true, get: getterOf(name) };
  properties.set(name, known);
  return known;
}

function getterOf(name: string) {
  return function (this: { readonly [STATE]: State }): unknown {
    const { makers, made } = this[STATE];
    if (!Object.hasOwn(made, name)) made[name] = makers[name]?.();
    return made[name];
  };
}
