import type { AssembledRequest, CompletionReason, CompletionStatus, Span, SpanBatch } from '../../src/model/index.js';
import { orderSpans } from '../adjust/index.js';
import type { Origin } from './accounting.js';
import { DueQueue } from './due-queue.js';
import { accountingOf, looksFinished } from './evidence.js';
import { HeldSpans } from './held-spans.js';
import { joinsOf } from './joins.js';
import { type AssemblerOptions, type AssemblerSettings, settingsOf } from './options.js';
import { contentOf, type RequestContent } from './request-content.js';
import type { RequestGroup } from './request-groups.js';
import { newRecord, type RequestRecord, statusAfter, withoutAll } from './request-record.js';

/**
 * Makes requests out of spans: no I/O, no clock, no timer. `now` is nanoseconds since the Unix epoch and MUST NOT run backwards.
 *
 * The same calls in the same order give the same answers, and what is known of a request depends only on the set of its spans,
 * not on the order of their arrival. Once a request was spoken of, spans that come late reopen it and make its next revision.
 */
export interface Assembler {
  /** False when so many spans should be refused for now, because too much is held and none of it can be let go. */
  hasRoomFor(spans: number, now: bigint): boolean;
  /** Takes the spans of one export request, whether there is room or not. `bytes` is the request's size. */
  add(batch: SpanBatch, now: bigint, bytes?: number): void;
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
  /** What is held, in order of arrival. */
  list(): readonly RequestSummary[];
  /** All spans held of one trace, whatever requests they belong to. */
  trace(traceId: string): readonly Span[];
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

/** Requests let go whose revision is remembered, and origins declared for requests that never came. */
const MAX_REMEMBERED = 100_000;

class SpanAssembler implements Assembler {
  readonly #settings: AssemblerSettings;
  readonly #held: HeldSpans;
  readonly #records = new Map<string, RequestRecord>();
  readonly #due = new DueQueue();
  readonly #expiry = new DueQueue();
  readonly #origins = new Map<string, Origin[]>();
  /** Revisions spoken of requests that are no longer held. */
  readonly #forgotten = new Map<string, number>();
  /** Requests that turned out to be part of another one. */
  readonly #absorbedBy = new Map<string, string>();

  constructor(settings: AssemblerSettings) {
    this.#settings = settings;
    this.#held = new HeldSpans(settings);
  }

  hasRoomFor(spans: number, now: bigint): boolean {
    const expiry = this.#expiry.next();
    return this.#held.size + spans <= this.#settings.maxHeldSpans || (expiry !== undefined && expiry <= now);
  }

  add(batch: SpanBatch, now: bigint, bytes = 0): void {
    this.#letGo(now);
    const grown = this.#held.add(batch, bytes / Math.max(1, batch.length));
    if (grown.size === 0) return;
    const groups = this.#held.groups.around(grown);
    this.#absorb(groups, now);
    for (const group of groups.values()) this.#refresh(group, now);
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
    const declared = this.#origins.get(requestId) ?? [];
    if (declared.some((origin) => origin.parentSpanId === parentSpanId)) return;
    this.#origins.set(requestId, [...declared, { parentSpanId, sends }]);
    forgetOldest(this.#origins);
    const record = this.#record(requestId);
    if (record?.status === 'open') this.#plan(record);
  }

  snapshot(requestId: string): AssembledRequest | undefined {
    const record = this.#record(requestId);
    return record && this.#assembled(record);
  }

  list(): readonly RequestSummary[] {
    return [...this.#records.values()].map((record) => ({
      requestId: record.requestId,
      completionStatus: record.status,
      completedBy: record.completedBy,
      revision: currentRevision(record),
      spans: record.content.all.length,
      traceIds: traceIdsOf(record.content),
      openedAtUnixNano: record.openedAt,
    }));
  }

  trace(traceId: string): readonly Span[] {
    return orderSpans(this.#held.ofTrace(traceId));
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

  #refresh(group: RequestGroup, now: bigint): void {
    const record = this.#recordFor(group.requestId, now);
    const content = contentOf(group, this.#held.book);
    const hasNews = !isSubset(content.ids, record.content.ids) || this.#hasLeft(content.ids, record.content.ids);
    record.content = content;
    if (hasNews) {
      record.lastAt = now;
      if (record.status !== 'open') reopen(record, now);
      this.#limit(record);
    }
    if (record.status === 'open') this.#plan(record);
  }

  /** A span can turn out to be another request's: the word that counted it here needs a revision. */
  #hasLeft(ids: ReadonlySet<string>, before: ReadonlySet<string>): boolean {
    for (const id of before) if (!ids.has(id) && this.#held.get(id)) return true;
    return false;
  }

  /** A request beyond its limits keeps its structure; what its spans say is dropped. */
  #limit(record: RequestRecord): void {
    const { maxSpans, maxBytes } = this.#settings;
    record.outgrew ??= record.content.all.length > maxSpans ? 'span-limit' : undefined;
    record.outgrew ??= this.#bytesOf(record) > maxBytes ? 'byte-limit' : undefined;
    if (record.outgrew) for (const id of record.content.ids) this.#held.strip(id);
  }

  #bytesOf(record: RequestRecord): number {
    let bytes = 0;
    for (const id of record.content.ids) bytes += this.#held.get(id)?.bytes ?? 0;
    return bytes;
  }

