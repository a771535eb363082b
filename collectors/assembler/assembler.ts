import {
  type Accounting,
  type AssembledRequest,
  type CompletionReason,
  type CompletionStatus,
  columnsOf,
  type Span,
  type SpanBatch,
} from '../../src/model/index.js';
import { ledgerOf, orderSpans } from '../adjust/index.js';
import type { AssemblerCounts } from '../counts.js';
import type { Origin } from './accounting-rules.js';
import { hasNews } from './content-news.js';
import { DeclaredOrigins } from './declared-origins.js';
import { DueQueue } from './due-queue.js';
import { accountingOf, looksFinished } from './evidence.js';
import { type Growth, type ReadMark, readOn } from './growth.js';
import { type Arrival, HeldSpans } from './held-spans.js';
import { joinsOf } from './joins.js';
import { type AssemblerOptions, type AssemblerSettings, settingsOf } from './options.js';
import { allSpans, contentOf, countSpans, ownSpans, type RequestContent } from './request-content.js';
import { noChange, type RequestGroup } from './request-groups.js';
import { newRecord, type RequestRecord, statusAfter, withoutAll } from './request-record.js';
import type { SpanFacts } from './span-facts.js';
import { Watchers } from './watchers.js';
import { WordCounts } from './word-counts.js';

/**
 * Makes requests out of spans: no I/O, no clock, no timer. `now` is nanoseconds since the Unix epoch and MUST NOT run backwards.
 *
 * The same calls in the same order give the same answers, and what is known of a request depends only on the set of its spans,
 * not on the order of their arrival. Once a request was spoken of, spans that come late reopen it and make its next revision.
 */
export interface Assembler {
  /** False when so many spans should be refused for now, because too much is held and none of it can be let go. */
  hasRoomFor(spans: number, now: bigint): boolean;
  /**
   * Takes the spans of one export request, whether there is room or not. `bytes` is the request's size. Returns the open requests of which something
   * else is known from here on.
   */
  add(batch: SpanBatch, now: bigint, bytes?: number): readonly string[];
  /** Requests to speak of at `now`, in the order in which they fell due. A call that returns nothing changes nothing. */
  takeDue(now: bigint): readonly AssembledRequest[];
  /** When {@link takeDue} will next return something, unless something happens before. */
  nextDue(): bigint | undefined;
  /** Completes an open request; undefined when it is not known or not open. */
  close(requestId: string, reason: CompletionReason, now: bigint): AssembledRequest | undefined;
  /** Tells of a sender that keeps no ledger. Replaces nothing: a request may have several. */
  declareOrigin(origin: DeclaredOrigin): void;
  /** All that is held of a request. Its revision is the one last spoken, or the one to come while it is open. */
  snapshot(requestId: string): AssembledRequest | undefined;
  /** What came to a request since the mark was set; without a mark, all. For who looks at it again and again. */
  growth(requestId: string, mark?: ReadMark): Growth | undefined;
  isOpen(requestId: string): boolean;
  /** What is held, in order of arrival. */
  list(): readonly RequestSummary[];
  /** All spans held of one trace, whatever requests they belong to. */
  trace(traceId: string): readonly Span[];
  counts(): AssemblerCounts;
}

export interface DeclaredOrigin extends Origin {
  readonly requestId: string;
}

export interface RequestSummary {
  readonly requestId: string;
  readonly completionStatus: CompletionStatus;
  readonly completedBy: CompletionReason | undefined;
  readonly revision: number;
  readonly spans: number;
  readonly traceIds: readonly string[];
  readonly openedAtUnixNano: bigint;
}

export function createAssembler(options: AssemblerOptions = {}): Assembler {
  return new SpanAssembler(settingsOf(options));
}

const NOTHING: ReadonlySet<string> = new Set();

/** Requests let go whose revision is remembered, and origins declared for requests that never came. */
const MAX_REMEMBERED = 100_000;

