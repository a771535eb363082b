import { expect } from 'chai';
import fc from 'fast-check';
import { decodeTraces, type PlainSpan, plainSpan, toOtlpJson } from '../../../collectors/index.js';
import { TracecourtError } from '../../../src/errors.js';
import { toJson } from '../../../src/lib/json.js';
import type { Span } from '../../../src/model/index.js';
import { SPAN_KINDS } from '../../../src/model/index.js';
import { type TraceExport, traceExport } from './arbitrary-export.js';
import { decodeByOracle, encode } from './otlp-schema.js';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';

const runs = (numRuns: number) => ({ numRuns });

describe('decodeTraces, protobuf', () => {
  it('reads what protobufjs reads, in random exports', () => {
    fc.assert(
      fc.property(traceExport, (message) => {
        const body = encode('Request', message);
        expect(decodeAll(body).map(plain)).to.deep.equal(oracleSpans(body));
      }),
      runs(300),
    );
  });

  it('reads one attribute as it reads all of them', () => {
    fc.assert(
      fc.property(traceExport, (message) => {
        for (const { attributes } of decodeAll(encode('Request', message))) {
          const first = new Map<string, unknown>();
          for (const [key, value] of attributes.entries()) if (!first.has(key)) first.set(key, value);
          for (const [key, value] of first) expect(attributes.get(key)).to.deep.equal(value);
          expect(attributes.get('no such key')).to.equal(undefined);
        }
      }),
      runs(100),
    );
  });

  it('gives all spans of one resource the same resource object', () => {
    const spans = [minimalSpan(), minimalSpan({ name: 'b' })];
    const [a, b] = decodeAll(encode('Request', request({ scopeSpans: [{ spans }, { spans }] })));
    expect(a!.resource).to.equal(b!.resource);
  });

  it('refuses every truncation with an error of ours, or reads a shorter export', () => {
    fc.assert(
      fc.property(traceExport, fc.nat(), (message, cut) => {
        const body = encode('Request', message);
        expectDecodedOrRefused(body.subarray(0, cut % (body.length + 1)), PROTOBUF);
      }),
      runs(300),
    );
  });

  it('refuses every flipped byte with an error of ours, or reads something else', () => {
    fc.assert(
      fc.property(traceExport, fc.nat(), fc.integer({ min: 1, max: 255 }), (message, where, flip) => {
        const body = encode('Request', message);
        if (body.length === 0) return;
        body[where % body.length]! ^= flip;
        expectDecodedOrRefused(body, PROTOBUF);
      }),
      runs(500),
    );
  });

  it('survives random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => expectDecodedOrRefused(body, PROTOBUF)),
      runs(500),
    );
  });

  const name = (bytes: string) => inSpan(`${ids()}${bytes}`);
  const accepted: readonly (readonly [string, string, string])[] = [
    ['the last of two names', name('2a0161' + '2a0162'), 'b'],
    ['unknown fields of every wire type', name('a0060aa1060102030405060708a2060161a506010203042a0161'), 'a'],
    ['a length in a non-minimal varint', name('2a818080800061'), 'a'],
    ['a known field of another wire type as unknown', name('2801' + '2a0161'), 'a'],
  ];
  for (const [what, hex, expected] of accepted) {
    it(`accepts ${what}`, () => {
      expect(decodeAll(Buffer.from(hex, 'hex'))[0]?.name).to.equal(expected);
    });
  }

  it('merges a resource, a scope and a status that come in pieces', () => {
    const part = (key: string) => encode('Resource', { attributes: [{ key, value: { stringValue: key } }] });
    const status = (message: object) => field(15, encode('Status', message));
    const span = Buffer.concat([Buffer.from(ids(), 'hex'), status({ message: 'no' }), status({ code: 2 })]);
    const scopeSpans = Buffer.concat([
      field(1, encode('Scope', { name: 'lib' })),
      field(2, span),
      field(1, encode('Scope', { version: '1' })),
    ]);
    const body = field(1, Buffer.concat([field(1, part('a')), field(2, scopeSpans), field(1, part('b'))]));
    const [decoded] = decodeAll(body);
    expect(plain(decoded!).resource).to.deep.equal({ a: 'a', b: 'b' });
    expect(decoded).to.include({ scopeName: 'lib' });
    expect(decoded!.status).to.deep.equal({ code: 'error', message: 'no' });
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['a varint of more than ten bytes', name('30ffffffffffffffffffff01'), /64 bits/],
    ['a varint of 66 bits', name('30ffffffffffffffffff02'), /64 bits/],
    ['a group', name('2b2c'), /wire type 3/],
    ['field number zero', name('0201'), /field number/],
    ['a text that is not UTF-8', name('2a02c328'), /UTF-8/],
    ['an attribute value that is not UTF-8', name('4a080a0161' + '12030a01ff'), /UTF-8/],
    ['a length beyond the end', name('2a7f61'), /truncated/],
    ['JSON', Buffer.from('{"resourceSpans":[]}').toString('hex'), /wire type|truncated/],
  ];
  for (const [what, hex, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => decodeAll(Buffer.from(hex, 'hex')))
        .to.throw(TracecourtError, message)
        .with.property('code', 'undecodable-spans');
    });
  }

  it('refuses values nested deeper than 100 messages, and takes those above', () => {
    expect(() => decodeAll(nested(60))).to.throw(/deeper/);
    expect(() => decodeAll(nested(2_000))).to.throw(/deeper/);
    const [span] = decodeAll(nested(40));
    expect(span!.attributes.get('deep')).to.be.an('array');
  });

  it('keeps a nested key named __proto__ as a key like any other', () => {
    const values = [{ key: '__proto__', value: { stringValue: 'x' } }];
    const spans = [minimalSpan({ attributes: [{ key: 'map', value: { kvlistValue: { values } } }] })];
    const map = decodeAll(encode('Request', request({ scopeSpans: [{ spans }] })))[0]!.attributes.get('map');
    expect(Object.keys(map as object)).to.deep.equal(['__proto__']);
    expect(({} as Record<string, unknown>)['x']).to.equal(undefined);
  });

  it('recognises a logs export', () => {
    const logRecords = [{ timeUnixNano: '1', severityText: 'INFO', body: { stringValue: 'hello' } }];
    const body = encode('LogsRequest', { resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
    expect(() => decodeAll(body)).to.throw(/logs export/);
  });
});

