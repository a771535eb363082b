/** How often each key was added and not taken away again; a key with nothing left is forgotten. */
export class Tally<K> {
  /** Most tallies stay empty, and there are several for each unit: an empty one costs no map. */
  #counts: Map<K, number> | undefined;

  get size(): number {
    return this.#counts?.size ?? 0;
  }

  has(key: K): boolean {
    return this.#counts?.has(key) ?? false;
  }

  keys(): Iterable<K> {
    return this.#counts?.keys() ?? [];
  }

  add(key: K): void {
    this.#counts ??= new Map();
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  take(key: K): void {
    const left = (this.#counts?.get(key) ?? 0) - 1;
    if (left > 0) this.#counts?.set(key, left);
    else this.#counts?.delete(key);
    if (this.#counts?.size === 0) this.#counts = undefined;
  }
}
