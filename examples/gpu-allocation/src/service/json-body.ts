import type { IncomingMessage } from 'node:http';

/** A body that cannot be read, and the status that says so to its sender. */
export class UnreadableBody extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const BODY_LIMIT = 64 * 1024;

/** The JSON body of a request or of an answer; undefined when it is empty. Rejects with {@link UnreadableBody} when it is too large, or no JSON. */
export async function readJson(message: IncomingMessage): Promise<unknown> {
  const text = await readText(message);
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableBody(400, 'the body is no JSON');
  }
}

function readText(message: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > BODY_LIMIT) reject(new UnreadableBody(413, `the body is larger than ${BODY_LIMIT} bytes`));
      else chunks.push(chunk);
    });
    message.on('end', () => resolve(Buffer.concat(chunks).toString()));
    message.on('error', reject);
  });
}
