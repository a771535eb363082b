import { TracecourtError } from '../../src/errors.js';
import type { Attributes, AttributeValue, Span, SpanEvent, SpanLink, SpanStatus } from '../../src/model/index.js';
import { int64Of } from './json-attributes.js';
import { JsonCursor, NOT_PLAIN } from './json-cursor.js';
import { ListedAttributes } from './listed-attributes.js';
import { parentIsRemoteOf, spanKindOf, statusCodeOf } from './span-fields.js';

const TRACE_ID_DIGITS = 32;
const SPAN_ID_DIGITS = 16;
/** What a span says nothing of is the same for all of them. */
const NO_ATTRIBUTES: Attributes = new ListedAttributes([]);
const NO_STATUS: SpanStatus = { code: 'unset', message: '' };
const NONE: readonly never[] = [];

/**
 * The spans of a JSON body, which MUST be UTF-8, if it is written as exporters write it: what belongs to many spans before them, ids in lower case, times as
 * text, nothing null, nothing refused. Undefined for any other body, which the reader of all forms is there for: it decides alone what is right and says what is wrong.
 */
export function plainJsonSpans(body: Buffer): readonly Span[] | undefined {
  try {
    const spans = readExport(new JsonCursor(body));
    // Of a body without spans it is to be found out whether it meant something else.
    return spans.length > 0 ? spans : undefined;
  } catch (error) {
    if (error === NOT_PLAIN || error instanceof TracecourtError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function readExport(cursor: JsonCursor): readonly Span[] {
  const spans: Span[] = [];
  cursor.openObject();
  while (cursor.nextField()) {
    if (cursor.name !== 'resourceSpans') cursor.skip();
    else if (spans.length > 0) throw NOT_PLAIN;
    else for (cursor.openList(); cursor.nextItem(); ) readResourceSpans(cursor, spans);
  }
  cursor.end();
  return spans;
}

/** A name that comes again, or what belongs to spans that were read, is not plain. */
function readResourceSpans(cursor: JsonCursor, spans: Span[]): void {
  const before = spans.length;
  let resource = NO_ATTRIBUTES;
  cursor.openObject();
  while (cursor.nextField()) {
    const { name } = cursor;
    if (name !== 'resource' && name !== 'scopeSpans') cursor.skip();
    else if (spans.length > before) throw NOT_PLAIN;
    else if (name === 'resource') resource = readResource(cursor);
    else for (cursor.openList(); cursor.nextItem(); ) readScopeSpans(cursor, resource, spans);
  }
}

function readResource(cursor: JsonCursor): Attributes {
  let attributes = NO_ATTRIBUTES;
  cursor.openObject();
  while (cursor.nextField()) {
    if (cursor.name === 'attributes') attributes = readAttributes(cursor);
    else cursor.skip();
  }
  return attributes;
}

function readScopeSpans(cursor: JsonCursor, resource: Attributes, spans: Span[]): void {
  const before = spans.length;
  let scopeName = '';
  cursor.openObject();
  while (cursor.nextField()) {
    const { name } = cursor;
    if (name !== 'scope' && name !== 'spans') cursor.skip();
    else if (spans.length > before) throw NOT_PLAIN;
    else if (name === 'scope') scopeName = readScopeName(cursor);
    else for (cursor.openList(); cursor.nextItem(); ) spans.push(readSpan(cursor, resource, scopeName));
  }
}

function readScopeName(cursor: JsonCursor): string {
  let scopeName = '';
  cursor.openObject();
  while (cursor.nextField()) {
    if (cursor.name === 'name') scopeName = cursor.text();
    else cursor.skip();
  }
  return scopeName;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

function readSpan(cursor: JsonCursor, resource: Attributes, scopeName: string): Span {
  const span: Draft<Span> = {
    traceId: '',
    spanId: '',
    parentSpanId: undefined,
    traceState: '',
    parentIsRemote: undefined,
    name: '',
    kind: 'unspecified',
    startUnixNano: 0n,
    endUnixNano: 0n,
    status: NO_STATUS,
    attributes: NO_ATTRIBUTES,
    events: NONE,
    links: NONE,
    resource,
    scopeName,
  };
  cursor.openObject();
  while (cursor.nextField()) readSpanField(cursor, span);
  if (span.traceId === '' || span.spanId === '') throw NOT_PLAIN;
  return span;
}

function readSpanField(cursor: JsonCursor, span: Draft<Span>): void {
  switch (cursor.name) {
    case 'traceId':
      span.traceId = cursor.id(TRACE_ID_DIGITS);
      break;
    case 'spanId':
      span.spanId = cursor.id(SPAN_ID_DIGITS);
      break;
    case 'parentSpanId':
      span.parentSpanId = cursor.id(SPAN_ID_DIGITS) || undefined;
      break;
    case 'traceState':
      span.traceState = cursor.text();
      break;
    case 'name':
      span.name = cursor.text();
      break;
    case 'kind':
      span.kind = spanKindOf(integer(cursor));
      break;
    case 'startTimeUnixNano':
      span.startUnixNano = cursor.integerText();
      break;
    case 'endTimeUnixNano':
      span.endUnixNano = cursor.integerText();
      break;
    case 'attributes':
      span.attributes = readAttributes(cursor);
      break;
    case 'events':
      span.events = readList(cursor, readEvent);
      break;
    case 'links':
      span.links = readList(cursor, readLink);
      break;
    case 'status':
      span.status = readStatus(cursor);
      break;
    case 'flags':
      span.parentIsRemote = parentIsRemoteOf(integer(cursor));
      break;
    default:
      cursor.skip();
  }
}

function readList<T>(cursor: JsonCursor, read: (cursor: JsonCursor) => T): readonly T[] {
  let list: T[] | undefined;
  cursor.openList();
  while (cursor.nextItem()) {
    list ??= [];
    list.push(read(cursor));
  }
  return list ?? NONE;
}

function readStatus(cursor: JsonCursor): SpanStatus {
  const status: Draft<SpanStatus> = { ...NO_STATUS };
  cursor.openObject();
  while (cursor.nextField()) {
    if (cursor.name === 'code') status.code = statusCodeOf(integer(cursor));
    else if (cursor.name === 'message') status.message = cursor.text();
    else cursor.skip();
  }
  return status;
}

function readEvent(cursor: JsonCursor): SpanEvent {
  const event: Draft<SpanEvent> = { name: '', timeUnixNano: 0n, attributes: NO_ATTRIBUTES };
  cursor.openObject();
  while (cursor.nextField()) {
    if (cursor.name === 'name') event.name = cursor.text();
    else if (cursor.name === 'timeUnixNano') event.timeUnixNano = cursor.integerText();
    else if (cursor.name === 'attributes') event.attributes = readAttributes(cursor);
    else cursor.skip();
  }
  return event;
}

function readLink(cursor: JsonCursor): SpanLink {
  const link: Draft<SpanLink> = { traceId: '', spanId: '', traceState: '', attributes: NO_ATTRIBUTES };
  cursor.openObject();
  while (cursor.nextField()) {
    if (cursor.name === 'traceId') link.traceId = cursor.id(TRACE_ID_DIGITS);
    else if (cursor.name === 'spanId') link.spanId = cursor.id(SPAN_ID_DIGITS);
    else if (cursor.name === 'traceState') link.traceState = cursor.text();
    else if (cursor.name === 'attributes') link.attributes = readAttributes(cursor);
    else cursor.skip();
  }
  return link;
}

function readAttributes(cursor: JsonCursor): Attributes {
  const entries: AttributeValue[] = [];
  for (cursor.openList(); cursor.nextItem(); ) readEntry(cursor, entries);
  return entries.length > 0 ? new ListedAttributes(entries) : NO_ATTRIBUTES;
}

function readEntry(cursor: JsonCursor, entries: AttributeValue[]): void {
  let key = '';
  let value: AttributeValue = null;
  cursor.openObject();
  while (cursor.nextField()) {
    if (cursor.name === 'key') key = cursor.text();
    else if (cursor.name === 'value') value = readValue(cursor);
    else cursor.skip();
  }
  entries.push(key, value);
}

/** One that says several things at once is not plain. */
function readValue(cursor: JsonCursor): AttributeValue {
  cursor.openObject();
  if (!cursor.nextField()) return null;
  const value = readForm(cursor);
  if (cursor.nextField()) throw NOT_PLAIN;
  return value;
}

function readForm(cursor: JsonCursor): AttributeValue {
  switch (cursor.name) {
    case 'stringValue':
      return cursor.text();
    case 'boolValue':
      return cursor.boolean();
    case 'intValue':
      return cursor.isText() ? int64Of(cursor.text()) : integer(cursor);
    case 'doubleValue':
      return cursor.number();
    case 'arrayValue':
      return readValues(cursor);
    default:
      throw NOT_PLAIN;
  }
}

function readValues(cursor: JsonCursor): AttributeValue {
  let values: readonly AttributeValue[] = NONE;
  cursor.openObject();
  while (cursor.nextField()) {
    if (cursor.name === 'values') values = readList(cursor, readValue);
    else cursor.skip();
  }
  return values;
}

/** Zero has no sign here, whatever was written. */
function integer(cursor: JsonCursor): number {
  const value = cursor.number();
  if (!Number.isSafeInteger(value)) throw NOT_PLAIN;
  return value + 0;
}
