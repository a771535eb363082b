import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { otlpBody } from '../helpers/otlp-body.js';

/** A span as it arrived, with what these tests look at. */
export interface CaughtSpan {
  readonly name: string;
  readonly service: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly failed: boolean;
}

/** An OTLP/HTTP receiver that keeps what it gets. */
export interface SpanCatcher extends AsyncDisposable {
  readonly url: string;
  /** The spans of one request so far. */
  spansOf(requestId: string): readonly CaughtSpan[];
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface OtlpSpan {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number };
}

interface OtlpBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

export async function startSpanCatcher(): Promise<SpanCatcher> {
  const caught: CaughtSpan[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      caught.push(...spansIn(otlpBody(request.headers, Buffer.concat(chunks)) as OtlpBody));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spansOf: (requestId) => caught.filter((span) => span.attributes['tracecourt.request.id'] === requestId),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function spansIn({ resourceSpans }: OtlpBody): readonly CaughtSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(attributesOf(resource.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => caughtSpan(service, span)));
  });
}

function caughtSpan(service: string, span: OtlpSpan): CaughtSpan {
  return {
    name: span.name,
    service,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    attributes: attributesOf(span.attributes),
    startUnixNano: BigInt(span.startTimeUnixNano),
    endUnixNano: BigInt(span.endTimeUnixNano),
    failed: span.status.code === 2,
  };
}

function attributesOf(attributes: readonly OtlpAttribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
