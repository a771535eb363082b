export interface Waiting {
  readonly deadlineMs: number;
  /** Answers if it can, or must because its time is up, and says whether it did. */
  answer(timeIsUp: boolean): boolean;
  isAbandoned(): boolean;
}

/** Requests that wait for something to happen or for their time to be up, whichever is first. */
export class WaitingRoom {
  #waiting: Waiting[] = [];

  enter(waiting: Waiting): void {
    this.#waiting.push(waiting);
  }

  /** Something happened: who can be answered leaves. */
  retry(): void {
    this.#leave((waiting) => waiting.answer(false));
  }

  /** Who waited long enough is answered with what there is. */
  tick(nowMs: number): void {
    this.#leave((waiting) => waiting.deadlineMs <= nowMs && waiting.answer(true));
  }

  get nextDeadlineMs(): number {
    return this.#waiting.reduce((next, { deadlineMs }) => Math.min(next, deadlineMs), Number.POSITIVE_INFINITY);
  }

  #leave(isAnswered: (waiting: Waiting) => boolean): void {
    this.#waiting = this.#waiting.filter((waiting) => !waiting.isAbandoned() && !isAnswered(waiting));
  }
}
