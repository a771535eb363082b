/** How long news wait for more, so that spans that come together are looked at together. */
const GATHER_MS = 10;

/** A look is followed by so many times its own length without one: what is live takes no more than a fifth of the process. */
const REST = 4;

/**
 * Which open request to look at next, and when. However many spans come, looks at all of them together take no more than a fixed share of the time: news that
 * come while there is no time for them are looked at as one. Pure; times are milliseconds of any one clock.
 */
export class Agenda {
  /** When each was first heard of since it was last looked at, the oldest first. */
  readonly #news = new Map<string, number>();
  #restUntil = 0;

  add(requestId: string, now: number): void {
    if (!this.#news.has(requestId)) this.#news.set(requestId, now);
  }

  drop(requestId: string): void {
    this.#news.delete(requestId);
  }

  /** When {@link take} will have something. */
  nextDue(): number | undefined {
    const [oldest] = this.#news.values();
    return oldest === undefined ? undefined : Math.max(oldest + GATHER_MS, this.#restUntil);
  }

  take(now: number): string | undefined {
    const due = this.nextDue();
    if (due === undefined || due > now) return undefined;
    const [requestId] = this.#news.keys();
    if (requestId !== undefined) this.#news.delete(requestId);
    return requestId;
  }

  /** A look ended at `now`, after `tookMs`. */
  looked(now: number, tookMs: number): void {
    this.#restUntil = now + REST * tookMs;
  }
}
