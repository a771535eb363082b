import { type BoltValue, isBoltList } from './bolt-value.js';
import { BoltFailure } from './failure.js';

const PREFIX = 'tracecourt:bookmark:';
const FORM = /^tracecourt:bookmark:(\d{1,15})$/;

/** Plain increasing bookmarks, one for each committed write. */
export class Bookmarks {
  #count = 0;

  next(): string {
    this.#count++;
    return this.last();
  }

  last(): string {
    return `${PREFIX}${this.#count}`;
  }

  /** Whatever was committed is visible at once, so a bookmark of ours asks for nothing. Throws for any other. */
  check(given: BoltValue | undefined): void {
    if (!isBoltList(given)) return;
    for (const bookmark of given) {
      const match = FORM.exec(String(bookmark));
      if (match && Number(match[1]) <= this.#count) continue;
      throw new BoltFailure(
        'Neo.ClientError.Transaction.InvalidBookmark',
        `Bookmark ${String(bookmark)} was not given by this embedded graph.`,
      );
    }
  }
}
