import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Candidate } from 'gpu-allocation/build/decision.js';
import { allocationStep } from 'gpu-allocation/build/steps/allocation.js';
import { graphWriteStep } from 'gpu-allocation/build/steps/graph-write.js';
import neo4j, { type Driver } from 'neo4j-driver';
import { startEmbeddedNeo4j } from '../../src/embedded/bolt/index.js';
import { pollUntil } from '../../src/lib/deadline.js';
import { REAL_STORES_WANTED, realStores } from '../helpers/real-stores.js';
import { skip } from '../helpers/skip.js';

const MODEL = 'a100';
const WISH = { model: MODEL, hours: 2 };
const AT_ONCE = 40;

/** A graph with GPUs of its own. */
interface Pool extends AsyncDisposable {
  readonly graph: Driver;
  readonly run: string;
}

describe('allocations that look for a GPU at the same time', () => {
  describe('on the embedded graph', () => {
    it('get one each, and the last one none', async () => {
      await using server = await startEmbeddedNeo4j();
      await using pool = await openPool(
        neo4j.driver(server.url, undefined, { disableLosslessIntegers: true }),
        AT_ONCE,
      );
      await expectOneEach(pool);
    });
  });

  describe('on the real Neo4j', () => {
    const open = async (context: Mocha.Context, gpus: number): Promise<Pool> => {
      const {
        NEO4J_URL = '',
        NEO4J_USER = '',
        NEO4J_PASSWORD = '',
      } = realStores() ?? skip(context, REAL_STORES_WANTED);
      const auth = neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD);
      return await openPool(neo4j.driver(NEO4J_URL, auth, { disableLosslessIntegers: true }), gpus);
    };

    it('get one each, and the last one none', async function () {
      await using pool = await open(this, AT_ONCE);
      await expectOneEach(pool);
    });

    it('leave a GPU to whoever takes it while they wait for it', async function () {
      await using pool = await open(this, 1);
      const looking = allocationStep(pool.graph, pool.run);
      const found = await whileSomebodyElse(pool, 'SET g.freeAt = 9007199254740991', () => looking(WISH));
      expect(found.gpu).to.equal(null);
    });

    it('grant no GPU of which the hold passed to somebody else meanwhile', async function () {
      await using pool = await open(this, 1);
      const { gpu, decisionId } = await allocationStep(pool.graph, pool.run)(WISH);
      const decision = {
        ...WISH,
        decisionId,
        gpu: String(gpu),
        ballots: [{ member: 'ada', vote: 'approve' as const }],
      };
      const write = graphWriteStep(pool.graph);
      const written = whileSomebodyElse(pool, "SET g.holder = 'somebody else'", () => write(decision));
      const outcome = await written.then(String, String);
      expect(outcome).to.contain('is no longer held');
    });
  });
});

async function openPool(graph: Driver, gpus: number): Promise<Pool> {
  const run = randomUUID();
  await graph.executeQuery('CREATE INDEX gpu_id IF NOT EXISTS FOR (g:Gpu) ON (g.id)');
  await graph.executeQuery(
    "UNWIND range(1, $gpus) AS n CREATE (:Gpu {id: $run + '/' + toString(n), run: $run, model: $model, freeAt: 0})",
    { gpus: neo4j.int(gpus), run, model: MODEL },
  );
  const close = async () => {
    await graph.executeQuery('MATCH (g:Gpu {run: $run}) DETACH DELETE g', { run });
    await graph.close();
  };
  return { graph, run, [Symbol.asyncDispose]: close };
}

/** As many as there are GPUs, and one more. */
async function expectOneEach({ graph, run }: Pool): Promise<void> {
  const find = allocationStep(graph, run);
  const found = await Promise.all(Array.from({ length: AT_ONCE + 1 }, () => find(WISH)));
  const gpus = found.flatMap(({ gpu }) => gpu ?? []);
  expect(gpus).to.have.lengthOf(AT_ONCE);
  expect(new Set(gpus)).to.have.lengthOf(AT_ONCE);
  expect(await holdersIn({ graph, run })).to.have.deep.members(found.flatMap(heldBy));
}

function heldBy({ gpu, decisionId }: Candidate): readonly object[] {
  return gpu === null ? [] : [{ gpu, holder: decisionId }];
}

async function holdersIn({ graph, run }: Pick<Pool, 'graph' | 'run'>): Promise<readonly object[]> {
  const { records } = await graph.executeQuery('MATCH (g:Gpu {run: $run}) RETURN g.id AS gpu, g.holder AS holder', {
    run,
  });
  return records.map((record) => record.toObject());
}

/** Begins the work while a transaction of somebody else has changed the GPU, and lets that commit once the work waits for it. */
async function whileSomebodyElse<R>({ graph, run }: Pool, change: string, work: () => Promise<R>): Promise<R> {
  const session = graph.session();
  try {
    const theirs = session.beginTransaction();
    await theirs.run(`MATCH (g:Gpu {run: $run}) ${change}`, { run });
    const ours = work();
    // Whoever does not await it yet is not to be told of its failure as of one that nobody handles.
    ours.catch(() => undefined);
    if (!(await isSomebodyBlocked(graph))) throw new Error('the work does not wait for the GPU');
    await theirs.commit();
    return await ours;
  } finally {
    await session.close();
  }
}

async function isSomebodyBlocked(graph: Driver): Promise<boolean> {
  const blocked = async () => {
    const { records } = await graph.executeQuery('SHOW TRANSACTIONS YIELD status RETURN status');
    return records.some((record) => String(record.get('status')).startsWith('Blocked')) || undefined;
  };
  return (await pollUntil(blocked, { timeoutMs: 10_000, everyMs: 20 })) ?? false;
}
