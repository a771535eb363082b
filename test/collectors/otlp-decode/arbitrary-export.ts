import fc from 'fast-check';

/** Trace exports as protobuf messages in plain form: ids and bytes are byte arrays, 64-bit integers decimal text. */
const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).filter((id) => id.some((byte) => byte !== 0));
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const uint64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map(String);
const int64 = fc.oneof(
  fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }).map(String),
  fc.integer().map(String),
  fc.constantFrom('9007199254740991', '9007199254740992', '-9007199254740993'),
);

const { anyValue } = fc.letrec<{ anyValue: object; keyValue: object }>((tie) => ({
  anyValue: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ stringValue: text }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: int64 }),
    fc.record({ doubleValue: fc.double({ noNaN: true }) }),
    fc.record({ bytesValue: fc.uint8Array({ maxLength: 8 }) }),
    fc.constant({}),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie('anyValue'), { maxLength: 3 }) }) }),
    fc.record({ kvlistValue: fc.record({ values: fc.array(tie('keyValue'), { maxLength: 3 }) }) }),
  ),
  keyValue: fc.record({ key: text, value: tie('anyValue') }),
}));
const attributes = fc.array(fc.record({ key: text, value: anyValue }), { maxLength: 4 });

const span = fc.record({
  traceId: bytes(16),
  spanId: bytes(8),
  parentSpanId: fc.oneof(bytes(8), fc.constant(new Uint8Array())),
  traceState: fc.constantFrom('', 'tracecourt=00f067aa0ba902b7.1,vendor=x'),
  name: text,
  kind: fc.nat(7),
  startTimeUnixNano: uint64,
  endTimeUnixNano: uint64,
  attributes,
  droppedAttributesCount: fc.nat(),
  events: fc.array(fc.record({ timeUnixNano: uint64, name: text, attributes }), { maxLength: 2 }),
  links: fc.array(
    fc.record({ traceId: bytes(16), spanId: bytes(8), traceState: fc.constantFrom('', 'a=b'), attributes }),
    { maxLength: 2 },
  ),
  status: fc.record({ message: text, code: fc.nat(3) }),
  flags: fc.nat(0x3ff),
});

export const traceExport = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      scopeSpans: fc.array(
        fc.record({
          scope: fc.record({ name: text, version: text }),
          spans: fc.array(span, { maxLength: 3 }),
          schemaUrl: text,
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 2 },
  ),
});

export type TraceExport = typeof traceExport extends fc.Arbitrary<infer T> ? T : never;
