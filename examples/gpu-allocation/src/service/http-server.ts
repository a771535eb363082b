import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readJson, UnreadableBody } from './json-body.js';

/** One request, as a handler sees it. */
export interface Call {
  /** What stood for each `:name` of the route's path. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The JSON body; undefined when there is none. */
  readonly body: unknown;
}

/** What a handler answers; the body is sent as JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Handlers by method and path, for example `POST /members/:name/vote`. */
export type Routes = Readonly<Record<string, (call: Call) => Promise<Answer>>>;

/** A server that is not listening yet. A handler that throws is answered with 500 and logged; the server goes on. */
export function jsonServer(routes: Routes): Server {
  return createServer((request, response) => {
    answer(routes, request).then(
      (result) => send(response, result),
      (error: unknown) => send(response, failure(error)),
    );
  });
}

async function answer(routes: Routes, request: IncomingMessage): Promise<Answer> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  for (const [route, handle] of Object.entries(routes)) {
    const parameters = matchRoute(route, `${request.method} ${path}`);
    if (parameters) return await handle({ parameters, body: await readJson(request) });
  }
  return { status: 404, body: { error: `no route for ${request.method} ${path}` } };
}

function matchRoute(route: string, target: string): Record<string, string> | undefined {
  const expected = route.split('/');
  const given = target.split('/');
  if (expected.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const text = given[index] ?? '';
    if (part.startsWith(':')) parameters[part.slice(1)] = text;
    else if (part !== text) return undefined;
  }
  return parameters;
}

function failure(error: unknown): Answer {
  if (error instanceof UnreadableBody) return { status: error.status, body: { error: error.message } };
  console.error(error);
  return { status: 500, body: { error: error instanceof Error ? error.message : String(error) } };
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  response.writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': length });
  response.end(text);
}
