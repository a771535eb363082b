import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import neo4j from 'neo4j-driver';
import type { EmbeddedServer } from '../../src/embedded/embedded-server.js';
import { openStoreThread, type StoreThread } from '../../src/embedded/store-thread.js';
import { TracecourtError } from '../../src/errors.js';

/** Says PING to a Redis, and then tells whoever sleeps on the memory. */
const PINGER = `
  const { workerData: { port, memory } } = require('node:worker_threads');
  const socket = require('node:net').connect(port, '127.0.0.1', () => socket.write('PING\\r\\n'));
  socket.once('data', () => {
    Atomics.store(memory, 0, 1);
    Atomics.notify(memory, 0);
    socket.destroy();
  });
`;
const LONGEST_SLEEP_MS = 10_000;

describe('the thread of the embedded stores', () => {
  const losses: TracecourtError[] = [];
  let thread: StoreThread;
  /** The very thread, to do it harm. */
  let worker: Worker;
  beforeEach(() => {
    losses.length = 0;
    process.once('worker', (opened: Worker) => {
      worker = opened;
    });
    thread = openStoreThread({ onLost: (error) => losses.push(error) });
  });
  afterEach(() => thread[Symbol.asyncDispose]());

  async function open({ port }: EmbeddedServer): Promise<Socket> {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  /** Whether there is an error first or not. */
  const heard = (emitter: Socket | Worker, event: string): Promise<unknown> =>
    new Promise((resolve) => emitter.once(event, resolve));

  async function refusal(work: Promise<unknown>): Promise<unknown> {
    return work.then(
      () => 'not refused',
      (error: unknown) => error,
    );
  }

  it('answers while the thread that asked for it does nothing but wait', async () => {
    const { port } = await thread.start('redis');
    const memory = new Int32Array(new SharedArrayBuffer(4));
    const pinger = new Worker(PINGER, { eval: true, workerData: { port, memory } });
    await once(pinger, 'online');
    expect(Atomics.wait(memory, 0, 0, LONGEST_SLEEP_MS)).to.not.equal('timed-out');
    await pinger.terminate();
  });

  it('runs the graph, native module and all', async () => {
    const { url } = await thread.start('neo4j');
    const driver = neo4j.driver(url);
    const { records } = await driver.executeQuery('CREATE (n:A {x: 1}) RETURN n.x AS x');
    await driver.close();
    expect(records.map((record) => record.toObject())).to.deep.equal([{ x: neo4j.int(1) }]);
  });

  it('stops a store as it stops in its own thread: connections are cut, the port is free, the others go on', async () => {
    const [cache, log] = [await thread.start('redis'), await thread.start('kafka')];
    const [ofCache, ofLog] = [await open(cache), await open(log)];
    const cut = heard(ofCache, 'close');
    await cache[Symbol.asyncDispose]();
    await cut;
    expect(await refusal(once(connect(cache.port, '127.0.0.1'), 'connect'))).to.include({ code: 'ECONNREFUSED' });
    expect(ofLog.destroyed).to.equal(false);
    expect((await thread.start('redis', { port: cache.port })).port).to.equal(cache.port);
    ofLog.destroy();
  });

  it('names a port that is taken with the error of the store itself, and still starts others', async () => {
    const { port } = await thread.start('kafka');
    const error = await refusal(thread.start('redis', { port }));
    expect(error).to.be.instanceOf(TracecourtError);
    expect(error).to.include({
      code: 'port-in-use',
      message: `The embedded Redis cannot listen on 127.0.0.1:${port}: the port is taken.`,
      nextStep: 'Stop what listens there, or ask for port 0 to get any free port.',
    });
    expect((error as Error).cause).to.include({ code: 'EADDRINUSE' });
    expect((await thread.start('redis')).url).to.match(/^redis:/);
  });

  it('says once that it was lost, and why; connections are cut, and no store starts any more', async () => {
    const server = await thread.start('redis');
    const over = [heard(await open(server), 'close'), heard(worker, 'exit')];
    worker.postMessage(null);
    expect(await refusal(thread.start('kafka'))).to.include({ code: 'store-unavailable' });
    await Promise.all(over);
    expect(await refusal(thread.start('neo4j'))).to.include({ code: 'store-unavailable' });
    expect(losses.map(({ code }) => code)).to.deep.equal(['store-unavailable']);
    expect(losses[0]?.message).to.match(
      /^The embedded stores are gone: their thread has ended: Cannot read properties of null/,
    );
    await server[Symbol.asyncDispose]();
  });

  it('says so too when it ends without an error', async () => {
    await thread.start('redis');
    await worker.terminate();
    expect(losses.map(({ message }) => message)).to.deep.equal([
      'The embedded stores are gone: their thread has ended: it gave no reason.',
    ]);
  });

  it('is disposed with statements under way, and is no loss then', async () => {
    const { url } = await thread.start('neo4j');
    const driver = neo4j.driver(url, undefined, { maxTransactionRetryTime: 0 });
    await driver.verifyConnectivity();
    const busy = Array.from({ length: 4 }, () =>
      refusal(driver.executeQuery('UNWIND range(1, 3000) AS x UNWIND range(1, 300) AS y CREATE (:N {x: x, y: y})')),
    );
    await thread[Symbol.asyncDispose]();
    for (const error of await Promise.all(busy)) expect(error).to.be.instanceOf(Error);
    await driver.close();
    expect(losses).to.deep.equal([]);
  });

  it('lets the process end once it is disposed', async () => {
    await thread.start('redis');
    await thread[Symbol.asyncDispose]();
    expect(process.getActiveResourcesInfo()).to.not.include('MessagePort');
    expect(await refusal(thread.start('redis'))).to.include({ code: 'store-unavailable' });
  });
});
