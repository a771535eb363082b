import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

describe('the TCP proxy', () => {
  let echo: Server;
  let proxy: TcpProxy;
  const sockets: Socket[] = [];

  before(async () => {
    echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1');
    await once(echo, 'listening');
  });
  beforeEach(async () => {
    proxy = await startTcpProxy({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await proxy[Symbol.asyncDispose]();
  });
  after(() => echo.close());

  function client() {
    const socket = connect(proxy.port, '127.0.0.1');
    sockets.push(socket);
    const seen = { text: '', error: '' };
    socket.setEncoding('utf8').on('data', (chunk: string) => (seen.text += chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => (seen.error = error.code ?? ''));
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    return { socket, seen, closed };
  }

  async function has(seen: { readonly text: string }, text: string): Promise<void> {
    while (seen.text !== text) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  it('forwards both ways, and a half-closed connection to its end', async () => {
    const { socket, seen, closed } = client();
    socket.end('hello');
    await closed;
    expect(seen).to.deep.equal({ text: 'hello', error: '' });
  });

  it('cuts what is open, and lets later connections through', async () => {
    const first = client();
    first.socket.write('a');
    await has(first.seen, 'a');
    expect(proxy.connections).to.equal(1);
    proxy.cut();
    await first.closed;
    expect(first.seen.error).to.equal('ECONNRESET');
    const second = client();
    second.socket.end('b');
    await second.closed;
    expect(second.seen.text).to.equal('b');
  });

  it('cuts in the middle of an answer', async () => {
    const { socket, seen, closed } = client();
    proxy.cutAfter(4);
    socket.write('abcdefgh');
    await closed;
    expect(seen.text).to.equal('abcd');
    expect(proxy.answeredBytes).to.equal(4);
  });

  it('holds what is sent, and gives it when released', async () => {
    const { socket, seen } = client();
    socket.write('a');
    await has(seen, 'a');
    proxy.hold();
    socket.write('b');
    const later = client();
    later.socket.write('c');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([seen.text, later.seen.text]).to.deep.equal(['a', '']);
    proxy.release();
    await has(seen, 'ab');
    await has(later.seen, 'c');
  });
});
