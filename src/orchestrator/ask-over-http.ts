import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request } from 'node:http';
import { Agent as HttpsAgent, request as secureRequest } from 'node:https';
import type { HttpTrigger } from '../model/index.js';

/** Connections that are kept between requests. Disposing of it ends them. */
export interface HttpConnections extends Disposable {
  /** Resolves with the answer's status when its head is there; its body is of no interest. Rejects with what went wrong. */
  ask(trigger: HttpTrigger, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<number>;
}

/** A longer body is not worth reading to its end just to keep the connection. */
const MAX_BODY_BYTES = 64 * 1024;

/** Plain `node:http`: it costs a fraction of what `fetch` does, and follows no redirects. */
export function openHttpConnections(): HttpConnections {
  const plain = new HttpAgent({ keepAlive: true });
  const secure = new HttpsAgent({ keepAlive: true });
  return {
    ask: (trigger, headers, signal) =>
      new Promise((resolve, reject) => {
        const url = new URL(trigger.url);
        const options = { method: trigger.method, headers, signal };
        const asked =
          url.protocol === 'https:'
            ? secureRequest(url, { ...options, agent: secure })
            : request(url, { ...options, agent: plain });
        asked.on('error', (error) => reject(error));
        asked.on('response', (response) => {
          passOver(asked, response);
          resolve(response.statusCode ?? 0);
        });
        asked.end(trigger.body);
      }),
    [Symbol.dispose]() {
      plain.destroy();
      secure.destroy();
    },
  };
}

function passOver(asked: ClientRequest, response: IncomingMessage): void {
  let bytes = 0;
  response.on('error', () => undefined);
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) asked.destroy();
  });
}
