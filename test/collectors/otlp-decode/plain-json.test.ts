import { expect } from 'chai';
import fc from 'fast-check';
import { toOtlpJson } from '../../../collectors/index.js';
import { decodeTraces } from '../../../collectors/otlp-decode/index.js';
import { decodeAnyJson, decodeJsonTraces } from '../../../collectors/otlp-decode/json-traces.js';
import { plainJsonSpans } from '../../../collectors/otlp-decode/plain-json-traces.js';
import type { DecodedSpans } from '../../../collectors/otlp-decode/protobuf-traces.js';
import { toExactJson, toJson } from '../../../src/lib/json.js';
import type { Attributes, Span } from '../../../src/model/index.js';
import { traceExport } from './arbitrary-export.js';
import { encode } from './otlp-schema.js';

/** As OpenTelemetry's exporter for JavaScript writes a span: each field that the plain reader knows, and some that it passes over. */
const EXPORTED = JSON.stringify({
  resourceSpans: [
    {
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: 'web' } },
          { key: 'process.pid', value: { intValue: 31_887 } },
        ],
        droppedAttributesCount: 0,
      },
      scopeSpans: [
        {
          scope: { name: 'shop', version: '1' },
          spans: [
            {
              traceId: '5b8efff798038103d269b633813fc60c',
              spanId: 'eee19b7ec3c1b174',
              parentSpanId: 'eee19b7ec3c1b173',
              traceState: 'tracecourt=eee19b7ec3c1b173.1',
              name: 'POST /orders "ä" \\',
              kind: 2,
              startTimeUnixNano: '1795684911410000000',
              endTimeUnixNano: '1795684911411041700',
              attributes: [
                { key: 'a', value: { stringValue: 'é\n' } },
                { key: 'b', value: { boolValue: true } },
                { key: 'c', value: { intValue: -7 } },
                { key: 'd', value: { doubleValue: 1.5e-7 } },
                { key: 'e', value: { arrayValue: { values: [{ intValue: '9223372036854775807' }, {}] } } },
                { key: 'f', value: {} },
              ],
              droppedAttributesCount: 0,
              events: [{ name: 'hm', timeUnixNano: '1', attributes: [], droppedAttributesCount: 0 }],
              status: { code: 2, message: 'no' },
              links: [{ traceId: '5b8efff798038103d269b633813fc60d', spanId: 'eee19b7ec3c1b175', flags: 257 }],
              flags: 769,
              unknown: [null, { deep: [[]] }, false],
            },
            { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b173' },
          ],
        },
      ],
    },
  ],
});

