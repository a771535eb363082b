/** Who rests on what. */
export class Watchers {
  readonly #watching = new Map<string, Set<string>>();
  readonly #watched = new Map<string, readonly string[]>();

  /** From here on `who` rests on these, and on nothing else. */
  watch(who: string, whats: readonly string[]): void {
    const before = this.#watched.get(who);
    if (before?.length === 1 && whats.length === 1 && before[0] === whats[0]) return;
    this.leave(who);
    this.#watched.set(who, whats);
    for (const what of whats) {
      const watching = this.#watching.get(what);
      if (watching) watching.add(who);
      else this.#watching.set(what, new Set([who]));
    }
  }

  leave(who: string): void {
    for (const what of this.#watched.get(who) ?? []) {
      const watching = this.#watching.get(what);
      watching?.delete(who);
      if (watching?.size === 0) this.#watching.delete(what);
    }
    this.#watched.delete(who);
  }

  of(what: string): Iterable<string> {
    return this.#watching.get(what) ?? [];
  }
}
