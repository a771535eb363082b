/** What is to happen when, on one clock for all processes; of things at the same time, the one planned first comes first. */
export class Agenda {
  now = 0;
  readonly #planned: { readonly at: number; readonly act: () => void }[] = [];

  after(delayMs: number, act: () => void): void {
    const at = this.now + delayMs;
    let i = this.#planned.length;
    // Latest first, so that the next one is taken from the end.
    while (i > 0 && this.#planned[i - 1]!.at <= at) i--;
    this.#planned.splice(i, 0, { at, act });
  }

  run(): void {
    for (let next = this.#planned.pop(); next; next = this.#planned.pop()) {
      this.now = next.at;
      next.act();
    }
  }
}
