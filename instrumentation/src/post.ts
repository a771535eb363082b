/** One POST of spans: headers and body in one write, and nobody's span round it. */
import http, { type Agent, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { convertLegacyHttpOptions } from '@opentelemetry/otlp-exporter-base/node-http';
import { INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION } from './scope.js';

/** Where exports go: what every request there has in common. */
export interface Destination {
  readonly isSecure: boolean;
  readonly request: RequestOptions & { readonly headers: Readonly<Record<string, string>> };
  readonly isCompressed: boolean;
}

/** What became of one attempt. `retry`: it may do better when it is repeated, after `afterMs` if that is said. */
export type Delivery =
  | { readonly outcome: 'delivered'; readonly answer: Buffer }
  | { readonly outcome: 'refused'; readonly error: Error }
  | { readonly outcome: 'retry'; readonly error: Error; readonly afterMs?: number };

/** As they are before anybody wraps them: an export belongs to no request. */
const { request: openHttp } = http;
const { request: openHttps } = https;

const compress = promisify(gzip);

/** An answer is a few words; the rest of a longer one is not kept. */
const MAX_ANSWER = 64 * 1024;

/** Makes ready what is the same for all exports. */
export async function openDestination(options: ReturnType<typeof convertLegacyHttpOptions>): Promise<Destination> {
  const { protocol, hostname, port, pathname, search, username, password } = new URL(options.url);
  const agent: Agent = await options.agentFactory(protocol);
  return {
    isSecure: protocol === 'https:',
    request: {
      method: 'POST',
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port,
      path: pathname + search,
      agent,
      headers: {
        ...(await options.headers()),
        'User-Agent': `${INSTRUMENTATION_NAME}/${INSTRUMENTATION_VERSION}`,
        ...(options.compression === 'gzip' && { 'Content-Encoding': 'gzip' }),
      },
      ...(username !== '' && { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` }),
    },
    isCompressed: options.compression === 'gzip',
  };
}

/** Sends the body, and resolves when it is answered, when that fails, or when the time is up. Never rejects. */
export async function post(destination: Destination, body: Uint8Array, withinMs: number): Promise<Delivery> {
  const { isSecure, isCompressed, request: options } = destination;
  const bytes = isCompressed ? await compress(body) : body;
  const headers = { ...options.headers, 'Content-Length': bytes.length };
  return await new Promise((resolve) => {
    const request = (isSecure ? openHttps : openHttp)({ ...options, headers });
    const timer = setTimeout(() => request.destroy(timedOut(withinMs)), withinMs);
    const settle = (delivery: Delivery) => {
      clearTimeout(timer);
      resolve(delivery);
    };
    request.on('response', (response) => readAnswer(response, settle));
    request.on('error', (error) => settle(failedBy(error, request)));
    request.end(bytes);
  });
}

function readAnswer(response: IncomingMessage, settle: (delivery: Delivery) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_ANSWER) chunks.push(chunk);
  });
  response.on('end', () => settle(judge(response, Buffer.concat(chunks))));
  response.on('error', (error) => settle({ outcome: 'retry', error }));
}

const RETRYABLE_STATUS = new Set([429, 502, 503, 504]);

function judge({ statusCode = 0, statusMessage, headers }: IncomingMessage, answer: Buffer): Delivery {
  if (statusCode >= 200 && statusCode < 300) return { outcome: 'delivered', answer };
  const error = new Error(`the answer is ${statusCode} ${statusMessage}`);
  if (!RETRYABLE_STATUS.has(statusCode)) return { outcome: 'refused', error };
  const seconds = Number(headers['retry-after']);
  return { outcome: 'retry', error, ...(seconds > 0 && { afterMs: seconds * 1000 }) };
}

const RETRYABLE_CODES = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** A connection that was kept may have been closed by the other side meanwhile: another one is taken at once. */
function failedBy(error: NodeJS.ErrnoException, { reusedSocket }: ClientRequest): Delivery {
  const { code = '' } = error;
  if (!RETRYABLE_CODES.has(code)) return { outcome: 'refused', error };
  const isStale = reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
  return { outcome: 'retry', error, ...(isStale && { afterMs: 0 }) };
}

function timedOut(ms: number): Error {
  return Object.assign(new Error(`no answer within ${Math.round(ms)} ms`), { code: 'ETIMEDOUT' });
}
