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

/** By events: iterating over a request costs several times as much, and most bodies come in one piece. */
function readWire(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge(limit, 'on the wire'));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = (error: Error): void => {
      request.off('data', take).pause();
      reject(error);
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limit) refuse(tooLarge(limit, 'on the wire'));
      else chunks.push(chunk);
    };
    request.on('data', take);
    request.once('end', () => resolve(Buffer.concat(chunks, size)));
    request.once('error', reject);
    request.once('close', () => {
      // Every request closes, and an error that nobody hears of costs its stack all the same.
      if (!request.readableEnded) reject(new Error('The client went away in the middle of its body.'));
    });
  });
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
