import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTracing, type Tracing } from '@tracecourt/instrumentation';
import { expect } from 'chai';
import { otlpBody } from '../helpers/otlp-body.js';
import { listenToStandardError } from '../helpers/standard-error.js';

interface Export {
  readonly headers: IncomingHttpHeaders;
  readonly names: readonly string[];
}

/** What the collector does with each export in turn; with the later ones, what it does with the last. */
type Script = readonly ((response: ServerResponse) => void)[];

const take = (response: ServerResponse) => response.end('{}');
const say = (status: number, headers: Record<string, string> = {}) => {
  return (response: ServerResponse) => response.writeHead(status, headers).end();
};
const hangUp = (response: ServerResponse) => response.destroy();

describe('the exporter', () => {
  let server: Server;
  let received: Export[];
  const variables: string[] = [];

  async function listen(script: Script): Promise<string> {
    received = [];
    server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      received.push({ headers: request.headers, names: namesIn(otlpBody(request.headers, body)) });
      (script[received.length - 1] ?? script.at(-1))?.(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function tracingTo(script: Script): Promise<Tracing> {
    return startTracing({ global: false, serviceName: 'exporter-test', endpoint: await listen(script) });
  }

  function setVariable(name: string, value: string): void {
    process.env[name] = value;
    variables.push(name);
  }

  afterEach(async () => {
    for (const name of variables.splice(0)) delete process.env[name];
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const names = () => received.map((one) => one.names);

  it('keeps its connection', async () => {
    await using tracing = await tracingTo([take]);
    let connections = 0;
    server.on('connection', () => connections++);
    for (const name of ['first', 'second']) {
      tracing.tracer.startSpan(name).end();
      await tracing.flush();
    }
    expect(names()).to.deep.equal([['first'], ['second']]);
    expect(connections).to.equal(1);
  });

  it('sends the headers that the environment asks for, and packs the body', async () => {
    setVariable('OTEL_EXPORTER_OTLP_HEADERS', 'x-tenant=blue');
    setVariable('OTEL_EXPORTER_OTLP_COMPRESSION', 'gzip');
    await using tracing = await tracingTo([take]);
    tracing.tracer.startSpan('packed').end();
    await tracing.flush();
    expect(names()).to.deep.equal([['packed']]);
    expect(received[0]?.headers).to.include({ 'x-tenant': 'blue', 'content-encoding': 'gzip' });
  });

  for (const [trouble, first] of Object.entries({
    'is busy': say(503),
    'is busy for a second': say(429, { 'retry-after': '1' }),
    'hangs up': hangUp,
  })) {
    it(`tries again where the collector ${trouble}`, async () => {
      await using tracing = await tracingTo([first, take]);
      tracing.tracer.startSpan('kept').end();
      await tracing.flush();
      expect(names()).to.deep.equal([['kept'], ['kept']]);
    });
  }

  it('takes another connection where the one that was kept is closed', async () => {
    await using tracing = await tracingTo([take, hangUp, take]);
    for (const name of ['before', 'after']) {
      tracing.tracer.startSpan(name).end();
      await tracing.flush();
    }
    expect(names()).to.deep.equal([['before'], ['after'], ['after']]);
  });

  for (const [trouble, answer] of Object.entries({
    'cannot read it': say(400),
    'is busy for longer than an export may take': say(503, { 'retry-after': '60' }),
  })) {
    it(`gives up an export where the collector ${trouble}, and sends the next one`, async () => {
      using _told = listenToStandardError();
      await using tracing = await tracingTo([answer, take]);
      for (const name of ['lost', 'sent']) {
        tracing.tracer.startSpan(name).end();
        await tracing.flush();
      }
      expect(names()).to.deep.equal([['lost'], ['sent']]);
    });
  }

  it('waits for no answer longer than an export may take', async () => {
    using _told = listenToStandardError();
    await using tracing = await tracingTo([() => undefined, take]);
    for (const name of ['unanswered', 'sent']) {
      tracing.tracer.startSpan(name).end();
      await tracing.flush();
    }
    expect(names()).to.deep.equal([['unanswered'], ['sent']]);
  });

  it('has no more than one export under way, however many ask for one, and loses nothing', async () => {
    const waiting: ServerResponse[] = [];
    let most = 0;
    await using tracing = await tracingTo([
      (response) => {
        waiting.push(response);
        most = Math.max(most, waiting.length);
        setTimeout(() => waiting.splice(0).forEach(take), 20);
      },
    ]);
    const asked = Array.from({ length: 100 }, (_, i) => {
      tracing.tracer.startSpan(`span ${i}`).end();
      return tracing.flush();
    });
    await Promise.all(asked);
    expect(most).to.equal(1);
    expect(received.length).to.be.lessThan(4);
    expect(names().flat()).to.have.lengthOf(100);
  });
});

interface WireRequest {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string }[] }[];
  }[];
}

function namesIn(body: unknown): readonly string[] {
  const { resourceSpans } = body as WireRequest;
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)));
}
