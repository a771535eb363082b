import type { Attributes, Span, SpanEvent, SpanLink, SpanStatus } from '../../src/model/index.js';
import { ProtobufAttributes } from './protobuf-attributes.js';
import {
  idProblem,
  parentIdOf,
  parentIsRemoteOf,
  Refusals,
  type Refused,
  spanKindOf,
  statusCodeOf,
} from './span-fields.js';
import { undecodable } from './undecodable.js';
import { WIRE, WireReader } from './wire-reader.js';

/** Spans as a decoder gives them: those accepted, in the order of the body, and what was refused. */
export interface DecodedSpans {
  readonly spans: readonly Span[];
  readonly refused: Refused;
}

/**
 * Reads an ExportTraceServiceRequest. Fields in any order, unknown fields skipped, the last of repeated scalars, repeated
 * sub-messages merged. Throws TracecourtError `undecodable-spans` for anything malformed, for a body nested too deeply and for
 * an export of logs.
 */
export function decodeProtobufTraces(body: Buffer): DecodedSpans {
  const spans: Span[] = [];
  const refusals = new Refusals();
  const reader = new WireReader(body, 0, body.length);
  while (reader.nextField()) {
    if (!reader.is(1, WIRE.bytes)) {
      reader.skip();
      continue;
    }
    for (const underWay of readResourceSpans(reader.message(1))) {
      const span = underWay.build();
      if (typeof span === 'string') refusals.add(span, underWay.traceId());
      else spans.push(span);
    }
  }
  return { spans, refused: refusals.result() };
}

/** A resource MAY stand behind its spans, so spans are read only when all of it is known. */
function readResourceSpans(reader: WireReader): SpanUnderWay[] {
  const resource = new ProtobufAttributes(reader.bytes);
  const scopes: WireReader[] = [];
  while (reader.nextField()) {
    if (reader.is(1, WIRE.bytes)) readResource(reader.message(2), resource);
    else if (reader.is(2, WIRE.bytes)) scopes.push(reader.message(2));
    else reader.skip();
  }
  resource.check(3);
  return scopes.flatMap((scope) => readScopeSpans(scope, resource));
}

function readResource(reader: WireReader, attributes: ProtobufAttributes): void {
  while (reader.nextField()) {
    if (reader.is(1, WIRE.bytes)) attributes.add(reader);
    else reader.skip();
  }
}

function readScopeSpans(reader: WireReader, resource: Attributes): SpanUnderWay[] {
  let scopeName = '';
  const bodies: WireReader[] = [];
  while (reader.nextField()) {
    if (reader.is(1, WIRE.bytes)) scopeName = readScopeName(reader.message(3), scopeName);
    else if (reader.is(2, WIRE.bytes)) bodies.push(reader.message(3));
    else reader.skip();
  }
  return bodies.map((body) => new SpanUnderWay(body, resource, scopeName));
}

function readScopeName(reader: WireReader, before: string): string {
  let name = before;
  while (reader.nextField()) {
    if (reader.is(1, WIRE.bytes)) name = reader.string();
    else reader.skip();
  }
  return name;
}

const NO_BYTES: Buffer = Buffer.alloc(0);
const NO_STATUS: SpanStatus = { code: 'unset', message: '' };
/** What most spans have none of is the same list for all of them. */
const NO_EVENTS: readonly SpanEvent[] = [];
const NO_LINKS: readonly SpanLink[] = [];
const SPAN_DEPTH = 3;

const latest = { bytes: NO_BYTES, text: '' };

/** As lower-case hex. Spans that follow each other mostly share it, and then they share the text. */
function traceIdOf(bytes: Buffer): string {
  if (isSame(bytes, latest.bytes)) return latest.text;
  latest.text = bytes.toString('hex');
  latest.bytes = Buffer.from(bytes);
  return latest.text;
}

function isSame(a: Buffer, b: Buffer): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** One span while its fields come in. */
class SpanUnderWay {
  readonly #resource: Attributes;
  readonly #scopeName: string;
  readonly #attributes: ProtobufAttributes;
  #events: SpanEvent[] | undefined;
  #links: SpanLink[] | undefined;
  #traceId = NO_BYTES;
  #spanId = NO_BYTES;
  #parentSpanId = NO_BYTES;
  #traceState = '';
  #name = '';
  #kind: number | undefined;
  #start = 0n;
  #end = 0n;
  #status = NO_STATUS;
  #flags = 0;
  #looksLikeLog = false;

