/** Commands that have come and are not done yet, in order; taking one costs the same however many there are. */
export class CommandQueue {
  #commands: readonly (readonly string[])[] = [];
  #taken = 0;

  get length(): number {
    return this.#commands.length - this.#taken;
  }

  add(commands: readonly (readonly string[])[]): void {
    this.#commands = this.length === 0 ? commands : [...this.#commands.slice(this.#taken), ...commands];
    this.#taken = 0;
  }

  take(): readonly string[] | undefined {
    return this.length > 0 ? this.#commands[this.#taken++] : undefined;
  }
}
