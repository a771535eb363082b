import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { ledgerOf } from '../../../collectors/adjust/index.js';
import { columnsOf, type Rule, type StepMatcher } from '../../../src/model/index.js';
import { type Breakage, brokenValidators, roomForCopy } from '../../helpers/broken-validators.js';
import { type JudgedInFull, judgedInFull, sweptOver } from '../../helpers/compare-sweep.js';
import { flowOf, opt, par, rep, seq, traceOf } from '../../helpers/evidence.js';
import { CHANGES, randomExactFlow, randomOptions, randomRun } from '../../helpers/random-run.js';
import { seeded } from '../../helpers/seeded.js';

const FLOWS = 500;
const REQUESTS = 6;

const COLUMNS = '../../model/span-columns.js';
const SHAPES = '../../model/span-shape.js';

/** Each way to break the sweep, by what it forgets. */
const BREAKAGES: Readonly<Record<string, Breakage>> = {
  'that a span failed': { file: COLUMNS, from: "span.status.code === 'error' || ", to: '' },
  'that a span links another': { file: COLUMNS, from: 'span.links.length > 0 || ', to: '' },
  'that there are two traces': { file: COLUMNS, from: ' || span.traceId !== traceId)', to: ')' },
  'that two spans share an id': { file: COLUMNS, from: 'indexOf.size !== spans.length', to: 'false' },
  'which hand-off was received': { file: COLUMNS, from: 'n >= 1 && n <= after - first', to: 'n > after' },
  answers: { file: COLUMNS, from: 'answered(cause, span) ? 1 : 0', to: 'answered(cause, span) ? 0 : 0' },
  'that some calls are not answered': {
    file: COLUMNS,
    from: 'cause && answered(cause, span)',
    to: "cause?.kind === 'client' && span.kind === 'server'",
  },
  'the step in the shape of a span': { file: SHAPES, from: 'shape.step !== step || ', to: '' },
  'the service in the shape of a span': { file: SHAPES, from: 'shape.service !== service || ', to: '' },
  'the kind in the shape of a span': { file: SHAPES, from: 'shape.kind !== kind || ', to: '' },
  'attributes in the shape of a span': {
    file: SHAPES,
    from: 'return isSaid(attributes, shape.values)',
    to: 'return true',
  },
  'that a matcher reads more than the shape': {
    file: 'shape-steps.js',
    from: 'reader.isToldByShape(span) ? found',
    to: 'true ? found',
  },
  'that a system may be named in another way': {
    file: 'shape-steps.js',
    from: 'isTold(span) && ',
    to: '',
  },
  'whose columns they are': { file: 'columns.js', from: 'columns?.of === spans ? columns', to: 'columns ? columns' },
  parents: { file: 'arrows.js', from: 'this.#add(2 * above, 2 * i)', to: '' },
  'hand-offs': { file: 'arrows.js', from: 'if (handoff >= 0)', to: 'if (handoff < -1)' },
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
  'that numbers occur twice': {
    file: '../../model/stamp-lines.js',
    from: 'stamp[line[at - 1]] === own',
    to: 'false',
  },
  'that a clock ran backwards': {
    file: 'sequences.js',
    from: 'read < latest - TOLERANCE_NANOS)\n',
    to: 'read < latest - TOLERANCE_NANOS - 1e15)\n',
  },
  'to count': { file: 'occurrences.js', from: ' || !fitsCounts(plan.order.nodeTable, counts, times)', to: '' },
  'that a step is nested in itself': {
    file: 'occurrences.js',
    from: '(other === own && plan.nested[own] === 0)',
    to: 'false',
  },
  'that a step has no place': {
    file: 'occurrences.js',
    from: 'owner >= 0 || place >= 0 || plan.named[own] === 0',
    to: 'true',
  },
  'what a place is bound to': { file: 'occurrences.js', from: 'each.under === step && ', to: '' },
  'that the nearest owns what is inside': { file: 'occurrences.js', from: 'owner < 0 && owners', to: 'owners' },
  'what is inside of steps': { file: 'insides.js', from: 'if (!order)', to: 'if (true)' },
  'that what is inside overlaps': {
    file: 'insides.js',
    from: 'this.#areInLine(members, 1)',
    to: 'this.#areInLine(members, 0)',
  },
  'what is certain inside of a step': {
    file: 'insides.js',
    from: 'pairsOf(points, (p, q) => this.#isBefore(p, q))',
    to: '[]',
  },
  'how firmly the inside of a step holds': {
    file: 'prove-conforms.js',
    from: 'undecided: required - proven }, inside)',
    to: 'undecided: required - proven }, { required: 0, proven: 0, undecided: 0 })',
  },
  'that a condition is not decided': { file: 'plan.js', from: 'unresolved.length === 0 ?', to: 'true ?' },
  'what the conditions come to': {
    file: 'plan.js',
    from: 'plansOf(plan)(order)',
    to: 'plansOf(plan)(plan.flow.order)',
  },
  'conditions inside of a step': { file: 'plan.js', from: "node?.kind === 'if' || ", to: '' },
  'that a request is not known to be whole': {
    file: 'prove-conforms.js',
    from: "request.completedBy !== 'accounted' || ",
    to: '',
  },
  'that the flow asks for proof': {
    file: 'prove-conforms.js',
    from: 'plan.flow.prove && order.undecided > 0',
    to: 'false',
  },
  'what the flow does not know': { file: 'shape-steps.js', from: 'this.#names.has(stated)', to: 'true' },
  'calls to stores': { file: 'shape-steps.js', from: 'storeSystemOf(span) === undefined', to: 'true' },
  'rules that are broken': { file: 'rules.js', from: "holds === 'impossible' || ", to: '' },
  'rules that are open': { file: 'rules.js', from: "if (holds === 'open')\n", to: 'if (false)\n' },
  'conditions of rules': {
    file: 'rules.js',
    from: 'when !== undefined || where !== undefined || window !== undefined',
    to: 'false',
  },
  'that a condition of a rule cannot be worked out': { file: 'rules.js', from: 'held.problems.length > 0 || ', to: '' },
  'which occurrence a condition speaks of': {
    file: 'rules.js',
    from: '?.find(({ spanId }) => spanId === id)',
    to: '?.at(0)',
  },
  'windows of rules': {
    file: 'rules.js',
    from: 'return inWindow(window, { from, to, clocks })',
    to: "return 'certain'",
  },
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

/** Two spans that differ in one thing, where the flow wants two of the first kind. */
function lookalikes(first: string, second: string, matcher: Partial<StepMatcher>): JudgedInFull {
  const lines = `
    r s 0-20 server seq=1-6
    x ${first.replace('…', '1-8 name=work seq=2-3')}
    y ${second.replace('…', '9-10 name=work seq=4-5')}`;
  const flow = flowOf(rep('a', 2, 2, true), { unexpected: 'allow' });
  return judgedInFull(
    { ...flow, steps: [{ name: 'a', matcher: { step: 'a', ...matcher }, mayFail: false }] },
    traceOf(lines),
  );
}

const LOOKALIKES: readonly JudgedInFull[] = [
  lookalikes('s <r … step=a', 's <r … step=b', {}),
  lookalikes('s <r … step=a', 't <r … step=a', { service: 's' }),
  lookalikes('s <r … client', 's <r … internal', { kind: 'client' }),
  lookalikes('s <r … client db.system.name=redis', 's <r … client db.system.name=mysql', { client: 'redis' }),
  lookalikes('s <r … n=1', 's <r … n=2', { attributes: { n: 1 } }),
];

/** The second calls a store that the flow does not know of, and says so beside a name that is no text. */
function oddlyNamed(): JudgedInFull {
  const lines = `
    r s 0-20 server seq=1-6 step=a
    x t 1-8 client name=work db.system.name=5 seq=2-3
    y t 9-10 client name=work db.system.name=5 db.system=redis seq=4-5`;
  return judgedInFull(flowOf({ kind: 'step', step: 'a' }, { unexpected: 'forbid' }), traceOf(lines));
}

/** Columns of a step that was quick enough, with one that was not. */
function underFalseColumns(): JudgedInFull {
  const flow = flowOf(seq('a'), { budgets: [{ kind: 'step', step: 'a', limitMs: 5 }] });
  const lastingMs = (ms: number) => judgedInFull(flow, traceOf(`a s 0-${ms} server step=a seq=1-2`));
  const slow = lastingMs(20);
  return { ...slow, request: { ...slow.request, columns: columnsOf(lastingMs(3).request.spans, ledgerOf) } };
}

function withStranger(): JudgedInFull {
  const lines = `
    a s 0-20 server step=a seq=1-4
    x s <a 1-8 step=nobody-knows seq=2-3`;
  return judgedInFull(flowOf(seq('a'), { unexpected: 'forbid' }), traceOf(lines));
}

/** Between two calls the clock of the server jumps by a second. */
function withClockThatJumped(): JudgedInFull {
  const lines = `
    r web 0-100 server seq=1-8
    c web <r 10-20 client http.response.status_code=200 seq=2-4 sent=[3]
    a shop <c 12-18 server from=c.1 step=a seq=1-2
    d web <r 30-40 client http.response.status_code=200 seq=5-7 sent=[6]
    b shop <d 1031-1035 server from=d.1 step=b seq=3-4`;
  return judgedInFull(flowOf(seq('a', 'b')), traceOf(lines));
}

/** The inner of two that may each have it inside has one i too few. */
function nestedOwners(): JudgedInFull {
  const lines = `
    a s 0-20 server step=a seq=1-6
    b s <a 1-18 step=b seq=2-5
    i s <b 2-7 step=i seq=3-4`;
  const flow = flowOf(seq('a', 'b'));
  const twoOrNone = opt(seq('i', 'i'));
  return judgedInFull(
    {
      ...flow,
      steps: [
        { name: 'a', matcher: { step: 'a' }, mayFail: false, inside: opt('i') },
        { name: 'b', matcher: { step: 'b' }, mayFail: false, inside: twoOrNone },
        { name: 'i', matcher: { step: 'i' }, mayFail: false },
      ],
    },
    traceOf(lines),
  );
}

/** What has its place under the first is under the second. */
function underAnother(): JudgedInFull {
  const lines = `
    r s 0-20 server seq=1-8
    a s <r 1-2 step=a seq=2-3
    b s <r 3-9 step=b seq=4-7
    c s <b 4-5 step=c seq=5-6`;
  return judgedInFull(flowOf(par('a', 'b', { kind: 'step', step: 'c', under: 'a' })), traceOf(lines));
}

/** Inside there is what a condition that is false asks for. */
function conditionInside(): JudgedInFull {
  const lines = `
    a s 0-20 server step=a seq=1-4
    i s <a 2-7 step=i seq=2-3`;
  const inside = { kind: 'if', condition: 'false', child: seq('i'), otherwise: seq('j') } as const;
  const steps = ['a', 'i', 'j'].map((name) => ({
    name,
    matcher: { step: name },
    mayFail: false,
    ...(name === 'a' && { inside }),
  }));
  return judgedInFull({ ...flowOf(seq('a')), steps }, traceOf(lines));
}

/** One a and, later, three b of which one says something else of itself. */
function ruledBy(rule: Rule): JudgedInFull {
  const lines = `
    r s 0-99 server
    a s <r 1-2 step=a n=1
    b s <r 50-51 step=b n=2
    c s <r 52-53 step=b n=3
    d s <r 54-55 step=b n=3`;
  return judgedInFull(flowOf(seq('a', rep('b', 1, null, true)), { rules: [rule] }), traceOf(lines, { stamped: true }));
}

const RULED: readonly JudgedInFull[] = [
  ruledBy({ kind: 'precedence', steps: ['a', 'b'], where: 'a.attributes.n == b.attributes.n' }),
  ruledBy({ kind: 'precedence', steps: ['a', 'b'], when: { about: 'b', condition: 'b.attributes.m == 1' } }),
  ruledBy({ kind: 'at-most', steps: ['b'], count: 1, when: { about: 'a', condition: 'a.attributes.n == 3' } }),
  ruledBy({ kind: 'response', steps: ['a', 'b'], window: { limitMs: 9 } }),
];

/** One for each thing that chance seldom brings about. */
const HAND_MADE: readonly JudgedInFull[] = [
  nestedInItself(),
  ...LOOKALIKES,
  oddlyNamed(),
  underFalseColumns(),
  withStranger(),
  withClockThatJumped(),
  nestedOwners(),
  underAnother(),
  conditionInside(),
  ...RULED,
];

/** Requests that follow their flow, and as many of which something is wrong. */
function requests(): readonly JudgedInFull[] {
  const all = [...HAND_MADE];
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

  before(() => {
    judged = requests();
  });
  beforeEach(() => {
    folder = roomForCopy();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** How many requests it says something else of than the full judge. */
  async function misjudged(breakage: Breakage): Promise<number> {
    const broken = await brokenValidators({ ...breakage, file: `sweep/${breakage.file}` }, folder);
    return judged.filter((each) => {
      const swept = sweptOver(each, broken);
      return swept !== undefined && JSON.stringify(swept) !== JSON.stringify(each.full);
    }).length;
  }

  it('nothing misjudges nothing', async () => {
    expect(await misjudged({ file: 'walk.js', from: 'return left === 0', to: 'return left === 0' })).to.equal(0);
  });

  for (const [what, breakage] of Object.entries(BREAKAGES)) {
    it(`${what} misjudges some request`, async () => {
      expect(await misjudged(breakage)).to.be.greaterThan(0);
    });
  }
});