  constructor(reader: WireReader, resource: Attributes, scopeName: string) {
    this.#resource = resource;
    this.#scopeName = scopeName;
    this.#attributes = new ProtobufAttributes(reader.bytes);
    while (reader.nextField()) {
      if (reader.wireType === WIRE.bytes) this.#readBytes(reader);
      else this.#readNumber(reader);
    }
    if (this.#looksLikeLog && this.#traceId.length === 0) {
      throw undecodable(
        'its records have the form of log records, so this looks like a logs export; post it to /v1/logs',
      );
    }
    this.#attributes.check(SPAN_DEPTH + 1);
  }

  traceId(): string {
    return traceIdOf(this.#traceId);
  }

  /** The span; or why it must be refused. */
  build(): Span | string {
    const traceId = this.traceId();
    const spanId = this.#spanId.toString('hex');
    const parentSpanId = this.#parentSpanId.toString('hex');
    const problem = idProblem({ traceId, spanId, parentSpanId });
    if (problem !== undefined) return problem;
    return {
      traceId,
      spanId,
      parentSpanId: parentIdOf(parentSpanId),
      traceState: this.#traceState,
      parentIsRemote: parentIsRemoteOf(this.#flags),
      name: this.#name,
      kind: spanKindOf(this.#kind),
      startUnixNano: this.#start,
      endUnixNano: this.#end,
      status: this.#status,
      attributes: this.#attributes,
      events: this.#events ?? NO_EVENTS,
      links: this.#links ?? NO_LINKS,
      resource: this.#resource,
      scopeName: this.#scopeName,
    };
  }

  #readBytes(reader: WireReader): void {
    switch (reader.field) {
      case 1:
        this.#traceId = reader.view();
        break;
      case 2:
        this.#spanId = reader.view();
        break;
      case 3:
        this.#traceState = reader.string();
        break;
      case 4:
        this.#parentSpanId = reader.view();
        break;
      case 5:
        this.#name = reader.string();
        break;
      case 9:
        this.#attributes.add(reader);
        break;
      case 11:
        this.#events ??= [];
        this.#events.push(readEvent(reader.message(SPAN_DEPTH + 1)));
        break;
      case 13:
        this.#links ??= [];
        this.#links.push(readLink(reader.message(SPAN_DEPTH + 1)));
        break;
      case 15:
        this.#status = readStatus(reader.message(SPAN_DEPTH + 1), this.#status);
        break;
      default:
        reader.skip();
    }
  }

  #readNumber(reader: WireReader): void {
    if (reader.is(6, WIRE.varint)) this.#kind = reader.uint32();
    else if (reader.is(7, WIRE.fixed64)) this.#start = reader.fixed64();
    else if (reader.is(8, WIRE.fixed64)) this.#end = reader.fixed64();
    else if (reader.is(16, WIRE.fixed32)) this.#flags = reader.fixed32();
    else {
      // A LogRecord keeps its times in fields 1 and 11, its severity in 2 and its flags in 8, in wire types no span has there.
      this.#looksLikeLog ||=
        reader.is(1, WIRE.fixed64) ||
        reader.is(11, WIRE.fixed64) ||
        reader.is(2, WIRE.varint) ||
        reader.is(8, WIRE.fixed32);
      reader.skip();
    }
  }
}

function readEvent(reader: WireReader): SpanEvent {
  const attributes = new ProtobufAttributes(reader.bytes);
  let timeUnixNano = 0n;
  let name = '';
  while (reader.nextField()) {
    if (reader.is(1, WIRE.fixed64)) timeUnixNano = reader.fixed64();
    else if (reader.is(2, WIRE.bytes)) name = reader.string();
    else if (reader.is(3, WIRE.bytes)) attributes.add(reader);
    else reader.skip();
  }
  attributes.check(SPAN_DEPTH + 2);
  return { name, timeUnixNano, attributes };
}

function readLink(reader: WireReader): SpanLink {
  const attributes = new ProtobufAttributes(reader.bytes);
  let traceId = '';
  let spanId = '';
  let traceState = '';
  while (reader.nextField()) {
    if (reader.is(1, WIRE.bytes)) traceId = reader.view().toString('hex');
    else if (reader.is(2, WIRE.bytes)) spanId = reader.view().toString('hex');
    else if (reader.is(3, WIRE.bytes)) traceState = reader.string();
    else if (reader.is(4, WIRE.bytes)) attributes.add(reader);
    else reader.skip();
  }
  attributes.check(SPAN_DEPTH + 2);
  return { traceId, spanId, traceState, attributes };
}

function readStatus(reader: WireReader, before: SpanStatus): SpanStatus {
  let { code, message } = before;
  while (reader.nextField()) {
    if (reader.is(2, WIRE.bytes)) message = reader.string();
    else if (reader.is(3, WIRE.varint)) code = statusCodeOf(reader.uint32());
    else reader.skip();
  }
  return { code, message };
}
