import type { IncomingMessage, ServerResponse } from 'node:http';
import { TracecourtError } from '../src/errors.js';
import type { Clock } from '../src/lib/clock.js';
import type { SourceCounts } from './counts.js';
import { ExportIntake, SpansNotTaken } from './export-intake.js';
import { type ListenerTimeouts, refusalOf, startListener } from './http/listener.js';
import { quoted, readBody } from './http/request-body.js';
import { type Encoding, Refusal, sendExportResponse, sendRefusal } from './http/status-reply.js';
import type { Refused } from './otlp-decode/index.js';
import type { Deliver, SpanSource } from './span-source.js';

export interface OtlpHttpOptions {
  /** A loopback address. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  readonly clock: Clock;
  readonly deliver: Deliver;
  /** Bytes of one body, on the wire and inflated. Default 64 MiB. */
  readonly maxBodyBytes?: number;
  /** Bytes of all bodies being read. Default four times `maxBodyBytes`. */
  readonly maxBytesInFlight?: number;
  readonly timeouts?: ListenerTimeouts;
  /** Answers other paths than `/v1/traces`; gives false for those it does not know either. */
  readonly otherwise?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** Where exporters post spans. */
export const TRACES_PATH = '/v1/traces';

const DEFAULT_MAX_BODY_BYTES = 64 * 1024 * 1024;
const RETRY_SOON = { 'retry-after': '1' } as const;

/**
 * Takes OTLP over HTTP, protobuf and JSON. A request is acknowledged only after `deliver` took its spans; whatever is wrong
 * with it is answered with a google.rpc.Status in its own encoding, and with 429 or 503 only where trying again can help.
 */
export async function startOtlpHttpSource(options: OtlpHttpOptions): Promise<SpanSource> {
  const exports = new ExportHandler(options);
  const listener = await startListener({
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
    handle: async (request, response) => {
      if (pathOf(request) === TRACES_PATH) await exports.handle(request, response);
      else if (!options.otherwise?.(request, response)) refusePath(request, response);
    },
  });
  return {
    address: listener.address,
    counts: () => exports.counts(),
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

/** The path without its query; never throws, whatever the client wrote there. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

function refusePath(request: IncomingMessage, response: ServerResponse): void {
  const message = `There is nothing at ${quoted(pathOf(request))}; spans go to ${TRACES_PATH}.`;
  sendRefusal(response, encodingOf(request) ?? 'application/json', new Refusal(404, message));
}

class ExportHandler {
  readonly #intake: ExportIntake;
  readonly #maxBodyBytes: number;
  readonly #maxBytesInFlight: number;
  #bytesInFlight = 0;

  constructor(options: OtlpHttpOptions) {
    this.#intake = new ExportIntake({ source: 'otlp-http', clock: options.clock, deliver: options.deliver });
    this.#maxBodyBytes = options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
    this.#maxBytesInFlight = options.maxBytesInFlight ?? 4 * this.#maxBodyBytes;
  }

  counts(): SourceCounts {
    return this.#intake.counts.all();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const encoding = encodingOf(request);
    try {
      if (request.method !== 'POST') throw wrongMethod(request.method);
      if (!encoding) throw wrongType(request.headers['content-type']);
      await this.#receive(request, response, encoding);
    } catch (error) {
      const refusal = refusalOf(error);
      this.#intake.counts.answered(refusal.httpStatus);
      sendRefusal(response, encoding ?? 'application/json', refusal);
      discard(request, this.#maxBodyBytes);
    }
  }

  async #receive(request: IncomingMessage, response: ServerResponse, encoding: Encoding): Promise<void> {
    const refused = this.#take(await this.#read(request), encoding);
    this.#intake.counts.answered(200);
    sendExportResponse(response, encoding, refused);
  }

  #take(body: Uint8Array, encoding: Encoding): Refused {
    try {
      return this.#intake.take(body, encoding);
    } catch (error) {
      if (error instanceof TracecourtError) throw new Refusal(400, error.message);
      if (!(error instanceof SpansNotTaken)) throw error;
      throw new Refusal(503, 'The collector cannot take more spans at the moment; try again.', RETRY_SOON);
    }
  }

  /** Counts a body by its announced length, or by the most it may become, until it is read. */
  async #read(request: IncomingMessage): Promise<Buffer> {
    const announced = Number(request.headers['content-length'] ?? this.#maxBodyBytes);
    const reserved = Math.min(announced, this.#maxBodyBytes);
    if (this.#bytesInFlight + reserved > this.#maxBytesInFlight) {
      throw new Refusal(429, 'Too many exports are under way at once; try again.', RETRY_SOON);
    }
    this.#bytesInFlight += reserved;
    try {
      return await readBody(request, this.#maxBodyBytes);
    } finally {
      this.#bytesInFlight -= reserved;
    }
  }
}

function encodingOf(request: IncomingMessage): Encoding | undefined {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  return type === 'application/x-protobuf' || type === 'application/json' ? type : undefined;
}

function wrongMethod(method: string | undefined): Refusal {
  return new Refusal(405, `${method} is not possible at ${TRACES_PATH}; use POST.`, { allow: 'POST' });
}

function wrongType(contentType: string | undefined): Refusal {
  const said =
    contentType === undefined ? 'There is no Content-Type' : `Content-Type ${quoted(contentType)} is unknown`;
  return new Refusal(415, `${said}; send application/x-protobuf or application/json.`);
}

/** Reads on past a refused body, so that the client gets to see the answer, but not for ever. */
function discard(request: IncomingMessage, limit: number): void {
  let discarded = 0;
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > limit) request.destroy();
  });
  request.resume();
}
