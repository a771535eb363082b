import { Agent, type IncomingMessage, request as open } from 'node:http';
import { readJson } from './json-body.js';

/** What a server answered. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Connections are kept for the next request, and given up before a server does (node:http: after 5 s): it would hang up on a request under way. */
const agent = new Agent({ keepAlive: true, timeout: 4000 });

/** Posts a body as JSON and gives the answer. Rejects when there is none, when it is no JSON, or when the signal comes first. */
export function postJson(url: string, body: unknown, signal: AbortSignal): Promise<Reply> {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const request = open(url, { method: 'POST', headers, agent, signal }, (response) => {
      replyOf(response).then(resolve, reject);
    });
    request.on('error', reject);
    request.end(text);
  });
}

async function replyOf(response: IncomingMessage): Promise<Reply> {
  return { body: await readJson(response), status: response.statusCode ?? 0 };
}
