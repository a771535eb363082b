import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { type Breakage, brokenValidators, roomForCopy } from '../../helpers/broken-validators.js';
import { type JudgedInFull, judgedInFull, sweptOver } from '../../helpers/compare-sweep.js';
import { flowOf, rep, seq, traceOf } from '../../helpers/evidence.js';
import { CHANGES, randomExactFlow, randomOptions, randomRun } from '../../helpers/random-run.js';
import { seeded } from '../../helpers/seeded.js';

const FLOWS = 500;
const REQUESTS = 6;

/** Each way to break the sweep, by what it forgets. */
const BREAKAGES: Readonly<Record<string, Breakage>> = {
  'that a span failed': { file: 'columns.js', from: "span.status.code === 'error' || ", to: '' },
  'that a span links another': { file: 'columns.js', from: 'span.links.length > 0 || ', to: '' },
  'that there are two traces': {
    file: 'columns.js',
    from: ' || span.traceId !== traceId)',
    to: ' || traceId === undefined)',
  },
  'that two spans share an id': { file: 'columns.js', from: 'places.size === count', to: 'count > 0' },
  parents: { file: 'arrows.js', from: 'this.#add(2 * above, 2 * i)', to: '' },
  'hand-offs': { file: 'arrows.js', from: 'if (handoff >= 0)', to: 'if (handoff < -1)' },
  answers: { file: 'arrows.js', from: "span.kind === 'server' && answered(", to: "span.kind === '' && answered(" },
  'that some calls are not answered': { file: 'arrows.js', from: ' && answered(cause, span)', to: '' },
  'the order of messages': {
    file: 'arrows.js',
    from: 'senders === 0 || (senders === 1 && isPlain) || this.#addMessages(columns)',
    to: 'true',
  },
  'one point of what comes before': {
    file: 'walk.js',
    from: '>= rank || this.isAbove',
    to: '>= rank - 1 || this.isAbove',
  },
  'one point of what is known': {
    file: 'walk.js',
    from: 'running[row + process] = passed',
    to: 'running[row + process] = passed - 1',
  },
  'what others know': { file: 'walk.js', from: 'if (known > running[row + i])', to: 'if (false)' },
  'who is above': { file: 'walk.js', from: ' || this.isAbove(other, occurrence)', to: '' },
  'the clocks': { file: 'walk.js', from: 'if (!this.#hearClocks(point, process))', to: 'if (false)' },
  'what has to come before': { file: 'walk.js', from: 'else if (passed[own] < rank)', to: 'else if (false)' },
  'to reach every point': { file: 'walk.js', from: 'return left === 0', to: 'return true' },
  'that clocks are read in whole milliseconds': {
    file: 'clock-bounds.js',
    from: ' + TOLERANCE_NANOS;',
    to: ' + 0 * TOLERANCE_NANOS;',
  },
  'that clocks contradict each other': {
    file: 'clock-bounds.js',
    from: 'if (this.most[i * count + i] < 0)',
    to: 'if (false)',
  },
  'what follows from two bounds': { file: 'clock-bounds.js', from: 'if (first === Infinity)', to: 'if (first > 0)' },
  'that numbers occur twice': { file: 'sequences.js', from: 'if (own === before)', to: 'if (false)' },
  'that a clock ran backwards': {
    file: 'sequences.js',
    from: 'read < latest - TOLERANCE_NANOS)\n',
    to: 'read < latest - TOLERANCE_NANOS - 1e15)\n',
  },
  'to count': { file: 'occurrences.js', from: ' || !fitsCounts(plan.order.nodeTable, counts, times)', to: '' },
  'that a step is nested in itself': {
    file: 'occurrences.js',
    from: '(step[up] === own && nested[own] === 0)',
    to: 'false',
  },
  'that a request is not known to be whole': {
    file: 'prove-conforms.js',
    from: "request.completedBy !== 'accounted' || ",
    to: '',
  },
  'that the flow asks for proof': { file: 'prove-conforms.js', from: '(flow.prove && undecided > 0)', to: 'false' },
  'what the flow does not know': { file: 'prove-conforms.js', from: '!numbers.has(stated)', to: 'false' },
  'calls to stores': { file: 'prove-conforms.js', from: 'storeSystemOf(span) !== undefined', to: 'false' },
  'rules that are broken': { file: 'rules.js', from: "holds === 'impossible' || ", to: '' },
  'rules that are open': { file: 'rules.js', from: "if (holds === 'open')\n", to: 'if (false)\n' },
  'budgets of steps': { file: 'budgets.js', from: 'if (!this.#isMet(each))', to: 'if (false)' },
  'budgets of stretches': {
    file: 'budgets.js',
    from: 'brokenAsRead(budget, stretch) !== undefined',
    to: 'false',
  },
};

/** Of the two that are one in the other, the outer counts. */
function nestedInItself(): JudgedInFull {
  const lines = `
    r s 0-20 server seq=1-8
    a s <r 1-8 step=a seq=2-5
    i s <a 2-7 step=a seq=3-4
    b s <r 9-10 step=b seq=6-7`;
  return judgedInFull(flowOf(seq(rep('a', 1, null, true), 'b')), traceOf(lines));
}

/** Requests that follow their flow, and as many of which something is wrong. */
function requests(): readonly JudgedInFull[] {
  const all: JudgedInFull[] = [nestedInItself()];
  const names = Object.keys(CHANGES);
  for (let seed = 1; seed <= FLOWS; seed++) {
    const random = seeded(2_000_000 + seed);
    const flow = randomExactFlow(random);
    for (let i = 0; i < REQUESTS; i++) {
      const run = randomRun(random, flow);
      const lines = i % 2 === 0 ? run : (CHANGES[random.pick(names)]?.(run, random) ?? run);
      if (lines.length > 0) all.push(judgedInFull(flow, traceOf(lines, randomOptions(random))));
    }
  }
  return all;
}

describe('a sweep that forgets', () => {
  let judged: readonly JudgedInFull[] = [];
  let folder = '';

  before(function () {
    this.timeout(120_000);
    judged = requests();
  });
  beforeEach(() => {
    folder = roomForCopy();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** How many requests it says something else of than the full judge. */
  async function misjudged(breakage: Breakage): Promise<number> {
    const { proveConforms } = await brokenValidators({ ...breakage, file: `sweep/${breakage.file}` }, folder);
    return judged.filter((each) => {
      const swept = sweptOver(each, proveConforms);
      return swept !== undefined && JSON.stringify(swept) !== JSON.stringify(each.full);
    }).length;
  }

  it('nothing misjudges nothing', async () => {
    expect(await misjudged({ file: 'walk.js', from: 'return left === 0', to: 'return left === 0' })).to.equal(0);
  }).timeout(60_000);

  for (const [what, breakage] of Object.entries(BREAKAGES)) {
    it(`${what} misjudges some request`, async () => {
      expect(await misjudged(breakage)).to.be.greaterThan(0);
    }).timeout(60_000);
  }
});