class SpanAssembler implements Assembler {
  readonly #settings: AssemblerSettings;
  readonly #held: HeldSpans;
  readonly #records = new Map<string, RequestRecord>();
  readonly #due = new DueQueue();
  readonly #expiry = new DueQueue();
  readonly #origins = new DeclaredOrigins(MAX_REMEMBERED);
  /** The units on which it rests whether each open request is accounted. */
  readonly #watchers = new Watchers();
  /** Revisions spoken of requests that are no longer held. */
  readonly #forgotten = new Map<string, number>();
  /** Requests that turned out to be part of another one. */
  readonly #absorbedBy = new Map<string, string>();
  readonly #words = new WordCounts();

  constructor(settings: AssemblerSettings) {
    this.#settings = settings;
    this.#held = new HeldSpans(settings);
  }

  hasRoomFor(spans: number, now: bigint): boolean {
    const expiry = this.#expiry.next();
    return this.#held.size + spans <= this.#settings.maxHeldSpans || (expiry !== undefined && expiry <= now);
  }

  add(batch: SpanBatch, now: bigint, bytes = 0): readonly string[] {
    this.#letGo(now);
    const woken = this.#wakeFor(batch);
    const withNews = this.#take(batch, now, bytes);
    for (const record of woken) if (this.#records.get(record.requestId) === record) this.#rest(record);
    return withNews;
  }

  #take(batch: SpanBatch, now: bigint, bytes: number): readonly string[] {
    const arrival = this.#held.add(batch, bytes / Math.max(1, batch.length));
    if (arrival.spans.size === 0) return [];
    const groups = this.#held.groups.around(arrival.change);
    this.#absorb(groups, now);
    for (const requestId of arrival.change.requests) if (!groups.has(requestId)) this.#forgetIfEmpty(requestId);
    const withNews = [...groups.values()].filter((group) => this.#refresh(group, arrival, now));
    this.#replanOthers(arrival, groups);
    return withNews.map(({ requestId }) => requestId);
  }

  takeDue(now: bigint): readonly AssembledRequest[] {
    return this.#due.take(now).flatMap((requestId) => {
      const record = this.#records.get(requestId);
      return record?.next ? [this.#speak(record, record.next.reason, now)] : [];
    });
  }

  nextDue(): bigint | undefined {
    return this.#due.next();
  }

  close(requestId: string, reason: CompletionReason, now: bigint): AssembledRequest | undefined {
    const record = this.#record(requestId);
    return record?.status === 'open' ? this.#speak(record, reason, now) : undefined;
  }