  #plan(record: RequestRecord): void {
    record.next = this.#nextWord(record);
    this.#due.set(record.requestId, record.next.at);
  }

  /** The earliest of all that may complete the request; where two fall together, the one to be trusted more. */
  #nextWord(record: RequestRecord): { readonly at: bigint; readonly reason: CompletionReason } {
    const { rootQuiet, idle, deadline } = this.#settings;
    const { lastAt, content } = record;
    const origins = this.#origins.get(record.requestId) ?? [];
    if (this.#held.book.isAccounted(record.requestId, origins)) return { at: lastAt, reason: 'accounted' };
    if (record.outgrew) return { at: record.revision === 0 ? lastAt : lastAt + rootQuiet, reason: record.outgrew };
    const words: { readonly at: bigint; readonly reason: CompletionReason }[] = [];
    if (looksFinished(this.#held.book, content, idsOf(origins))) {
      words.push({ at: lastAt + rootQuiet, reason: 'root-quiet' });
    }
    words.push({ at: lastAt + idle, reason: 'quiet' }, { at: record.openedAt + deadline, reason: 'deadline' });
    return words.reduce((first, word) => (word.at < first.at ? word : first));
  }

  #speak(record: RequestRecord, reason: CompletionReason, now: bigint): AssembledRequest {
    record.lateIds = record.revision === 0 ? new Set() : withoutAll(record.content.ids, record.spoken);
    record.revision++;
    record.status = statusAfter(reason);
    record.completedBy = reason;
    record.spoken = record.content.ids;
    record.completedAt = now;
    record.next = undefined;
    this.#due.delete(record.requestId);
    this.#expiry.set(record.requestId, now + this.#settings.retention);
    return this.#assembled(record);
  }

  #assembled(record: RequestRecord): AssembledRequest {
    const { content, requestId } = record;
    const origins = idsOf(this.#origins.get(requestId) ?? []);
    return {
      requestId,
      revision: currentRevision(record),
      completionStatus: record.status,
      completedBy: record.completedBy,
      traceIds: traceIdsOf(content),
      spans: orderSpans(this.#spansOf(content.ids)),
      accounting: accountingOf(this.#held.book, content, origins),
      joins: joinsOf(requestId, content.all),
      lateSpanIds: orderSpans(this.#spansOf(lateIdsOf(record))).map(({ spanId }) => spanId),
    };
  }

  #spansOf(ids: ReadonlySet<string>): readonly Span[] {
    return [...ids].flatMap((id) => this.#held.get(id)?.span ?? []);
  }

  /** Forgets completed requests whose retention is over, and the units that no other request needs. */
  #letGo(now: bigint): void {
    for (const requestId of this.#expiry.take(now)) {
      const record = this.#records.get(requestId);
      if (!record || record.status === 'open') continue;
      const units = new Set(record.content.own.map(({ key }) => key));
      const groups = this.#held.groups.around(units);
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
    this.#origins.delete(requestId);
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

function lateIdsOf(record: RequestRecord): ReadonlySet<string> {
  if (record.status !== 'open') return record.lateIds;
  return record.revision === 0 ? new Set() : withoutAll(record.content.ids, record.spoken);
}

function traceIdsOf({ all }: RequestContent): readonly string[] {
  return [...new Set(all.map(({ traceId }) => traceId))].sort();
}

function idsOf(origins: readonly Origin[]): ReadonlySet<string> {
  return new Set(origins.map(({ parentSpanId }) => parentSpanId));
}

function isSubset(ids: ReadonlySet<string>, of: ReadonlySet<string>): boolean {
  if (ids.size > of.size) return false;
  for (const id of ids) if (!of.has(id)) return false;
  return true;
}

/** Maps keep the order of insertion: the first key is the oldest. */
function forgetOldest(map: Map<string, unknown>): void {
  const oldest = map.size > MAX_REMEMBERED ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}
