import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import neo4j, { type Driver } from 'neo4j-driver';
import { type EmbeddedNeo4jOptions, startEmbeddedNeo4j } from '../../../src/embedded/bolt/index.js';
import type { EmbeddedServer } from '../../../src/embedded/embedded-server.js';
import { TracecourtError } from '../../../src/errors.js';

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: { code: string }) => error.code,
  );
}

describe('an embedded Neo4j', () => {
  const opened: AsyncDisposable[] = [];

  async function start(options: EmbeddedNeo4jOptions = {}): Promise<EmbeddedServer> {
    const server = await startEmbeddedNeo4j(options);
    opened.unshift(server);
    return server;
  }

  function driverOf({ url }: EmbeddedServer, password = 'any'): Driver {
    const driver = neo4j.driver(url, neo4j.auth.basic('neo4j', password), { maxTransactionRetryTime: 0 });
    opened.unshift(driver);
    return driver;
  }

  function speak(server: EmbeddedServer, bytes: Buffer): Promise<Buffer> {
    return new Promise((resolve) => {
      const received: Buffer[] = [];
      const socket: Socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (data) => received.push(data));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(Buffer.concat(received)));
    });
  }

  afterEach(async () => {
    for (const thing of opened.splice(0)) await thing[Symbol.asyncDispose]();
  });

  it('says that it is embedded', async () => {
    const info = await driverOf(await start()).getServerInfo();
    expect(info.agent).to.equal('Neo4j/5.0.0 (tracecourt-embedded)');
  });

  it('starts empty, and shares nothing with another one', async () => {
    const [one, other] = [driverOf(await start()), driverOf(await start())];
    await one.executeQuery('CREATE (:OnlyHere)');
    const { records } = await other.executeQuery('MATCH (n) RETURN count(n) AS n');
    expect(records[0]!.get('n').toNumber()).to.equal(0);
  });

  it('asks for the password when it was given one', async () => {
    const server = await start({ password: 'secret' });
    await driverOf(server, 'secret').executeQuery('RETURN 1');
    const code = await codeOf(driverOf(server, 'wrong').executeQuery('RETURN 1'));
    expect(code).to.equal('Neo.ClientError.Security.Unauthorized');
  });

  it('names a port that is taken', async () => {
    const { port } = await start();
    const error: unknown = await startEmbeddedNeo4j({ port }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(TracecourtError).with.property('code', 'port-in-use');
    expect((error as Error).message).to.include(`127.0.0.1:${port}`);
  });

  it('listens on loopback, and on nothing once disposed', async () => {
    const server = await startEmbeddedNeo4j();
    expect(server.url).to.equal(`bolt://127.0.0.1:${server.port}`);
    await server[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    expect(await codeOf(driverOf(server).executeQuery('RETURN 1'))).to.equal('ServiceUnavailable');
  });

  it('lets a writer wait for another, but not forever', async () => {
    const driver = driverOf(await start({ lockTimeoutMs: 20 }));
    const [first, second] = [driver.session(), driver.session()];
    const tx = first.beginTransaction();
    await tx.run('CREATE (:First)');
    const code = await codeOf(second.executeWrite((other) => other.run('CREATE (:Second)')));
    expect(code).to.equal('Neo.TransientError.Transaction.LockAcquisitionTimeout');
    await tx.commit();
    await second.executeWrite((other) => other.run('CREATE (:Second)'));
    await Promise.all([first.close(), second.close()]);
  });

  it('rolls back for a process that is killed while it writes, and while it waits to', async () => {
    const server = await start();
    const driver = driverOf(server);
    const session = driver.session();
    const tx = session.beginTransaction();
    await tx.run('CREATE (:Survivor)');
    const script = `import neo4j from 'neo4j-driver';
      const session = neo4j.driver('${server.url}').session();
      const tx = session.beginTransaction();
      await tx.run('RETURN 1');
      const write = tx.run('CREATE (:Victim)');
      console.log('waiting');
      await write;
      console.log('writing');
      setInterval(() => {}, 1000);`;
    const waiting = await victim(script, 'waiting');
    const writing = await victim(script, 'waiting');
    waiting.kill('SIGKILL');
    await once(waiting, 'exit');
    const holdsTheLock = heard(writing, 'writing');
    await tx.commit();
    await holdsTheLock;
    writing.kill('SIGKILL');
    await once(writing, 'exit');
    await session.executeWrite((next) => next.run('CREATE (:Survivor)'));
    const { records } = await session.run('MATCH (n) RETURN labels(n)[0] AS label');
    await session.close();
    expect(records.map((record) => record.get('label'))).to.deep.equal(['Survivor', 'Survivor']);
  });

  async function victim(script: string, word: string): Promise<ChildProcessWithoutNullStreams> {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await heard(child, word);
    return child;
  }

  function heard(child: ChildProcessWithoutNullStreams, word: string): Promise<void> {
    return new Promise((resolve, reject) => {
      child.stdout.on('data', (data) => String(data).includes(word) && resolve());
      child.once('exit', () => reject(new Error(`The process ended before it said "${word}".`)));
    });
  }

  it('takes a schema change back when its transaction is rolled back', async () => {
    const driver = driverOf(await start());
    const session = driver.session();
    const tx = session.beginTransaction();
    await tx.run('CREATE CONSTRAINT once FOR (n:Once) REQUIRE n.id IS UNIQUE');
    await tx.rollback();
    await session.run('UNWIND [1, 1] AS id CREATE (:Once {id: id})');
    await session.close();
  });

  it('lets a driver retry its work until the lock is free', async () => {
    const server = await start({ lockTimeoutMs: 20 });
    const driver = neo4j.driver(server.url, undefined, { maxTransactionRetryTime: 10_000 });
    opened.unshift(driver);
    const [holder, retrying] = [driver.session(), driver.session()];
    const tx = holder.beginTransaction();
    await tx.run('CREATE (:Holder)');
    let calls = 0;
    const work = retrying.executeWrite(async (other) => {
      calls++;
      if (calls === 2) await tx.commit();
      await other.run('CREATE (:Retried)');
    });
    await work;
    await Promise.all([holder.close(), retrying.close()]);
    expect(calls).to.equal(2);
  });

  it('ends a transaction whose time is up, and lets the next writer in at once', async () => {
    const driver = driverOf(await start());
    const [slow, next] = [driver.session(), driver.session()];
    const tx = slow.beginTransaction({ timeout: 400 });
    await tx.run('CREATE (:Slow)');
    await next.executeWrite((other) => other.run('CREATE (:Next)'));
    const code = await codeOf(tx.run('RETURN 1'));
    expect(code).to.equal('Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration');
    const { records } = await next.run('MATCH (n) RETURN labels(n)[0] AS label');
    expect(records.map((record) => record.get('label'))).to.deep.equal(['Next']);
    await Promise.all([slow.close(), next.close()]);
  });

  it('does not commit a transaction whose time is up', async () => {
    const driver = driverOf(await start());
    const session = driver.session();
    const tx = session.beginTransaction({ timeout: 1_000 });
    await tx.run('CREATE CONSTRAINT late FOR (n:Late) REQUIRE n.id IS UNIQUE');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const code = await codeOf(tx.commit());
    expect(code).to.equal('Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration');
    await session.run('UNWIND [1, 1] AS id CREATE (:Late {id: id})');
    await session.close();
  });

  it('puts a constraint back whose drop is rolled back', async () => {
    const driver = driverOf(await start());
    const session = driver.session();
    await session.run('CREATE CONSTRAINT kept FOR (n:Kept) REQUIRE (n.a, n.b) IS UNIQUE');
    const tx = session.beginTransaction();
    await tx.run('DROP CONSTRAINT kept');
    await tx.run('CREATE INDEX other FOR (n:Kept) ON (n.a)');
    await tx.rollback();
    const twice = session.run('UNWIND [1, 1] AS a CREATE (:Kept {a: a, b: 2})');
    expect(await codeOf(twice)).to.equal('Neo.ClientError.Schema.ConstraintValidationFailed');
    await session.run('CREATE INDEX other FOR (n:Kept) ON (n.a)');
    await session.close();
  });

  const garbage: readonly (readonly [string, string])[] = [
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex')],
    ['a version from the future', '6060b0170000000900000000000000000000000'.padEnd(40, '0')],
    ['a message that is no PackStream', `6060b01700000405${'0'.repeat(24)}0001df0000`],
    ['a message that is no request', `6060b01700000405${'0'.repeat(24)}0001010000`],
    ['a request out of turn', `6060b01700000405${'0'.repeat(24)}0002b03f0000`],
    ['a list of four billion items', `6060b01700000405${'0'.repeat(24)}0005d6ffffffff0000`],
  ];
  for (const [what, hex] of garbage) {
    it(`hangs up on ${what}, and serves the next client`, async () => {
      const server = await start();
      await speak(server, Buffer.from(hex, 'hex'));
      await driverOf(server).executeQuery('RETURN 1');
    });
  }

  const limits: readonly (readonly [string, string])[] = [
    ['a column of integers and texts that it cannot ask for', "RETURN 1 AS x UNION RETURN 'a' AS x"],
    ['a column of integers and floats that it cannot ask for', 'RETURN 1 AS x UNION RETURN 2.5 AS x'],
    ['a duration whose text has two readings', 'RETURN duration({months: 1, nanoseconds: -50000000}) AS x'],
    ['the text of a duration with negative seconds and a fraction', "RETURN duration('PT-3.5S') AS x"],
    ['the text of a time that it does not know', "UNWIND ['10:00'] AS t RETURN time('10h') AS x"],
    ['EXPLAIN', 'EXPLAIN RETURN 1'],
    ['LOAD CSV', "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line"],
  ];
  for (const [what, text] of limits) {
    it(`refuses ${what} instead of guessing`, async () => {
      const code = await codeOf(driverOf(await start()).executeQuery(text));
      expect(code).to.equal('Neo.ClientError.Statement.UnsupportedOperationError');
    });
  }

  it('writes once what it has to run twice to know its types', async () => {
    const driver = driverOf(await start());
    const { records } = await driver.executeQuery("UNWIND [1, 'a', 2.0] AS x CREATE (n:Twice {x: x}) RETURN n.x AS x");
    expect(records.map((record) => neo4j.isInt(record.get('x')))).to.deep.equal([true, false, false]);
    const { records: counted } = await driver.executeQuery('MATCH (n:Twice) RETURN count(n) AS n');
    expect(counted[0]!.get('n').toNumber()).to.equal(3);
  });

  it('keeps nothing of a statement whose answer it had to refuse', async () => {
    const driver = driverOf(await start());
    await codeOf(driver.executeQuery("UNWIND [1, 'a'] AS x CREATE (n:Refused {x: x}) RETURN n.x AS tcm_x"));
    const { records } = await driver.executeQuery('MATCH (n) RETURN count(n) AS n');
    expect(records[0]!.get('n').toNumber()).to.equal(0);
  });
});