  declareOrigin({ requestId, parentSpanId, sends }: DeclaredOrigin): void {
    if (!this.#origins.add(requestId, { parentSpanId, sends })) return;
    const record = this.#record(requestId);
    if (record?.status === 'open') this.#plan(record);
  }

  snapshot(requestId: string): AssembledRequest | undefined {
    const record = this.#record(requestId);
    return record && this.#held.whileAwake(record.requestId, () => this.#assembled(record));
  }

  growth(requestId: string, mark?: ReadMark): Growth | undefined {
    const record = this.#record(requestId);
    if (!record) return undefined;
    // What a request says beyond its limits is dropped from spans that were read.
    const since = record.outgrew ? undefined : mark;
    return {
      requestId: record.requestId,
      revision: currentRevision(record),
      completionStatus: record.status,
      ...this.#held.whileAwake(record.requestId, () => readOn(record.content, { mark: since, held: this.#held })),
    };
  }

  isOpen(requestId: string): boolean {
    return this.#record(requestId)?.status === 'open';
  }

  list(): readonly RequestSummary[] {
    return [...this.#records.values()].map((record) => ({
      requestId: record.requestId,
      completionStatus: record.status,
      completedBy: record.completedBy,
      revision: currentRevision(record),
      ...this.#sizeOf(record),
      openedAtUnixNano: record.openedAt,
    }));
  }

  trace(traceId: string): readonly Span[] {
    return orderSpans(this.#held.ofTrace(traceId));
  }

  counts(): AssemblerCounts {
    const { size, letGo, repeated, bytes } = this.#held;
    let open = 0;
    for (const { status } of this.#records.values()) if (status === 'open') open += 1;
    return {
      spansHeld: size,
      spansLetGo: letGo,
      spansRepeated: repeated,
      bytesHeld: Math.round(bytes),
      requestsHeld: this.#records.size,
      requestsOpen: open,
      completed: this.#words.all(),
    };
  }

  #record(requestId: string): RequestRecord | undefined {
    return this.#records.get(requestId) ?? this.#records.get(this.#absorbedBy.get(requestId) ?? '');
  }

  /** Requests that were one of their own until a span tied them to another hand over what was said of them. */
  #absorb(groups: ReadonlyMap<string, RequestGroup>, now: bigint): void {
    const absorbed = new Set<string>();
    for (const { requestId, units } of groups.values()) {
      for (const key of units) {
        const record = groups.has(key) ? undefined : this.#records.get(key);
        if (!record) continue;
        this.#inherit(this.#recordFor(requestId, now), record);
        absorbed.add(key);
      }
    }
    for (const key of absorbed) this.#forget(key);
  }

  /** A request whose only span turned out to be another's, before a word was spoken of it. */
  #forgetIfEmpty(requestId: string): void {
    const record = this.#records.get(requestId);
    if (record?.revision === 0 && countSpans(record.content, this.#held.book) === 0) this.#forget(requestId);
  }

  #inherit(heir: RequestRecord, absorbed: RequestRecord): void {
    if (absorbed.revision > heir.revision) {
      heir.revision = absorbed.revision;
      heir.spoken = absorbed.spoken;
    }
    if (absorbed.openedAt < heir.openedAt && heir.revision === 0) heir.openedAt = absorbed.openedAt;
    this.#absorbedBy.set(absorbed.requestId, heir.requestId);
    forgetOldest(this.#absorbedBy);
  }

  #recordFor(requestId: string, now: bigint): RequestRecord {
    const held = this.#records.get(requestId);
    if (held) return held;
    const record = newRecord(requestId, now);
    record.revision = this.#forgotten.get(requestId) ?? 0;
    this.#records.set(requestId, record);
    this.#absorbedBy.delete(requestId);
    return record;
  }

  #sizeOf({ requestId, content }: RequestRecord): Pick<RequestSummary, 'spans' | 'traceIds'> {
    const asleep = this.#held.asleep(requestId);
    if (asleep) return { spans: asleep.spans, traceIds: asleep.traceIds };
    const { book } = this.#held;
    return { spans: countSpans(content, book), traceIds: traceIdsOf(allSpans(content, book)) };
  }

  /** Wakes all requests that the batch has to do with. */
  #wakeFor(batch: SpanBatch): readonly RequestRecord[] {
    return [...this.#held.stirredBy(batch)].flatMap((key) => {
      this.#held.wake(key);
      const record = this.#records.get(key);
      if (!record) return [];
      record.spoken = this.#idsOf(record.content);
      return [record];
    });
  }

  /** A request that was spoken of sleeps until something stirs it, if it is one unit that is tied to no other. All of its spans were in the last word. */
  #rest(record: RequestRecord): void {
    const { content, requestId } = record;
    if (record.status === 'open' || content.units.size > 1 || content.shared.size > 0) return;
    if (this.#held.sleep(requestId)) record.spoken = NOTHING;
  }

  /** True if the request got news. */
  #refresh(group: RequestGroup, arrival: Arrival, now: bigint): boolean {
    const record = this.#recordFor(group.requestId, now);
    const before = record.content;
    record.content = contentOf(group, this.#held.book);
    const isNews = hasNews({ before, content: record.content, arrival }, this.#held);
    if (isNews) {
      record.lastAt = now;
      if (arrival.replaced.size > 0) record.spoken = withoutAll(record.spoken, arrival.replaced);
      if (record.status !== 'open') reopen(record, now);
      this.#limit(record, before, arrival);
    }
    if (record.status === 'open') this.#plan(record);
    return isNews;
  }

  /** Requests that got no span may be proven all the same, or no longer be, by what reached a unit they handed on to. */
  #replanOthers({ spans, change }: Arrival, refreshed: ReadonlyMap<string, unknown>): void {
    const resting = new Set<string>();
    for (const key of change.units) for (const requestId of this.#watchers.of(key)) resting.add(requestId);
    for (const arrived of spans.values()) {
      for (const { parentSpanId } of arrived) {
        for (const requestId of this.#origins.requestsFrom(parentSpanId ?? '')) resting.add(requestId);
      }
    }
    for (const requestId of resting) {
      const record = refreshed.has(requestId) ? undefined : this.#records.get(requestId);
      if (record?.status === 'open') this.#plan(record);
    }
  }

  /** A request beyond its limits keeps its structure; what its spans say is dropped. */
  #limit(record: RequestRecord, before: RequestContent, { spans }: Arrival): void {
    const { book } = this.#held;
    const { content } = record;
    const had = record.outgrew !== undefined;
    record.outgrew ??= this.#limitReached(content);
    if (!record.outgrew) return;
    for (const key of content.units) {
      const isStripped = had && before.units.has(key);
      for (const facts of (isStripped ? spans.get(key) : book.unit(key)?.spans) ?? []) this.#held.strip(facts.id);
    }
    for (const facts of content.shared) this.#held.strip(facts.id);
  }

  #limitReached(content: RequestContent): RequestRecord['outgrew'] {
    const { maxSpans, maxBytes } = this.#settings;
    if (countSpans(content, this.#held.book) > maxSpans) return 'span-limit';
    let bytes = 0;
    for (const key of content.units) bytes += this.#held.bytesOf(key);
    for (const facts of content.shared) bytes += this.#held.get(facts.id)?.bytes ?? 0;
    return bytes > maxBytes ? 'byte-limit' : undefined;
  }

  #plan(record: RequestRecord): void {
    record.next = this.#nextWord(record);
    this.#due.set(record.requestId, record.next.at);
  }

  /** The earliest of all that may complete the request; where two fall together, the one to be trusted more. */
  #nextWord(record: RequestRecord): { readonly at: bigint; readonly reason: CompletionReason } {
    const { rootQuiet, idle, deadline } = this.#settings;
    const { lastAt, content } = record;
    const origins = this.#origins.of(record.requestId);
    const { isComplete, restsOn } = this.#held.book.proofOf(record.requestId, origins);
    this.#watchers.watch(record.requestId, restsOn);
    if (isComplete) return { at: lastAt, reason: 'accounted' };
    if (record.outgrew) return { at: record.revision === 0 ? lastAt : lastAt + rootQuiet, reason: record.outgrew };
    const words: { readonly at: bigint; readonly reason: CompletionReason }[] = [];
    if (looksFinished(this.#held.book, content, origins)) {
      words.push({ at: lastAt + rootQuiet, reason: 'root-quiet' });
    }
    words.push({ at: lastAt + idle, reason: 'quiet' }, { at: record.openedAt + deadline, reason: 'deadline' });
    return words.reduce((first, word) => (word.at < first.at ? word : first));
  }

  #speak(record: RequestRecord, reason: CompletionReason, now: bigint): AssembledRequest {
    const ids = this.#idsOf(record.content);
    record.lateIds = record.revision === 0 ? new Set() : withoutAll(ids, record.spoken);
    record.revision++;
    record.status = statusAfter(reason);
    record.completedBy = reason;
    this.#words.add(reason, record.revision);
    record.spoken = ids;
    record.completedAt = now;
    record.next = undefined;
    this.#due.delete(record.requestId);
    this.#watchers.leave(record.requestId);
    this.#expiry.set(record.requestId, now + this.#settings.retention);
    const request = this.#assembled(record);
    this.#rest(record);
    return request;
  }

  #assembled(record: RequestRecord): AssembledRequest {
    const { content, requestId } = record;
    const { book } = this.#held;
    const origins = idsOf(this.#origins.of(requestId));
    const own = ownSpans(content, book);
    const all = content.shared.size === 0 ? own : [...own, ...content.shared];
    const ids = idsOfSpans(all);
    const spans = orderSpans(this.#spansOf(ids));
    return {
      requestId,
      revision: currentRevision(record),
      completionStatus: record.status,
      completedBy: record.completedBy,
      traceIds: traceIdsOf(all),
      spans,
      accounting: { ...accountingOf(book, { all, own }, origins), ...unreadOf(this.#held.clashesOf(ids)) },
      joins: joinsOf(requestId, all),
      lateSpanIds: orderSpans(this.#spansOf(lateIdsOf(record, ids))).map(({ spanId }) => spanId),
      // Of others nothing is proven so quickly that it would pay.
      ...(record.completedBy === 'accounted' ? { columns: columnsOf(spans, ledgerOf) } : {}),
    };
  }

  #idsOf(content: RequestContent): ReadonlySet<string> {
    return idsOfSpans(allSpans(content, this.#held.book));
  }

  #spansOf(ids: ReadonlySet<string>): readonly Span[] {
    const spans: Span[] = [];
    for (const id of ids) {
      const held = this.#held.get(id);
      if (held) spans.push(held.span);
    }
    return spans;
  }

  /** Forgets completed requests whose retention is over, and the units that no other request needs. */
  #letGo(now: bigint): void {
    for (const requestId of this.#expiry.take(now)) {
      const record = this.#records.get(requestId);
      if (!record || record.status === 'open') continue;
      const { units } = record.content;
      const groups = this.#held.groups.around({ ...noChange(), units: new Set(units) });
      this.#forget(requestId);
      this.#forgotten.set(requestId, record.revision);
      forgetOldest(this.#forgotten);
      for (const key of units) if (!this.#isNeeded(key, groups)) this.#held.drop(key);
    }
  }

  #isNeeded(key: string, groups: ReadonlyMap<string, RequestGroup>): boolean {
    return [...groups.values()].some(({ requestId, units }) => units.has(key) && this.#records.has(requestId));
  }

  #forget(requestId: string): void {
    this.#records.delete(requestId);
    this.#due.delete(requestId);
    this.#expiry.delete(requestId);
    this.#watchers.leave(requestId);
    this.#origins.forget(requestId);
  }
}

function reopen(record: RequestRecord, now: bigint): void {
  record.status = 'open';
  record.completedBy = undefined;
  record.openedAt = now;
}

function currentRevision(record: RequestRecord): number {
  return record.status === 'open' ? record.revision + 1 : record.revision;
}

function lateIdsOf(record: RequestRecord, ids: ReadonlySet<string>): ReadonlySet<string> {
  if (record.status !== 'open') return record.lateIds;
  return record.revision === 0 ? new Set() : withoutAll(ids, record.spoken);
}

function traceIdsOf(spans: readonly SpanFacts[]): readonly string[] {
  const traceIds = new Set<string>();
  for (const { traceId } of spans) traceIds.add(traceId);
  return [...traceIds].sort();
}

function idsOfSpans(spans: readonly SpanFacts[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { id } of spans) ids.add(id);
  return ids;
}

function idsOf(origins: readonly Origin[]): ReadonlySet<string> {
  return new Set(origins.map(({ parentSpanId }) => parentSpanId));
}

/** Maps keep the order of insertion: the first key is the oldest. */
function forgetOldest(map: Map<string, unknown>): void {
  const oldest = map.size > MAX_REMEMBERED ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}

/** Of spans that share an id only one can be held. */
function unreadOf(clashes: number): Pick<Accounting, 'unread'> {
  if (clashes === 0) return {};
  return { unread: [{ count: clashes, because: 'another span has the same id' }] };
}