describe('decodeTraces, ids', () => {
  const cases: readonly (readonly [string, object, number])[] = [
    ['a short trace id', { traceId: bytesOf('0a') }, 1],
    ['an all-zero trace id', { traceId: new Uint8Array(16) }, 1],
    ['no span id', { spanId: new Uint8Array() }, 1],
    ['an all-zero span id', { spanId: new Uint8Array(8) }, 1],
    ['a parent id of nine bytes', { parentSpanId: bytesOf('010203040506070809') }, 1],
    ['an all-zero parent id (a root)', { parentSpanId: new Uint8Array(8) }, 0],
  ];
  for (const [what, change, count] of cases) {
    it(`${count ? 'refuses' : 'takes'} the span with ${what}, and keeps its neighbour`, () => {
      const spans = [minimalSpan({ ...change, name: 'odd' }), minimalSpan({ name: 'fine' })];
      const { batch, refused } = decodeTraces(encode('Request', request({ scopeSpans: [{ spans }] })), PROTOBUF);
      expect(refused.count).to.equal(count);
      expect(refused.message === '').to.equal(count === 0);
      expect(batch.length).to.equal(2 - count);
      expect(batch.span(batch.length - 1).name).to.equal('fine');
    });
  }
});

describe('decodeTraces, JSON', () => {
  it('reads what it wrote, in random exports', () => {
    fc.assert(
      fc.property(traceExport, (message) => {
        const spans = decodeAll(encode('Request', message));
        const again = decodeAll(Buffer.from(toJson(toOtlpJson(spans))), JSON_TYPE);
        expect(sorted(again)).to.deep.equal(sorted(spans));
      }),
      runs(200),
    );
  });

  it('takes ids in any case, and 64-bit integers as text or number without losing a bit', () => {
    const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[
      {"traceId":"${TRACE_ID.toUpperCase()}","spanId":"${SPAN_ID}","parentSpanId":null,"kind":3,"unknown":[1],
       "startTimeUnixNano":1767225600123456789,"endTimeUnixNano":"1767225600123456790",
       "attributes":[
         {"key":"number","value":{"intValue":9223372036854775807}},
         {"key":"text","value":{"intValue":"-9223372036854775808"}},
         {"key":"small","value":{"intValue":"7"}},
         {"key":"quoted","value":{"stringValue":"1767225600123456789 \\" 1767225600123456789"}}]}]}]}]}`;
    const [span] = decodeAll(Buffer.from(body), JSON_TYPE);
    expect(span).to.include({
      traceId: TRACE_ID,
      parentSpanId: undefined,
      kind: 'client',
      startUnixNano: 1767225600123456789n,
      endUnixNano: 1767225600123456790n,
    });
    expect(plain(span!).attributes).to.deep.equal({
      number: 9223372036854775807n,
      text: -9223372036854775808n,
      small: 7,
      quoted: '1767225600123456789 " 1767225600123456789',
    });
    expect(['text', 'small', 'none'].map((key) => span!.attributes.get(key))).to.deep.equal([
      -9223372036854775808n,
      7,
      undefined,
    ]);
  });

  it('takes an empty body of either kind for an empty export', () => {
    expect(decodeTraces(Buffer.alloc(0), PROTOBUF).batch.length).to.equal(0);
    expect(decodeTraces(Buffer.from('{}'), JSON_TYPE).batch.length).to.equal(0);
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['snake_case names', '{"resource_spans":[{"scope_spans":[]}]}', /lowerCamelCase/],
    ['snake_case one level down', '{"resourceSpans":[{"scope_spans":[{}]}]}', /scope_spans/],
    ['a logs export', '{"resourceLogs":[]}', /v1\/logs/],
    ['no JSON', '{"resourceSpans":', /no JSON/],
    ['a list', '[]', /an object/],
    ['an object where a list belongs', '{"resourceSpans":{}}', /a list/],
    ['a fraction of a nanosecond', jsonSpanBody('"startTimeUnixNano":1.5'), /nanoseconds|64 bits/],
    ['a time before 1970', jsonSpanBody('"startTimeUnixNano":"-1"'), /nanoseconds/],
    [
      'an integer of 65 bits',
      jsonSpanBody('"attributes":[{"key":"a","value":{"intValue":"18446744073709551616"}}]'),
      /64 bits/,
    ],
    ['a value that is no object', jsonSpanBody('"attributes":[{"key":"a","value":7}]'), /an object/],
    ['bytes that are no base64', jsonSpanBody('"attributes":[{"key":"a","value":{"bytesValue":"%"}}]'), /base64/],
    ['depth 101', `${'['.repeat(101)}${']'.repeat(101)}`, /deeper than 100/],
  ];
  for (const [what, body, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => decodeAll(Buffer.from(body), JSON_TYPE)).to.throw(TracecourtError, message);
    });
  }

  it('refuses text that is not UTF-8', () => {
    expect(() => decodeAll(Buffer.from([0x22, 0xff, 0x22]), JSON_TYPE)).to.throw(/UTF-8/);
  });

  it('refuses a bomb of brackets before parsing it', () => {
    const bomb = Buffer.alloc(1_000_000, '[');
    expect(() => decodeAll(bomb, JSON_TYPE)).to.throw(/deeper than 100/);
  });

  it('survives random text', () => {
    fc.assert(
      fc.property(fc.json(), (text) => expectDecodedOrRefused(Buffer.from(text), JSON_TYPE)),
      runs(200),
    );
  });
});

function decodeAll(body: Uint8Array, type: typeof PROTOBUF | typeof JSON_TYPE = PROTOBUF): Span[] {
  const { batch } = decodeTraces(body, type);
  return Array.from({ length: batch.length }, (_, i) => batch.span(i));
}

function expectDecodedOrRefused(body: Uint8Array, type: typeof PROTOBUF | typeof JSON_TYPE): void {
  try {
    decodeAll(body, type).map(plain);
  } catch (error) {
    expect(error).to.be.instanceOf(TracecourtError);
  }
}

function sorted(spans: readonly Span[]): readonly object[] {
  return spans
    .map((span) => JSON.parse(toJson(plain(span))) as { spanId: string })
    .sort((a, b) => (a.spanId < b.spanId ? -1 : 1));
}

/** Prototypes differ on purpose; deep equality should not. */
function plain(span: Span): PlainSpan {
  return structuredClone(plainSpan(span));
}

/** The oracle's spans in our form, written a second time and simply. */
function oracleSpans(body: Buffer): object[] {
  const message = decodeByOracle('Request', body) as unknown as Partial<TraceExport>;
  return (message.resourceSpans ?? []).flatMap((resourceSpans) =>
    (resourceSpans.scopeSpans ?? []).flatMap((scopeSpans) =>
      (scopeSpans.spans ?? []).map((span) => ({
        traceId: hexOf(span.traceId),
        spanId: hexOf(span.spanId),
        parentSpanId: hexOf(span.parentSpanId) || undefined,
        traceState: span.traceState ?? '',
        parentIsRemote: (span.flags ?? 0) & 0x100 ? ((span.flags ?? 0) & 0x200) !== 0 : undefined,
        name: span.name ?? '',
        kind: SPAN_KINDS[span.kind ?? 0] ?? 'unspecified',
        startUnixNano: BigInt(span.startTimeUnixNano ?? 0),
        endUnixNano: BigInt(span.endTimeUnixNano ?? 0),
        status: {
          code: (['unset', 'ok', 'error'] as const)[span.status?.code ?? 0] ?? 'unset',
          message: span.status?.message ?? '',
        },
        attributes: oracleAttributes(span.attributes),
        events: (span.events ?? []).map((event) => ({
          name: event.name ?? '',
          timeUnixNano: BigInt(event.timeUnixNano ?? 0),
          attributes: oracleAttributes(event.attributes),
        })),
        links: (span.links ?? []).map((link) => ({
          traceId: hexOf(link.traceId),
          spanId: hexOf(link.spanId),
          traceState: link.traceState ?? '',
          attributes: oracleAttributes(link.attributes),
        })),
        resource: oracleAttributes(resourceSpans.resource?.attributes),
        scopeName: scopeSpans.scope?.name ?? '',
      })),
    ),
  );
}

interface OracleEntry {
  readonly key?: string;
  readonly value?: Record<string, unknown>;
}

function oracleAttributes(entries: readonly unknown[] | undefined): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const { key = '', value = {} } of (entries ?? []) as OracleEntry[]) {
    if (!Object.hasOwn(attributes, key))
      Object.defineProperty(attributes, key, { value: oracleValue(value), enumerable: true });
  }
  return attributes;
}

function oracleValue(value: Record<string, unknown>): unknown {
  const [name, given] = Object.entries(value)[0] ?? [];
  if (name === undefined) return null;
  if (name === 'intValue') return Number.isSafeInteger(Number(given)) ? Number(given) : BigInt(given as string);
  if (name === 'bytesValue') return Uint8Array.from(given as number[]);
  const { values = [] } = (given ?? {}) as { values?: unknown[] };
  if (name === 'arrayValue') return values.map((item) => oracleValue(item as Record<string, unknown>));
  if (name === 'kvlistValue') return oracleAttributes(values);
  return given;
}

function hexOf(bytes: ArrayLike<number> | undefined): string {
  return Buffer.from(Array.from(bytes ?? [])).toString('hex');
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

function minimalSpan(change: object = {}): object {
  return { traceId: bytesOf(TRACE_ID), spanId: bytesOf(SPAN_ID), name: 'a', ...change };
}

function request(resourceSpans: object): object {
  return { resourceSpans: [resourceSpans] };
}

/** An export with one attribute `deep`: a list in a list, so many times. Each is two messages. */
function nested(lists: number): Buffer {
  let value: Buffer = Buffer.from('0a0178', 'hex');
  for (let i = 0; i < lists; i++) value = field(5, field(1, value));
  const attribute = Buffer.concat([field(1, Buffer.from('deep')), field(2, value)]);
  return Buffer.from(inSpan(`${ids()}${field(9, attribute).toString('hex')}`), 'hex');
}

function jsonSpanBody(fields: string): string {
  return `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${TRACE_ID}","spanId":"${SPAN_ID}",${fields}}]}]}]}`;
}

function ids(): string {
  return `0a10${TRACE_ID}1208${SPAN_ID}`;
}

/** A length-delimited field, for field numbers below 16. */
function field(number: number, content: Buffer): Buffer {
  const head = [number * 8 + 2];
  let length = content.length;
  for (; length >= 0x80; length >>>= 7) head.push((length & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...head, length]), content]);
}

/** The hex of an export whose one span has this content. */
function inSpan(hex: string): string {
  return field(1, field(2, field(2, Buffer.from(hex, 'hex')))).toString('hex');
}
