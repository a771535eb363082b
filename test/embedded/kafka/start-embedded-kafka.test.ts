import { connect } from 'node:net';
import { expect } from 'chai';
import kafkajs from 'kafkajs';
import type { EmbeddedServer } from '../../../src/embedded/embedded-server.js';
import { startEmbeddedKafka } from '../../../src/embedded/kafka/index.js';
import { TracecourtError } from '../../../src/errors.js';

describe('the embedded Kafka server', () => {
  let server: EmbeddedServer;

  beforeEach(async () => {
    server = await startEmbeddedKafka();
  });

  afterEach(() => server[Symbol.asyncDispose]());

  /** What comes back before the connection ends. */
  function exchange(bytes: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('close', () => resolve(Buffer.concat(chunks)));
      socket.on('error', reject);
    });
  }

  function frame(apiKey: number, version: number, body = Buffer.alloc(0)): Buffer {
    const head = Buffer.alloc(14);
    head.writeInt32BE(10 + body.length, 0);
    head.writeInt16BE(apiKey, 4);
    head.writeInt16BE(version, 6);
    head.writeInt32BE(77, 8);
    head.writeInt16BE(-1, 12);
    return Buffer.concat([head, body]);
  }

  it('answers an unknown message, or an unknown version, with UNSUPPORTED_VERSION and hangs up', async () => {
    for (const [apiKey, version] of [
      [27, 0],
      [999, 0],
      [3, 99],
    ] as const) {
      const answer = await exchange(frame(apiKey, version));
      expect([answer.readInt32BE(4), answer.readInt16BE(8)]).to.deep.equal([77, 35]);
    }
  });

  it('ends a connection that sends garbage, and no other', async () => {
    const admin = new kafkajs.Kafka({ brokers: [server.url], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    for (const garbage of [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from([0x7f, 0xff, 0xff, 0xff]),
      frame(3, 5, Buffer.from([0x7f, 0xff, 0xff, 0xff])),
      frame(16, 0, Buffer.from('bytes behind the end')),
    ]) {
      expect(await exchange(garbage)).to.have.length(0);
    }
    expect((await admin.describeCluster()).clusterId).to.equal('tracecourt-embedded');
    await admin.disconnect();
  });

  it('says so when its port is taken', async () => {
    const failure = await startEmbeddedKafka({ port: server.port }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(TracecourtError).with.property('code', 'port-in-use');
  });
});
