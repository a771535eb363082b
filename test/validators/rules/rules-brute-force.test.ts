import { expect } from 'chai';
import { BINARY_RULES, COUNT_RULES, type Rule, type RuleKind } from '../../../src/model/index.js';
import type { Happenings } from '../../../src/validators/rules/happenings.js';
import { ruleHolds } from '../../../src/validators/rules/rule-holds.js';
import { seeded } from '../../helpers/seeded.js';

type Random = ReturnType<typeof seeded>;

const KINDS: readonly RuleKind[] = [
  'init',
  'end',
  'existence',
  'absence',
  ...COUNT_RULES,
  'choice',
  'exclusive-choice',
  ...BINARY_RULES,
];

/** The happenings of one world, each with the moments of its points. */
interface Timed {
  readonly step: string;
  readonly start: number;
  readonly end: number;
  readonly causes: ReadonlySet<number>;
}

/**
 * DECLARE's templates as their formulas read, over a world: `F`, `G` and `U` range over what comes after. Written from the formulas, not from the
 * checker.
 */
function holdsInWorld(rule: Rule, world: readonly Timed[]): boolean {
  const [first, second] = rule.steps;
  const all = world.map((_, i) => i);
  const as = all.filter((i) => world[i]!.step === first);
  const bs = all.filter((i) => world[i]!.step === second);
  const comesBefore = (i: number, j: number): boolean =>
    i !== j && (world[j]!.causes.has(i) || world[i]!.end < world[j]!.start);
  const after = (i: number): readonly number[] => all.filter((j) => comesBefore(i, j));
  const earlier = (i: number): readonly number[] => all.filter((j) => comesBefore(j, i));
  const isA = (i: number): boolean => as.includes(i);
  const isB = (i: number): boolean => bs.includes(i);
  const future = (i: number): boolean => after(i).some(isB);
  const past = (i: number): boolean => earlier(i).some(isA);
  /** b comes, and until then nothing that `stop` is true of. */
  const until = (i: number, stop: (x: number) => boolean): boolean =>
    after(i).some((b) => isB(b) && !after(i).some((x) => x !== b && stop(x) && comesBefore(x, b)));
  const since = (i: number, stop: (x: number) => boolean): boolean =>
    earlier(i).some((a) => isA(a) && !earlier(i).some((x) => x !== a && stop(x) && comesBefore(a, x)));
  const always = (): boolean => true;
  switch (rule.kind) {
    case 'init':
      return as.some((a) => earlier(a).length === 0);
    case 'end':
      return as.some((a) => after(a).length === 0);
    case 'existence':
      return as.length >= 1;
    case 'absence':
      return as.length === 0;
    case 'exactly':
      return as.length === rule.count;
    case 'at-least':
      return as.length >= rule.count!;
    case 'at-most':
      return as.length <= rule.count!;
    case 'choice':
      return as.length + bs.length > 0;
    case 'exclusive-choice':
      return as.length > 0 !== bs.length > 0;
    case 'responded-existence':
      return as.length === 0 || bs.length > 0;
    case 'co-existence':
      return as.length > 0 === bs.length > 0;
    case 'response':
      return as.every(future);
    case 'precedence':
      return bs.every(past);
    case 'succession':
      return as.every(future) && bs.every(past);
    case 'alternate-response':
      return as.every((a) => until(a, isA));
    case 'alternate-precedence':
      return bs.every((b) => since(b, isB));
    case 'alternate-succession':
      return as.every((a) => until(a, isA)) && bs.every((b) => since(b, isB));
    case 'chain-response':
      return as.every((a) => until(a, always));
    case 'chain-precedence':
      return bs.every((b) => since(b, always));
    case 'chain-succession':
      return as.every((a) => until(a, always)) && bs.every((b) => since(b, always));
    case 'not-responded-existence':
    case 'not-co-existence':
      return as.length === 0 || bs.length === 0;
    case 'not-response':
    case 'not-precedence':
    case 'not-succession':
      return !as.some(future);
    case 'not-chain-response':
    case 'not-chain-precedence':
    case 'not-chain-succession':
      return !as.some((a) => until(a, always));
    default:
      return rule.kind satisfies never;
  }
}

interface Poset {
  readonly steps: readonly string[];
  readonly before: readonly (readonly boolean[])[];
  readonly causes: readonly ReadonlySet<number>[];
}