describe('JSON as exporters write it', () => {
  it('is read without being parsed as a whole', () => {
    const spans = plainJsonSpans(Buffer.from(EXPORTED));
    expect(spans).to.have.length(2);
    expect(spans?.map(whole)).to.deep.equal(decodeAnyJson(Buffer.from(EXPORTED)).spans.map(whole));
  });

  it('means the same with spaces between its signs', () => {
    const spaced = JSON.stringify(JSON.parse(EXPORTED), undefined, '\t').replaceAll('\n', '\r\n');
    expect(plainJsonSpans(Buffer.from(spaced))?.map(whole)).to.deep.equal(outcomeOf(decodeAnyJson, EXPORTED).spans);
  });

  it('means what it means to the reader of all forms, in random exports', () => {
    fc.assert(
      fc.property(traceExport, (message) => {
        const { batch } = decodeTraces(encode('Request', message), 'application/x-protobuf');
        const spans = Array.from({ length: batch.length }, (_, i) => batch.span(i));
        expectSameOutcome(toJson(toOtlpJson(spans)));
      }),
      { numRuns: 200 },
    );
  });

  it('means the same, or is refused in the same words, wherever signs are put in, left out or changed', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        expectSameOutcome(edits.reduce(edited, EXPORTED));
      }),
      { numRuns: 3_000 },
    );
  });

  const span = '"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174"';
  const inSpans = (fields: string) => `{"resourceSpans":[{"scopeSpans":[{"spans":[{${span},${fields}}]}]}]}`;
  const attribute = (value: string) => inSpans(`"attributes":[{"key":"a","value":${value}}]`);
  for (const [what, text] of [
    [
      'a resource behind its spans',
      `{"resourceSpans":[{"scopeSpans":[{"spans":[{${span}}]}],"resource":{"attributes":[{"key":"a","value":{"boolValue":true}}]}}]}`,
    ],
    ['a scope behind its spans', `{"resourceSpans":[{"scopeSpans":[{"spans":[{${span}}],"scope":{"name":"late"}}]}]}`],
    ['spans that come twice', `{"resourceSpans":[{"scopeSpans":[{"spans":[{${span}}],"spans":[]}]}]}`],
    ['resources that come twice', `{"resourceSpans":[{"scopeSpans":[{"spans":[{${span}}]}]}],"resourceSpans":[]}`],
    ['attributes that come twice', inSpans('"attributes":[{"key":"a","value":{"boolValue":true}}],"attributes":[]')],
    ['a value of several kinds', attribute('{"intValue":1,"stringValue":"s"}')],
    ['a value that is null', attribute('null')],
    ['a kind of value that is null', attribute('{"stringValue":null,"intValue":3}')],
    ['a map', attribute('{"kvlistValue":{"values":[{"key":"k","value":{"intValue":1}}]}}')],
    ['bytes', attribute('{"bytesValue":"AQI="}')],
    ['a zero with a sign', attribute('{"intValue":-0}')],
    ['a number with a sign that is a zero', attribute('{"doubleValue":-0}')],
    ['a number that is said in text', attribute('{"doubleValue":"NaN"}')],
    ['an integer beyond exactness', attribute('{"intValue":9007199254740993}')],
    ['an integer of 65 bits', attribute('{"intValue":"18446744073709551616"}')],
    ['a double as a long integer', attribute('{"doubleValue":12345678901234567890}')],
    ['a time as a number', inSpans('"startTimeUnixNano":1795684911410000001')],
    ['a time that is as late as can be', inSpans('"startTimeUnixNano":"18446744073709551615"')],
    ['a time that is too late', inSpans('"startTimeUnixNano":"18446744073709551616"')],
    ['a kind by its name', inSpans('"kind":"SPAN_KIND_SERVER"')],
    ['a kind that is no integer', inSpans('"kind":1.5')],
    ['a parent of zeros', inSpans('"parentSpanId":"0000000000000000"')],
    ['no parent, in an empty text', inSpans('"parentSpanId":""')],
    ['an id in capitals', inSpans('"parentSpanId":"EEE19B7EC3C1B174"')],
    ['an id that is too long', inSpans('"parentSpanId":"eee19b7ec3c1b17400"')],
    ['a number that begins with 0', inSpans('"kind":01')],
    ['a comma too many', inSpans('"kind":1,')],
    ['a text with a line break', inSpans('"name":"a\nb"')],
    ['an escape that is none', inSpans('"name":"a\\x"')],
    ['half of a pair', inSpans('"name":"\\ud800"')],
    ['a word behind the end', `${inSpans('"kind":1')} true`],
    ['a byte order mark', `\ufeff${inSpans('"kind":1')}`],
    ['an unknown field as deep as is allowed', inSpans(`"x":${'['.repeat(93)}${']'.repeat(93)}`)],
    ['an unknown field that is too deep', inSpans(`"x":${'['.repeat(94)}${']'.repeat(94)}`)],
    ['another name for null', inSpans('"x":nil')],
  ] as const) {
    it(`${what} means the same to both readers`, () => expectSameOutcome(text));
  }
});

type Edit = { readonly at: number; readonly cut: number; readonly put: string };

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(EXPORTED.length),
  cut: fc.nat(2),
  put: fc.constantFrom(
    '',
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '0',
    '7',
    '-',
    '.',
    'e',
    ' ',
    '\n',
    'null',
    'true',
    '{},',
    '"x":1,',
    'ü',
  ),
});

function edited(text: string, { at, cut, put }: Edit): string {
  return text.slice(0, at) + put + text.slice(at + cut);
}

function expectSameOutcome(text: string): void {
  expect(outcomeOf(decodeJsonTraces, text)).to.deep.equal(outcomeOf(decodeAnyJson, text));
}

function outcomeOf(decode: (body: Buffer) => DecodedSpans, text: string) {
  try {
    const { spans, refused } = decode(Buffer.from(text));
    return { spans: spans.map(whole), refused };
  } catch (error) {
    return { error: String(error) };
  }
}

/** All that a span says, as one text: bigints and the sign of a zero are told apart. */
function whole(span: Span): string {
  return toExactJson({
    ...span,
    attributes: listed(span.attributes),
    resource: listed(span.resource),
    events: span.events.map((event) => ({ ...event, attributes: listed(event.attributes) })),
    links: span.links.map((link) => ({ ...link, attributes: listed(link.attributes) })),
  });
}

function listed(attributes: Attributes): readonly unknown[] {
  return [...attributes.entries()].map(([key, value]) => [key, Object.is(value, -0) ? 'minus zero' : value]);
}
