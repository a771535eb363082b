import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { FINDING_CODES, type FindingCode } from '../../src/model/index.js';
import type { judge } from '../../src/validators/index.js';
import { type Breakage, brokenValidators, roomForCopy } from '../helpers/broken-validators.js';
import { evaluate } from '../helpers/gpu-request.js';
import { CASES, tell } from './cases.js';

/** For each finding, one way to break the code that finds it. */
const MUTATIONS: Readonly<Record<FindingCode, Breakage>> = {
  'missing-step': { file: 'flow/missing-parts.js', from: 'if (told.has(each))', to: 'if (!told.has(each))' },
  'unexpected-step': { file: 'flow/unexpected-step.js', from: "!== 'forbid'", to: "=== 'forbid'" },
  'wrong-order': {
    file: 'conformance/firing.js',
    from: 'byStart[range] === 1 || !this.#occurrence(rank).tied',
    to: 'true',
  },
  'wrong-count': { file: 'flow/edit-counts.js', from: 'observed <= max)', to: 'observed <= max + 1)' },
  'step-failed': { file: 'flow/step-failed.js', from: '?.mayFail', to: '?.mayFail === undefined' },
  'over-budget': { file: 'flow/over-budget.js', from: 'stretch.lowMs > limitMs', to: 'stretch.readMs > limitMs' },
  'context-lost': { file: 'flow/context-lost.js', from: 'held.has(traceId) && a !== b', to: 'false' },
  'span-without-effect': {
    file: 'store/span-without-effect.js',
    from: 'records.length >= effect.count',
    to: 'records.length > 0',
  },
  'effect-without-span': {
    file: 'store/effect-without-span.js',
    from: '|| subject.absence.mayBeUnheard(effect.step)',
    to: '',
  },
  'swallowed-error': {
    file: 'flow/swallowed-error.js',
    from: "other.status.code !== 'error'",
    to: "other.status.code === 'error'",
  },
  'duplicate-effect': {
    file: 'store/duplicate-effect.js',
    from: 'records.length <= effect.count',
    to: 'records.length <= effect.count + 1',
  },
  'wrong-content': { file: 'store/wrong-content.js', from: 'answer.value === false', to: 'answer.value === undefined' },
  'outbox-gap': { file: 'store/outbox-gap.js', from: 'records?.length === 0', to: 'records?.length !== 0' },
  orphan: { file: 'store/orphan.js', from: 'parent.records?.length === 0', to: 'parent.records === undefined' },
  'not-consumed': {
    file: 'store/not-consumed.js',
    from: 'BigInt(position) > BigInt(message.offset)',
    to: 'position > message.offset',
  },
  'vote-integrity': { file: 'store/vote-integrity.js', from: '!byVoter.has(voter)', to: 'true' },
  'double-grant': { file: 'store/double-grant.js', from: 'untilMs > next.fromMs', to: 'untilMs >= next.fromMs' },
  'stale-read': { file: 'flow/stale-read.js', from: 'facts.knownOrder()', to: 'facts.graph' },
  'rule-broken': { file: 'flow/rule-broken.js', from: 'subject.absence.mayStillCome(step)', to: 'false' },
  'invariant-broken': { file: 'flow/invariant-broken.js', from: 'value === false && !partial', to: 'value === false' },
  'forbidden-attribute': { file: 'flow/forbidden-attribute.js', from: 'event.attributes', to: 'event' },
};

async function judgeWith(mutation: Breakage, folder: string): Promise<typeof judge> {
  return (await brokenValidators(mutation, folder)).judge;
}

function failures(code: FindingCode, judging: typeof judge): readonly string[] {
  const { planted, clean } = CASES[code];
  return [...planted, ...clean].flatMap(({ name, evidence, told }) => {
    try {
      return JSON.stringify(tell(judging(evidence(), evaluate))) === JSON.stringify(told) ? [] : [name];
    } catch (problem) {
      return [`${name}: ${String(problem)}`];
    }
  });
}

describe('breaking the code that finds', () => {
  let folder = '';
  beforeEach(() => {
    folder = roomForCopy();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const code of FINDING_CODES) {
    it(`${code} is noticed by its own cases`, async () => {
      expect(failures(code, await judgeWith(MUTATIONS[code], folder))).not.to.deep.equal([]);
    });
  }

  it('nothing is noticed when nothing is broken', async () => {
    const unbroken = await judgeWith({ file: 'index.js', from: 'judge.js', to: 'judge.js' }, folder);
    for (const code of FINDING_CODES) expect(failures(code, unbroken), code).to.deep.equal([]);
  });
});
