import type { AssembledRequest, CompiledFlow, Evidence, Verdict, WorkflowTrace } from '../../model/index.js';
import { awaitedNext, judgeOpen } from '../../validators/index.js';
import { nameRequest } from '../judge-evidence.js';
import type { AddressBook } from '../name-peers.js';
import type { UnstampedEvent } from '../unstamped-event.js';
import { Agenda } from './agenda.js';
import { type Awaits, awaitsOf, Waits } from './awaited.js';

export interface WatchOptions {
  /** All that is held of a request; undefined when nothing is. */
  readonly snapshot: (requestId: string) => AssembledRequest | undefined;
  readonly emit: (event: UnstampedEvent) => void;
  /** Called once for each request that nothing can repair any more. */
  readonly onDoomed?: (requestId: string) => void;
}

export interface Watched {
  readonly flow: CompiledFlow;
  readonly book: AddressBook;
}

/** Looks at requests while they are open. */
export interface OpenWatch extends Disposable {
  watch(requestId: string, watched: Watched): void;
  isWatched(requestId: string): boolean;
  /** The sender has its answer. */
  answered(requestId: string): void;
  /** These got spans. Those that are not watched are left alone. */
  news(requestIds: readonly string[]): void;
  /** It is complete, or nobody waits for it any more. */
  leave(requestId: string): void;
}

interface Entry extends Watched {
  readonly waits: Waits;
  readonly sentAt: number;
  newsAt: number;
  /** When a wait is next told of. */
  tellAt: number;
  isAnswered: boolean;
  isDoomed: boolean;
}

/** A wait is told of after a second, and then each time that it has lasted twice as long. */
const FIRST_WORD_MS = 1_000;

/** How often waits are looked at. */
const WAITS_MS = 250;

/**
 * Judges open requests as their spans come, and says what they wait for when they wait long: `failed-early` once a request, and `awaiting`. The work is bounded
 * by its {@link Agenda}.
 */
export function watchOpen(options: WatchOptions): OpenWatch {
  return new Watch(options);
}

class Watch implements OpenWatch {
  readonly #options: WatchOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #agenda = new Agenda();
  #lookTimer: NodeJS.Timeout | undefined;
  #waitTimer: NodeJS.Timeout | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  watch(requestId: string, watched: Watched): void {
    const now = performance.now();
    const entry: Entry = {
      ...watched,
      waits: new Waits(),
      sentAt: now,
      newsAt: now,
      tellAt: now + FIRST_WORD_MS,
      isAnswered: false,
      isDoomed: false,
    };
    entry.waits.update([ANSWER], now);
    this.#entries.set(requestId, entry);
    this.#waitTimer ??= setInterval(() => this.#tellLongest(), WAITS_MS).unref();
  }

  isWatched(requestId: string): boolean {
    return this.#entries.has(requestId);
  }

  answered(requestId: string): void {
    const entry = this.#entries.get(requestId);
    if (!entry) return;
    entry.isAnswered = true;
    this.#heard(entry);
  }

  news(requestIds: readonly string[]): void {
    for (const requestId of requestIds) {
      const entry = this.#entries.get(requestId);
      if (!entry) continue;
      this.#heard(entry);
      this.#agenda.add(requestId, entry.newsAt);
    }
    this.#plan();
  }

  leave(requestId: string): void {
    this.#entries.delete(requestId);
    this.#agenda.drop(requestId);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#lookTimer);
    clearInterval(this.#waitTimer);
    this.#entries.clear();
  }

  #heard(entry: Entry): void {
    entry.newsAt = performance.now();
    entry.tellAt = entry.newsAt + FIRST_WORD_MS;
  }

  #plan(): void {
    const due = this.#agenda.nextDue();
    if (due === undefined || this.#lookTimer) return;
    this.#lookTimer = setTimeout(() => this.#wake(), Math.max(0, due - performance.now())).unref();
  }

  #wake(): void {
    this.#lookTimer = undefined;
    const startedAt = performance.now();
    const requestId = this.#agenda.take(startedAt);
    if (requestId !== undefined) {
      this.#look(requestId);
      const now = performance.now();
      this.#agenda.looked(now, now - startedAt);
    }
    this.#plan();
  }

  #look(requestId: string): void {
    const entry = this.#entries.get(requestId);
    const request = this.#options.snapshot(requestId);
    if (!entry || entry.isDoomed || request?.requestId !== requestId || request.completionStatus !== 'open') return;
    // A word was spoken of it already; what late spans make of that is told in the next one.
    if (request.revision > 1 || !hasRoot(request)) return;
    const { trace, verdict } = judgeWhileOpen(request, entry);
    if (verdict.outcome !== 'fail') return;
    entry.isDoomed = true;
    const { flow, findings } = verdict;
    const openMs = performance.now() - entry.sentAt;
    this.#options.emit({ type: 'failed-early', requestId, flow, findings, spans: trace.spans.length, openMs });
    this.#options.onDoomed?.(requestId);
  }

  /** One at a time, so that many requests that wait do not drown what is said of others. */
  #tellLongest(): void {
    const now = performance.now();
    const due = [...this.#entries].filter(([, { tellAt }]) => tellAt <= now);
    const [longest] = due.sort(([, a], [, b]) => a.tellAt - b.tellAt);
    if (longest) this.#tell(...longest);
    if (this.#entries.size > 0) return;
    clearInterval(this.#waitTimer);
    this.#waitTimer = undefined;
  }

  #tell(requestId: string, entry: Entry): void {
    const request = this.#options.snapshot(requestId);
    // It turned out to be part of another one.
    if (request && request.requestId !== requestId) {
      this.leave(requestId);
      return;
    }
    const now = performance.now();
    const quietMs = Math.round(now - entry.newsAt);
    entry.tellAt = now + Math.max(FIRST_WORD_MS, quietMs);
    const opened = request && openRequest(request, entry);
    // Nothing changed since the last news, so what is awaited now is awaited since then.
    entry.waits.update(
      [...(entry.isAnswered ? [] : [ANSWER]), ...(opened ? awaitsOf(awaitedNext(opened), request) : [])],
      entry.newsAt,
    );
    this.#options.emit({
      type: 'awaiting',
      requestId,
      awaited: entry.waits.at(now),
      quietMs,
      spans: request?.spans.length ?? 0,
      lastSeen: opened && lastSeen(opened.trace),
    });
  }
}

/** Without a root no cause is held up to the roots: nothing is settled yet. */
function hasRoot({ spans }: AssembledRequest): boolean {
  return spans.some(({ parentSpanId }) => parentSpanId === undefined);
}

const ANSWER: Awaits = { what: 'answer', name: '' };

/** Pure: what is to be said of a request that is open. */
export function judgeWhileOpen(
  request: AssembledRequest,
  watched: Watched,
): { readonly trace: WorkflowTrace; readonly verdict: Verdict } {
  const opened = openRequest(request, watched);
  return { trace: opened.trace, verdict: judgeOpen(opened) };
}

function openRequest(request: AssembledRequest, { flow, book }: Watched): Evidence {
  const trace = nameRequest(flow, request, book);
  return { flow, trace, observations: [], scope: { steps: {}, values: {} } };
}

/** The step that ended last, as the clocks say. */
function lastSeen({ steps }: WorkflowTrace): { readonly step: string; readonly service: string } | undefined {
  const last = steps.reduce<(typeof steps)[number] | undefined>(
    (latest, step) => (latest && latest.endTime > step.endTime ? latest : step),
    undefined,
  );
  return last && { step: last.stepName, service: last.component };
}
