import type { ServerResponse } from 'node:http';
import type { Refused } from '../otlp-decode/index.js';

/** What an OTLP answer is written in. */
export type Encoding = 'application/x-protobuf' | 'application/json';

/** Why a request was refused; `httpStatus` decides whether the sender may try again. */
export class Refusal extends Error {
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(httpStatus: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'Refusal';
    this.httpStatus = httpStatus;
    this.headers = headers;
  }
}

/** google.rpc.Code for each HTTP status that is answered. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3,
  403: 7,
  404: 5,
  405: 12,
  408: 4,
  413: 8,
  415: 3,
  429: 8,
  500: 13,
  503: 14,
};
const UNKNOWN = 2;

/** Answers with a google.rpc.Status in the given encoding. */
export function sendRefusal(response: ServerResponse, encoding: Encoding, refusal: Refusal): void {
  const code = RPC_CODES[refusal.httpStatus] ?? UNKNOWN;
  const body =
    encoding === 'application/json'
      ? JSON.stringify({ code, message: refusal.message })
      : Buffer.concat([varintField(1, code), textField(2, refusal.message)]);
  send(response, { status: refusal.httpStatus, contentType: encoding, body, headers: refusal.headers });
}

/** Answers an export: taken, but for the spans that never can be. */
export function sendExportResponse(response: ServerResponse, encoding: Encoding, refused: Refused): void {
  // A text leaves in one piece with the head.
  const body = encoding === 'application/json' ? JSON.stringify(jsonSuccess(refused)) : protobufSuccess(refused);
  send(response, { status: 200, contentType: encoding, body });
}

export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers, unless the client is gone or was answered. No page may run what is sent, nor read it from elsewhere. */
export function send(response: ServerResponse, reply: Reply): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(reply.status, {
    'content-type': reply.contentType,
    'content-length': Buffer.byteLength(reply.body),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...reply.headers,
  });
  response.end(reply.body);
}

function jsonSuccess({ count, message }: Refused): object {
  return count === 0 ? {} : { partialSuccess: { rejectedSpans: String(count), errorMessage: message } };
}

function protobufSuccess({ count, message }: Refused): Buffer {
  if (count === 0) return Buffer.alloc(0);
  return bytesField(1, Buffer.concat([varintField(1, count), textField(2, message)]));
}

function textField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text, 'utf8'));
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}
