import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { type BoltMap, BoltStructure, type BoltValue, boltMap } from '../../../src/embedded/bolt/bolt-value.js';
import { ChunkJoiner, toChunks } from '../../../src/embedded/bolt/chunks.js';
import { startEmbeddedNeo4j } from '../../../src/embedded/bolt/index.js';
import { decodePackStream } from '../../../src/embedded/bolt/packstream-decode.js';
import { encodePackStream } from '../../../src/embedded/bolt/packstream-encode.js';

const BOLT_5_4 = Buffer.from('6060b01700000405000000000000000000000000', 'hex');
const NOTHING: BoltMap = boltMap({});
const BEGIN = request(17, NOTHING);
const PULL = request(63, boltMap({ n: -1n }));
const COMMIT = request(18);

function run(statement: string): Buffer {
  return request(16, statement, NOTHING, NOTHING);
}

function request(tag: number, ...fields: readonly BoltValue[]): Buffer {
  return toChunks(encodePackStream(new BoltStructure(tag, fields)));
}

/** A client that has logged on, and what came to it since, piece by piece: the tags of the replies in each. */
async function logOn(port: number): Promise<{ readonly socket: Socket; readonly pieces: number[][] }> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  for (const words of [BOLT_5_4, request(1, boltMap({ user_agent: 'test' })), request(106, NOTHING)]) {
    socket.write(words);
    await once(socket, 'data');
  }
  const joiner = new ChunkJoiner(65_536);
  const pieces: number[][] = [];
  socket.on('data', (bytes: Buffer) => pieces.push(joiner.add(bytes).map(tagOf)));
  return { socket, pieces };
}

function tagOf(message: Buffer): number {
  return (decodePackStream(message) as BoltStructure).tag;
}

async function settled(pieces: readonly number[][], replies: number): Promise<void> {
  while (pieces.flat().length < replies) await delay(1);
}

const [SUCCESS, RECORD] = [0x70, 0x71];

describe('a connection of the embedded Neo4j', () => {
  it('answers in one piece what came in one, also when some of it has to wait', async () => {
    await using server = await startEmbeddedNeo4j();
    const first = await holdLock(server.port);
    const second = await logOn(server.port);
    second.socket.write(Buffer.concat([BEGIN, run('CREATE (n:Row {n: 1}) RETURN n.n'), PULL]));
    first.socket.write(Buffer.concat([run('MATCH (n:Row) RETURN count(n)'), PULL]));
    await settled(first.pieces, 6);
    expect(second.pieces).to.deep.equal([]);
    first.socket.write(COMMIT);
    await settled(second.pieces, 4);
    expect(second.pieces).to.deep.equal([[SUCCESS, SUCCESS, RECORD, SUCCESS]]);
    first.socket.destroy();
    second.socket.destroy();
  });

  it('answers what came first while the last of it waits', async () => {
    await using server = await startEmbeddedNeo4j();
    const first = await holdLock(server.port);
    const second = await logOn(server.port);
    second.socket.write(Buffer.concat([BEGIN, run('CREATE (:Row)')]));
    await settled(second.pieces, 1);
    first.socket.write(COMMIT);
    await settled(second.pieces, 2);
    expect(second.pieces).to.deep.equal([[SUCCESS], [SUCCESS]]);
    first.socket.destroy();
    second.socket.destroy();
  });
});

async function holdLock(port: number) {
  const client = await logOn(port);
  client.socket.write(Buffer.concat([BEGIN, run('CREATE (:Row)'), PULL]));
  await settled(client.pieces, 3);
  return client;
}
