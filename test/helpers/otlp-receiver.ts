import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { otlpBody } from './otlp-body.js';

/** A span as it stood on the wire, flattened for assertions. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly traceState: string;
  readonly name: string;
  /** OTLP numbers: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly statusCode: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly spanId: string; readonly traceState: string }[];
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  readonly scope: string;
  readonly schemaUrl: string;
}

export interface OtlpReceiver extends AsyncDisposable {
  readonly endpoint: string;
  readonly spans: readonly ReceivedSpan[];
  /** Of each export, its content type. */
  readonly contentTypes: readonly string[];
  /** Waits until the condition holds for the spans received; rejects with what was received after `timeoutMs`. */
  until(condition: (spans: readonly ReceivedSpan[]) => boolean, timeoutMs?: number): Promise<readonly ReceivedSpan[]>;
}

/** A small OTLP/HTTP receiver on a free loopback port. It learns the URL of a schema from JSON only. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const contentTypes: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      contentTypes.push(request.headers['content-type'] ?? '');
      spans.push(...flatten(otlpBody(request.headers, Buffer.concat(chunks)) as WireRequest));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    contentTypes,
    until: (condition, timeoutMs = 10_000) => waitFor(spans, condition, timeoutMs),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function waitFor(
  spans: readonly ReceivedSpan[],
  condition: (spans: readonly ReceivedSpan[]) => boolean,
  timeoutMs: number,
): Promise<readonly ReceivedSpan[]> {
  const deadline = Date.now() + timeoutMs;
  while (!condition(spans)) {
    if (Date.now() > deadline) throw new Error(`after ${timeoutMs} ms only: ${JSON.stringify(spans, undefined, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return spans;
}

interface WireValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values?: readonly WireValue[] };
}

interface WireAttribute {
  readonly key: string;
  readonly value: WireValue;
}

interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly kind: number;
  readonly status?: { readonly code?: number };
  readonly attributes?: readonly WireAttribute[];
  readonly links?: readonly { readonly spanId: string; readonly traceState?: string }[];
  readonly events?: readonly { readonly name: string; readonly attributes?: readonly WireAttribute[] }[];
}

interface WireRequest {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly WireAttribute[] };
    readonly scopeSpans?: readonly {
      readonly schemaUrl?: string;
      readonly scope?: { readonly name?: string };
      readonly spans?: readonly WireSpan[];
    }[];
  }[];
}

function flatten({ resourceSpans = [] }: WireRequest): readonly ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) =>
    scopeSpans.flatMap(({ scope, schemaUrl = '', spans = [] }) =>
      spans.map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId,
        traceState: span.traceState ?? '',
        name: span.name,
        kind: span.kind,
        statusCode: span.status?.code ?? 0,
        attributes: record(span.attributes),
        resource: record(resource?.attributes),
        links: (span.links ?? []).map((link) => ({ spanId: link.spanId, traceState: link.traceState ?? '' })),
        events: (span.events ?? []).map((event) => ({ name: event.name, attributes: record(event.attributes) })),
        scope: scope?.name ?? '',
        schemaUrl,
      })),
    ),
  );
}

function record(attributes: readonly WireAttribute[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
}

function plain(value: WireValue): unknown {
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(plain);
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.doubleValue ?? value.boolValue;
}
