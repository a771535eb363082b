import type { AssembledRequest } from '../model/index.js';

/**
 * The requests a run waits for. A request is entered before it is sent; each completion and each later revision of it is
 * kept, the newest winning, and wakes whoever waits, until it is let go. Requests that were never entered are not ours and are left alone.
 */
export interface Docket {
  enter(requestId: string): void;
  /** True if the request is ours. */
  completed(request: AssembledRequest): boolean;
  newest(requestId: string): AssembledRequest | undefined;
  /** Nobody needs the request as this revision has it any more: only a later one is kept from here on. */
  letGo(requestId: string, revision: number): void;
  /** The first completion; undefined when `signal` aborts first. */
  firstCompletion(requestId: string, signal: AbortSignal): Promise<AssembledRequest | undefined>;
}

interface Entry {
  newest: AssembledRequest | undefined;
  /** Of the newest request that was kept here; 0 before there was one. */
  revision: number;
  readonly wake: Set<() => void>;
}

export function createDocket(): Docket {
  const entries = new Map<string, Entry>();
  return {
    enter(requestId) {
      entries.set(requestId, { newest: undefined, revision: 0, wake: new Set() });
    },
    completed(request) {
      const entry = entries.get(request.requestId);
      if (entry === undefined) return false;
      if (entry.revision < request.revision) {
        entry.newest = request;
        entry.revision = request.revision;
      }
      for (const wake of entry.wake) wake();
      entry.wake.clear();
      return true;
    },
    newest: (requestId) => entries.get(requestId)?.newest,
    letGo(requestId, revision) {
      const entry = entries.get(requestId);
      if (entry && entry.revision <= revision) entry.newest = undefined;
    },
    async firstCompletion(requestId, signal) {
      const entry = entries.get(requestId);
      if (entry === undefined || entry.newest !== undefined || signal.aborted) return entry?.newest;
      await new Promise<void>((resolve) => {
        entry.wake.add(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      return entry.newest;
    },
  };
}
