import type { Origin } from './accounting-rules.js';

const NONE: readonly Origin[] = [];

/** Origins by the request that they were declared for; beyond `limit` requests, the one declared first is forgotten. */
export class DeclaredOrigins {
  readonly #limit: number;
  readonly #of = new Map<string, readonly Origin[]>();
  readonly #requests = new Map<string, Set<string>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  of(requestId: string): readonly Origin[] {
    return this.#of.get(requestId) ?? NONE;
  }

  /** The requests for which that parent was declared. */
  requestsFrom(parentSpanId: string): Iterable<string> {
    return this.#requests.get(parentSpanId) ?? [];
  }

  /** False when the request has that origin already; the first declaration stands. */
  add(requestId: string, origin: Origin): boolean {
    const declared = this.of(requestId);
    if (declared.some(({ parentSpanId }) => parentSpanId === origin.parentSpanId)) return false;
    this.#of.set(requestId, [...declared, origin]);
    const requests = this.#requests.get(origin.parentSpanId) ?? new Set();
    this.#requests.set(origin.parentSpanId, requests.add(requestId));
    const oldest = this.#of.size > this.#limit ? this.#of.keys().next().value : undefined;
    if (oldest !== undefined) this.forget(oldest);
    return true;
  }

  forget(requestId: string): void {
    for (const { parentSpanId } of this.of(requestId)) {
      const requests = this.#requests.get(parentSpanId);
      requests?.delete(requestId);
      if (requests?.size === 0) this.#requests.delete(parentSpanId);
    }
    this.#of.delete(requestId);
  }
}