/** Happenings in one true order of their points, of which a part is certain. */
function randomPoset(random: Random): Poset {
  const count = 1 + random.below(4);
  const points: number[] = [];
  const open: number[] = [];
  for (let started = 0; points.length < 2 * count; ) {
    if (started < count && (open.length === 0 || random.below(2) === 0)) {
      points.push(2 * started);
      open.push(started++);
    } else points.push(2 * open.splice(random.below(open.length), 1)[0]! + 1);
  }
  const causes: Set<number>[] = Array.from({ length: count }, () => new Set());
  for (let i = 1; i < count; i++) {
    if (random.below(4) > 0) continue;
    const parent = random.below(i);
    causes[i] = new Set([parent, ...causes[parent]!]);
  }
  const density = random.next();
  const before = Array.from({ length: 2 * count }, () => new Array<boolean>(2 * count).fill(false));
  points.forEach((p, at) => {
    for (const q of points.slice(at + 1)) before[p]![q] = random.next() < density || (p % 2 === 0 && q === p + 1);
  });
  for (const [i, ancestors] of causes.entries()) for (const a of ancestors) before[2 * a]![2 * i] = true;
  for (const k of before.keys()) {
    for (const i of before.keys()) for (const j of before.keys()) before[i]![j] ||= before[i]![k]! && before[k]![j]!;
  }
  return { steps: causes.map(() => random.pick(['a', 'a', 'b', 'b', 'c'])), before, causes };
}

function happeningsOf({ steps, before, causes }: Poset): Happenings {
  return {
    steps,
    before: (p, q) => before[p]![q]!,
    causes: (i, j) => causes[j]!.has(i),
    isTied: () => true,
  };
}

/** Every order of the points, as worlds. */
function* worldsOf({ steps, before, causes }: Poset): Generator<readonly Timed[]> {
  const points = before.length;
  const at = new Map<number, number>();
  function* extend(): Generator<readonly Timed[]> {
    if (at.size === points) {
      yield steps.map((step, i) => ({ step, start: at.get(2 * i)!, end: at.get(2 * i + 1)!, causes: causes[i]! }));
      return;
    }
    for (let p = 0; p < points; p++) {
      if (at.has(p) || before.some((row, q) => row[p] && !at.has(q))) continue;
      at.set(p, at.size);
      yield* extend();
      at.delete(p);
    }
  }
  yield* extend();
}

function answerOf(rule: Rule, poset: Poset): string {
  return ruleHolds(rule, {
    happenings: happeningsOf(poset),
    leftOut: () => false,
    pairs: () => 'certain',
    selective: false,
  }).holds;
}

function byBruteForce(rule: Rule, poset: Poset): 'certain' | 'open' | 'impossible' {
  let holding = false;
  let breaking = false;
  for (const world of worldsOf(poset)) {
    if (holdsInWorld(rule, world)) holding = true;
    else breaking = true;
    if (holding && breaking) return 'open';
  }
  return holding ? 'certain' : 'impossible';
}

function ruleOf(kind: RuleKind, random: Random): Rule {
  const counted = COUNT_RULES.some((one) => one === kind);
  return { kind, steps: ['a', 'b'], ...(counted ? { count: random.below(4) } : {}) };
}

const POSETS = Number(process.env['TRACECOURT_RULE_POSETS'] ?? 5_000);

describe('the rules against brute force', () => {
  for (const kind of KINDS) {
    it(`${kind} is broken in every order or certain in every order, on ${POSETS} posets`, function () {
      this.timeout(10_800_000);
      const seen = { certain: 0, open: 0, impossible: 0 };
      for (let seed = 1; seed <= POSETS; seed++) {
        const random = seeded(seed);
        const rule = ruleOf(kind, random);
        const poset = randomPoset(random);
        const expected = byBruteForce(rule, poset);
        seen[expected]++;
        const answer = answerOf(rule, poset);
        if (answer !== expected) {
          const told = JSON.stringify({ ...poset, causes: poset.causes.map((each) => [...each]) });
          expect.fail(`seed ${seed}: ${answer}, expected ${expected} for ${kind} on ${told}`);
        }
      }
      expect(seen.certain).to.be.greaterThan(POSETS / 50);
      expect(seen.impossible).to.be.greaterThan(POSETS / 50);
    });
  }

  it('says of every word up to six letters what the formula says', () => {
    const words = ['', ...wordsUpTo(6, ['a', 'b', 'c'])];
    expect(words).to.have.length(1093);
    for (const kind of KINDS) {
      for (const word of words) {
        const letters = [...word];
        const rule: Rule = {
          kind,
          steps: ['a', 'b'],
          ...(COUNT_RULES.some((one) => one === kind) ? { count: 2 } : {}),
        };
        const world = letters.map((step, i): Timed => ({ step, start: 2 * i, end: 2 * i + 1, causes: new Set() }));
        const happenings: Happenings = {
          steps: letters,
          before: (p, q) => p < q,
          causes: () => false,
          isTied: () => true,
        };
        const answer = ruleHolds(rule, { happenings, leftOut: () => false, pairs: () => 'certain', selective: false });
        expect(answer.holds, `${kind} on "${word}"`).to.equal(holdsInWorld(rule, world) ? 'certain' : 'impossible');
      }
    }
  });
});

function wordsUpTo(length: number, letters: readonly string[]): readonly string[] {
  if (length === 0) return [];
  const shorter = wordsUpTo(length - 1, letters);
  return [...letters, ...shorter.flatMap((word) => letters.map((letter) => letter + word))];
}
