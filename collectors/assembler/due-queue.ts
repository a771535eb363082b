/** What is due at some time, earliest first; one entry per key, and a new time replaces the old one. */
export class DueQueue {
  readonly #heap: { readonly key: string; readonly at: bigint }[] = [];
  readonly #current = new Map<string, bigint>();

  set(key: string, at: bigint): void {
    if (this.#current.get(key) === at) return;
    this.#current.set(key, at);
    this.#push({ key, at });
  }

  delete(key: string): void {
    this.#current.delete(key);
  }

  /** The earliest time, or undefined when nothing is awaited. */
  next(): bigint | undefined {
    this.#dropOutdated();
    return this.#heap[0]?.at;
  }

  /** Takes the keys due at `now`, by time and then key. */
  take(now: bigint): readonly string[] {
    const due: { key: string; at: bigint }[] = [];
    for (;;) {
      const at = this.next();
      if (at === undefined || at > now) break;
      const entry = this.#pop();
      if (!entry) break;
      this.#current.delete(entry.key);
      due.push(entry);
    }
    due.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.key < b.key ? -1 : 1));
    return due.map(({ key }) => key);
  }

  #dropOutdated(): void {
    for (let top = this.#heap[0]; top && this.#current.get(top.key) !== top.at; top = this.#heap[0]) this.#pop();
  }

  #push(entry: { readonly key: string; readonly at: bigint }): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      const parent = heap[up];
      if (!parent || parent.at <= entry.at) break;
      heap[i] = parent;
      i = up;
    }
    heap[i] = entry;
  }

  #pop(): { readonly key: string; readonly at: bigint } | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return top;
    let i = 0;
    for (;;) {
      const smaller = this.#smallerChild(i);
      const child = heap[smaller];
      if (!child || child.at >= last.at) break;
      heap[i] = child;
      i = smaller;
    }
    heap[i] = last;
    return top;
  }

  #smallerChild(i: number): number {
    const left = this.#heap[2 * i + 1];
    const right = this.#heap[2 * i + 2];
    return left && right && right.at < left.at ? 2 * i + 2 : 2 * i + 1;
  }
}
