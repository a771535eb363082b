import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { toOtlpJson } from '../../collectors/index.js';
import { decodeTraces } from '../../collectors/otlp-decode/index.js';

/** An export of traces in OTLP's JSON form, however it was sent. */
export function otlpBody(headers: IncomingHttpHeaders, bytes: Buffer): unknown {
  const body = headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
  if (headers['content-type'] === 'application/json') return JSON.parse(body.toString('utf8'));
  const { batch } = decodeTraces(body, 'application/x-protobuf');
  return toOtlpJson(Array.from({ length: batch.length }, (_, index) => batch.span(index)));
}
