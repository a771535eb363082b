import type { Evidence, WorkflowTrace } from '../../model/index.js';
import { awaitedNext, judgeOpen } from '../../validators/index.js';
import { guarded } from '../guarded.js';
import type { UnstampedEvent } from '../unstamped-event.js';
import { Agenda } from './agenda.js';
import { type Awaits, awaitsOf, Waits } from './awaited.js';
import { OpenRequest, type OpenSource, type Watched } from './open-request.js';

export interface WatchOptions extends OpenSource {
  readonly emit: (event: UnstampedEvent) => void;
  /** Called once for each request that nothing can repair any more. */
  readonly onDoomed?: (requestId: string) => void;
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

interface Entry {
  readonly request: OpenRequest;
  /** What was judged last. */
  judged: Evidence | undefined;
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
      request: new OpenRequest(requestId, { watched, source: this.#options }),
      judged: undefined,
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
      this.#guarded(requestId, () => this.#look(requestId));
      const now = performance.now();
      this.#agenda.looked(now, now - startedAt);
    }
    this.#plan();
  }

  /** Nothing more is said of a request that we fail at while it is open. */
  #guarded(requestId: string, work: () => void): void {
    const entry = this.#entries.get(requestId);
    if (guarded(requestId, work) || !entry) return;
    entry.isDoomed = true;
    entry.tellAt = Infinity;
  }

  #look(requestId: string): void {
    const entry = this.#entries.get(requestId);
    const read = entry?.isDoomed === false ? entry.request.read() : undefined;
    if (!entry || read?.requestId !== requestId || read.completionStatus !== 'open') return;
    // A word was spoken of it already; what late spans make of that is told in the next one.
    if (read.revision > 1 || !read.hasRoot) return;
    const evidence = entry.request.evidence();
    if (!evidence || evidence === entry.judged) return;
    entry.judged = evidence;
    const { outcome, flow, findings } = judgeOpen(evidence);
    if (outcome !== 'fail') return;
    entry.isDoomed = true;
    const openMs = performance.now() - entry.sentAt;
    this.#options.emit({ type: 'failed-early', requestId, flow, findings, spans: read.spans, openMs });
    this.#options.onDoomed?.(requestId);
  }

  /** One at a time, so that many requests that wait do not drown what is said of others. */
  #tellLongest(): void {
    const now = performance.now();
    const due = [...this.#entries].filter(([, { tellAt }]) => tellAt <= now);
    const [longest] = due.sort(([, a], [, b]) => a.tellAt - b.tellAt);
    if (longest) this.#guarded(longest[0], () => this.#tell(...longest));
    if (this.#entries.size > 0) return;
    clearInterval(this.#waitTimer);
    this.#waitTimer = undefined;
  }

  #tell(requestId: string, entry: Entry): void {
    const read = entry.request.read();
    // It turned out to be part of another one.
    if (read && read.requestId !== requestId) {
      this.leave(requestId);
      return;
    }
    const now = performance.now();
    const quietMs = Math.round(now - entry.newsAt);
    entry.tellAt = now + Math.max(FIRST_WORD_MS, quietMs);
    const opened = read && entry.request.evidence();
    // Nothing changed since the last news, so what is awaited now is awaited since then.
    entry.waits.update([...(entry.isAnswered ? [] : [ANSWER]), ...this.#awaitedOf(requestId, opened)], entry.newsAt);
    this.#options.emit({
      type: 'awaiting',
      requestId,
      awaited: entry.waits.at(now),
      quietMs,
      spans: read?.spans ?? 0,
      lastSeen: opened && lastSeen(opened.trace),
    });
  }

  #awaitedOf(requestId: string, opened: Evidence | undefined): readonly Awaits[] {
    if (!opened) return [];
    return awaitsOf(awaitedNext(opened), () => this.#options.snapshot(requestId)?.accounting);
  }
}

const ANSWER: Awaits = { what: 'answer', name: '' };

/** The step that ended last, as the clocks say. */
function lastSeen({ steps }: WorkflowTrace): { readonly step: string; readonly service: string } | undefined {
  const last = steps.reduce<(typeof steps)[number] | undefined>(
    (latest, step) => (latest && latest.endTime > step.endTime ? latest : step),
    undefined,
  );
  return last && { step: last.stepName, service: last.component };
}
