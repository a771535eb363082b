import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Refusal } from './status-reply.js';

const inflate = promisify(gunzip);

/**
 * Reads and inflates a body. More than `limit` bytes, on the wire or inflated, is a Refusal 413, and nothing is read or inflated
 * beyond the limit. An encoding other than gzip and identity is 415, broken gzip 400.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new Refusal(415, `Content-Encoding ${quoted(encoding)} is not supported; send gzip or identity.`, {
      'accept-encoding': 'gzip, identity',
    });
  }
  const wire = await readWire(request, limit);
  return encoding === 'gzip' ? await inflateWithin(wire, limit) : wire;
}

async function readWire(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit, 'on the wire');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit, 'on the wire');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

async function inflateWithin(wire: Buffer, limit: number): Promise<Buffer> {
  try {
    return await inflate(wire, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(limit, 'after inflating');
    throw new Refusal(400, `The body is no gzip, though Content-Encoding says so (${messageOf(error)}).`);
  }
}

function tooLarge(limit: number, where: string): Refusal {
  return new Refusal(413, `The body is larger than ${limit} bytes ${where}; send smaller batches.`, {
    connection: 'close',
  });
}

/** Text of a stranger, cut short, as it may be said again. */
export function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
