/** A shallow copy of the object, of the same class, with some properties changed. The object itself is left as it is. */
export function copyWith<T extends object>(object: T, changes: Partial<T>): T {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(object) as object | null), object) as T;
  for (const [key, value] of Object.entries(changes)) {
    Object.defineProperty(copy, key, { value, configurable: true, enumerable: true, writable: true });
  }
  return copy;
}
