import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { learnFlow } from '../../src/orchestrator/learn-flow.js';
import { randomProgram, runProgram } from '../helpers/random-program.js';
import { recording } from '../helpers/recording.js';
import { readRepositoryFile } from '../helpers/repository.js';
import { seeded } from '../helpers/seeded.js';

const PROGRAMS = 60;
const REQUESTS = 24;

describe('a flow learnt of a random program', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracecourt-programs-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Programs with nested and forgotten work, loops, services whose clocks differ, with and without stamps, stated and unstated steps. */
  function record(seed: number): string {
    const random = seeded(seed);
    const program = randomProgram(random, 2 + random.below(6));
    const [stated, stamped] = [random.below(2) === 0, random.below(2) === 0];
    const skewMs = { shop: random.below(400) - 200, bank: random.below(40) };
    const file = join(folder, `${seed}.jsonl`);
    const requests = Array.from({ length: REQUESTS }, (_, i) =>
      recording(runProgram(random, program, { stated }), { name: `${seed} ${i}`, stamped, skewMs }),
    );
    writeFileSync(file, requests.join(''));
    return file;
  }

  it('is one that each of its requests conforms to, and most others do', async () => {
    let heldOut = 0;
    let conform = 0;
    for (let seed = 1; seed <= PROGRAMS; seed++) {
      // It throws a defect where a request that it was learnt from does not conform.
      const result = await learnFlow({
        recordings: [record(seed)],
        name: 'program',
        bundles: folder,
        holdOut: 3,
        together: true,
      });
      if (result.kind !== 'learnt') throw new Error(`seed ${seed}: ${result.why}`);
      expect(result.leftOut, `seed ${seed}`).to.deep.equal([]);
      expect(result.learntFrom).to.have.length((REQUESTS * 2) / 3);
      heldOut += result.heldOut.length;
      conform += result.heldOut.filter(({ outcome }) => outcome === 'pass').length;
    }
    expect(heldOut).to.equal((PROGRAMS * REQUESTS) / 3);
    expect(conform / heldOut).to.be.above(0.9);
  });
});

describe('requests that something is missing of', () => {
  const fixture = readRepositoryFile('test/fixtures/redis-commander.jsonl');
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracecourt-torn-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** The recording without the first span of this name. */
  function without(name: string): string {
    let gone = false;
    const keep = (span: { readonly name: string }): boolean => {
      const isIt = !gone && span.name === name;
      gone ||= isIt;
      return !isIt;
    };
    const lines = fixture
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Recorded);
    for (const { resourceSpans } of lines) {
      for (const { scopeSpans } of resourceSpans)
        for (const scope of scopeSpans) scope.spans = scope.spans.filter(keep);
    }
    const file = join(folder, `without-${name}.jsonl`);
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return file;
  }

  it('are left out, with what it is, and change nothing of what is learnt', async () => {
    const whole = await learnFlow({
      recordings: ['test/fixtures/redis-commander.jsonl'],
      name: 'shop',
      bundles: folder,
    });
    const torn = await learnFlow({ recordings: [without('TYPE')], name: 'shop', bundles: folder });
    if (whole.kind !== 'learnt' || torn.kind !== 'learnt') throw new Error('nothing was learnt');
    expect(whole.leftOut).to.deep.equal([]);
    expect(torn.learntFrom).to.have.length(39);
    expect(torn.leftOut.map(({ why }) => why)).to.deep.equal(['1 span of redis-commander is missing']);
    expect(torn.yaml).to.not.include('optional: redis-type');
  });
});

describe('requests that are wrong under any flow', () => {
  const PAID = 'h shop 0-100 server name=POST\np shop <h 1-20 step=pay\n';
  const SWALLOWED = `${PAID}q shop <p 2-10 client db.system.name=redis name=SET !refused\n`;

  it('are left out, with what is wrong with them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tracecourt-wrong-'));
    const file = join(folder, 'requests.jsonl');
    const requests = [PAID, SWALLOWED, PAID].map((spans, i) => recording(spans, { name: `${i}`, stamped: true }));
    writeFileSync(file, requests.join(''));
    const result = await learnFlow({ recordings: [file], name: 'shop', bundles: folder });
    rmSync(folder, { recursive: true, force: true });
    if (result.kind !== 'learnt') throw new Error(result.why);
    expect(result.learntFrom).to.have.length(2);
    expect(result.leftOut.map(({ why }) => why)).to.have.length(1);
    expect(result.leftOut[0]?.why).to.include('`pay` says in shop that it succeeded');
  });
});

interface Recorded {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { spans: readonly { readonly name: string }[] }[];
  }[];
}
