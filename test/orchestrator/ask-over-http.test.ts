import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { HttpTrigger } from '../../src/model/index.js';
import { openHttpConnections } from '../../src/orchestrator/ask-over-http.js';

const NEVER = new AbortController().signal;

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  let connections = 0;
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function trigger(url: string, more: Partial<HttpTrigger> = {}): HttpTrigger {
  return { method: 'POST', url, headers: {}, body: undefined, ...more } as HttpTrigger;
}

describe('Requests over kept connections', () => {
  it('carry method, headers and body, and give the status', async () => {
    const seen: unknown[] = [];
    await using server = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      seen.push([request.method, request.headers['x-own'], body]);
      response.writeHead(418).end();
    });
    using connections = openHttpConnections();
    const status = await connections.ask(
      trigger(server.url, { method: 'PUT', body: '{"a":1}' }),
      { 'x-own': 'yes' },
      NEVER,
    );
    expect({ status, seen }).to.deep.equal({ status: 418, seen: [['PUT', 'yes', '{"a":1}']] });
  });

  it('go over one connection when they come one after another', async () => {
    await using server = await serve((_, response) => response.end('some body'));
    using connections = openHttpConnections();
    for (let i = 0; i < 5; i++) {
      await connections.ask(trigger(server.url), {}, NEVER);
      await new Promise(setImmediate);
    }
    expect(server.connections()).to.equal(1);
  });

  it('are not sent on to where a redirect points', async () => {
    let asked = 0;
    await using server = await serve((_, response) => {
      asked++;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    using connections = openHttpConnections();
    expect(await connections.ask(trigger(server.url), {}, NEVER)).to.equal(302);
    expect(asked).to.equal(1);
  });

  it('end when they are aborted before an answer', async () => {
    await using server = await serve(() => undefined);
    using connections = openHttpConnections();
    const patience = new AbortController();
    const asked = connections.ask(trigger(server.url), {}, patience.signal).catch((error: Error) => error.name);
    setTimeout(() => patience.abort(), 20);
    expect(await asked).to.equal('AbortError');
  });

  it('do not read a body without end', async () => {
    let wasClosed = false;
    await using server = await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      response.on('close', () => {
        wasClosed = true;
      });
      more();
    });
    using connections = openHttpConnections();
    expect(await connections.ask(trigger(server.url), {}, NEVER)).to.equal(200);
    while (!wasClosed) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});
