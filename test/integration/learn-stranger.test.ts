import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { MutationResult } from '../../src/model/index.js';
import { recordStranger } from '../helpers/record-stranger.js';
import { repositoryRoot } from '../helpers/repository.js';
import { skip } from '../helpers/skip.js';
import { tracecourt } from '../helpers/tracecourt.js';

/** Forty requests to redis-commander 0.9.0, as `recordStranger` recorded them. */
const FIXTURE = join(repositoryRoot, 'test/fixtures/redis-commander.jsonl');
const REQUESTS = 40;

/** What its source says that it does with a key, for the types of keys that it was asked for. */
const ORDER = `order:
  sequence:
    - get-apiv2-key-r
    - redis-type
    - optional:
        sequence:
          - choice:
              - redis-get
              - redis-hgetall
              - redis-smembers
              - sequence: [redis-lrange, redis-llen]
          - redis-ttl
`;

/** Branches of a choice come by how often they were seen: here by name. */
function plain(yaml: string): string {
  const order = yaml.slice(yaml.indexOf('order:'), yaml.indexOf('\n\n', yaml.indexOf('order:')) + 1);
  const lines = order.replace(/ # .*$/gm, '').split('\n');
  const at = lines.findIndex((line) => line.endsWith('- choice:')) + 1;
  return [...lines.slice(0, at), ...lines.slice(at, at + 4).sort(byName), ...lines.slice(at + 4)].join('\n');
}

function byName(a: string, b: string): number {
  const key = (line: string): string => line.replace('sequence', 'z');
  return key(a) < key(b) ? -1 : 1;
}

describe('a flow learnt of a program that nobody here wrote', function () {
  this.timeout(180_000);
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracecourt-stranger-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function learnHalf(recording: string): Promise<string> {
    const output = join(folder, 'redis-commander.flow.yaml');
    const args = ['flow', 'learn', recording, '--hold-out', '2', '--output', output, '--force'];
    const { exitCode, stdout, stderr } = await tracecourt(args);
    expect(stdout + stderr).to.include(`Held out ${REQUESTS / 2} requests: ${REQUESTS / 2} conform.`);
    expect(exitCode).to.equal(0);
    return output;
  }

  it('is what its source says, and the other half of its requests conforms', async () => {
    const flow = await learnHalf(FIXTURE);
    expect(plain(readFileSync(flow, 'utf8'))).to.equal(ORDER);
    expect((await tracecourt(['check', flow, '--trace', FIXTURE])).exitCode).to.equal(0);
  });

  it('notices every request that is made wrong', async () => {
    const flow = await learnHalf(FIXTURE);
    const { stdout } = await tracecourt(['flow', 'test', flow, '--mutate', '--trace', FIXTURE, '--json']);
    const { mutation } = JSON.parse(stdout) as { mutation: MutationResult };
    expect(mutation.requests.filter(({ conforms }) => conforms)).to.have.length(REQUESTS);
    const kinds = new Set(mutation.mutations.map(({ name }) => name.split(' ')[0]));
    expect([...kinds]).to.include.members(['drop', 'duplicate', 'swap', 'delay', 'fail']);
    const unnoticed = mutation.mutations
      .filter(({ uncaught, doubted }) => uncaught + doubted > 0)
      .map(({ name }) => name);
    expect(unnoticed).to.deep.equal([]);
  });

  it('is the same when it runs here and now', async function () {
    const program = process.env['TRACECOURT_STRANGER'];
    if (program === undefined) skip(this, 'set TRACECOURT_STRANGER=$(node scripts/set-up-stranger.mjs)');
    const recording = join(folder, 'now.jsonl');
    writeFileSync(recording, await recordStranger(program, REQUESTS));
    expect(plain(readFileSync(await learnHalf(recording), 'utf8'))).to.equal(ORDER);
  });
});
