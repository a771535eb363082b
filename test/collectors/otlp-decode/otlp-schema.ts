import protobuf from 'protobufjs';

const field = (id: number, type: string) => ({ id, type });
const many = (id: number, type: string) => ({ id, type, rule: 'repeated' });

/** opentelemetry-proto 1.11, the messages of a trace export, and google.rpc.Status, for an independent encoder and decoder. */
const root = protobuf.Root.fromJSON({
  nested: {
    Request: { fields: { resourceSpans: many(1, 'ResourceSpans') } },
    ResourceSpans: {
      fields: { resource: field(1, 'Resource'), scopeSpans: many(2, 'ScopeSpans'), schemaUrl: field(3, 'string') },
    },
    Resource: { fields: { attributes: many(1, 'KeyValue'), droppedAttributesCount: field(2, 'uint32') } },
    ScopeSpans: { fields: { scope: field(1, 'Scope'), spans: many(2, 'Span'), schemaUrl: field(3, 'string') } },
    Scope: { fields: { name: field(1, 'string'), version: field(2, 'string'), attributes: many(3, 'KeyValue') } },
    Span: {
      fields: {
        traceId: field(1, 'bytes'),
        spanId: field(2, 'bytes'),
        traceState: field(3, 'string'),
        parentSpanId: field(4, 'bytes'),
        name: field(5, 'string'),
        kind: field(6, 'int32'),
        startTimeUnixNano: field(7, 'fixed64'),
        endTimeUnixNano: field(8, 'fixed64'),
        attributes: many(9, 'KeyValue'),
        droppedAttributesCount: field(10, 'uint32'),
        events: many(11, 'Event'),
        links: many(13, 'Link'),
        status: field(15, 'Status'),
        flags: field(16, 'fixed32'),
      },
    },
    Event: { fields: { timeUnixNano: field(1, 'fixed64'), name: field(2, 'string'), attributes: many(3, 'KeyValue') } },
    Link: {
      fields: {
        traceId: field(1, 'bytes'),
        spanId: field(2, 'bytes'),
        traceState: field(3, 'string'),
        attributes: many(4, 'KeyValue'),
        flags: field(6, 'fixed32'),
      },
    },
    Status: { fields: { message: field(2, 'string'), code: field(3, 'int32') } },
    KeyValue: { fields: { key: field(1, 'string'), value: field(2, 'AnyValue') } },
    AnyValue: {
      oneofs: {
        value: {
          oneof: ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue', 'bytesValue'],
        },
      },
      fields: {
        stringValue: field(1, 'string'),
        boolValue: field(2, 'bool'),
        intValue: field(3, 'int64'),
        doubleValue: field(4, 'double'),
        arrayValue: field(5, 'ArrayValue'),
        kvlistValue: field(6, 'KeyValueList'),
        bytesValue: field(7, 'bytes'),
      },
    },
    ArrayValue: { fields: { values: many(1, 'AnyValue') } },
    KeyValueList: { fields: { values: many(1, 'KeyValue') } },
    RpcStatus: { fields: { code: field(1, 'int32'), message: field(2, 'string') } },
    Response: { fields: { partialSuccess: field(1, 'PartialSuccess') } },
    PartialSuccess: { fields: { rejectedSpans: field(1, 'int64'), errorMessage: field(2, 'string') } },
    LogsRequest: { fields: { resourceLogs: many(1, 'ResourceLogs') } },
    ResourceLogs: { fields: { resource: field(1, 'Resource'), scopeLogs: many(2, 'ScopeLogs') } },
    ScopeLogs: { fields: { scope: field(1, 'Scope'), logRecords: many(2, 'LogRecord') } },
    LogRecord: {
      fields: {
        timeUnixNano: field(1, 'fixed64'),
        severityNumber: field(2, 'int32'),
        severityText: field(3, 'string'),
        body: field(5, 'AnyValue'),
        attributes: many(6, 'KeyValue'),
        traceId: field(9, 'bytes'),
        observedTimeUnixNano: field(11, 'fixed64'),
      },
    },
  },
});

/** Encodes a message given as a plain object; 64-bit integers as decimal text. */
export function encode(type: string, message: object): Buffer {
  const schema = root.lookupType(type);
  return Buffer.from(schema.encode(schema.fromObject(message)).finish());
}

/** The oracle's reading, 64-bit integers as decimal text and bytes as hex. */
export function decodeByOracle(type: string, bytes: Uint8Array): Record<string, unknown> {
  const schema = root.lookupType(type);
  return schema.toObject(schema.decode(bytes), { longs: String, bytes: Array, defaults: false, oneofs: false });
}
