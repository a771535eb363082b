import type { Rule, StepInScope } from '../../model/index.js';
import { nameInExpressions } from '../../model/index.js';
import type { Evaluate } from '../evaluate.js';
import type { Clocks } from '../flow/clocks.js';
import type { ClockReading, Occurrence } from '../flow/facts.js';
import { reachability } from '../flow/reach.js';
import type { ProvenOrder, Subject } from '../subject.js';
import { both, type Certainty, type Happenings } from './happenings.js';
import type { RuleCase } from './rule-holds.js';

const NANOS_PER_MS = 1_000_000;

/** The occurrences of a request as rules look at them: happening i is occurrence i. */
function happeningsOf({ occurrences, facts }: ProvenOrder, rules: readonly Rule[]): Happenings {
  const nodeOf = (point: number): number | undefined => {
    const occurrence = occurrences[point >> 1];
    return point % 2 === 0 ? occurrence?.start : occurrence?.end;
  };
  let reaches: ReturnType<typeof reachability>;
  return {
    steps: occurrences.map(({ step }) => step),
    before: (p, q) => {
      const [from, to] = [nodeOf(p), nodeOf(q)];
      if (from === undefined || to === undefined) return false;
      reaches ??= reachability(facts.certain, pointsThatMatter(occurrences, rules));
      return reaches?.(from, to) === true;
    },
    causes: (i, j) => {
      const [a, b] = [occurrences[i], occurrences[j]];
      return a !== undefined && b !== undefined && facts.causes(a, b);
    },
    isTied: (i) => occurrences[i]?.tied === true,
  };
}

export interface RuleConditions {
  /** What the rule's condition is of each happening that it is asked of; undefined where it could not be worked out. */
  readonly answers: ReadonlyMap<number, boolean | undefined>;
  readonly problems: readonly string[];
}

/** The points of the steps that the rules speak of; of all, where some rule is about neighbours or about what is first and last. */
function pointsThatMatter(occurrences: readonly Occurrence[], rules: readonly Rule[]): readonly number[] {
  const isAboutAll = rules.some(({ kind }) => kind === 'init' || kind === 'end' || kind.includes('chain'));
  const matters = ({ step }: Occurrence): boolean => isAboutAll || rules.some(({ steps }) => steps.includes(step));
  return occurrences.filter(matters).flatMap(({ start, end }) => (end === undefined ? [start] : [start, end]));
}

/** What a rule's conditions are worked out by. */
export interface RuleSurroundings {
  readonly happenings: Happenings;
  /** What an expression comes to in the scope of the request, with these names besides. */
  readonly ask: (expression: string, names: Readonly<Record<string, unknown>>) => ReturnType<Evaluate>;
  /** A happening, as expressions speak of it. */
  readonly inScope: (happening: number) => StepInScope | undefined;
  /** Whether the time from the end of one happening to that of another lies within a window. */
  readonly isTimely: (window: RuleWindow, pair: readonly [number, number]) => Certainty;
}

type RuleWindow = NonNullable<Rule['window']>;

/** The occurrences of a request, and what is known of them, as the conditions of its rules ask for it. */
export function ruleSurroundings(
  { subject, order, evaluate }: { readonly subject: Subject; readonly order: ProvenOrder; readonly evaluate: Evaluate },
  rules: readonly Rule[],
): RuleSurroundings {
  return {
    happenings: happeningsOf(order, rules),
    ask: (expression, names) => evaluate(expression, { ...subject.evidence.scope, ...names }),
    inScope: (i) => scopeOf(subject, order.occurrences[i]),
    isTimely: (window, pair) => {
      const [from, to] = pair.map((i) => endOf(i, order));
      return inWindow(window, { from, to, clocks: order.facts.clocks });
    },
  };
}

function endOf(happening: number, { occurrences, facts }: ProvenOrder): ClockReading | undefined {
  const end = occurrences[happening]?.end;
  return end === undefined ? undefined : facts.readingOf(end);
}

/** A rule with its conditions worked out for this request; the expressions that could not be are `problems`. */
export function ruleCase(rule: Rule, around: RuleSurroundings): RuleCase & RuleConditions {
  const { happenings, inScope } = around;
  const problems = new Set<string>();
  const ask = (expression: string, names: Readonly<Record<string, unknown>>): boolean | undefined => {
    const answer = around.ask(expression, names);
    if ('error' in answer) problems.add(`${expression}: ${answer.error}`);
    else if (typeof answer.value === 'boolean') return answer.value;
    else problems.add(`${expression} is neither true nor false`);
    return undefined;
  };
  const { when, where, window } = rule;
  const about = when && rule.steps[when.about === 'a' ? 0 : 1];
  const answers = new Map<number, boolean | undefined>();
  happenings.steps.forEach((step, i) => {
    if (when && step === about) answers.set(i, ask(when.condition, { [when.about]: inScope(i) }));
  });
  const known = new Map<string, Certainty>();
  const pairs = (a: number, b: number): Certainty => {
    const key = `${a} ${b}`;
    const before = known.get(key);
    if (before) return before;
    const together = where === undefined ? 'certain' : asCertainty(ask(where, { a: inScope(a), b: inScope(b) }));
    const pair = both(together, window ? around.isTimely(window, [a, b]) : 'certain');
    known.set(key, pair);
    return pair;
  };
  const selective = where !== undefined || window !== undefined;
  if (where !== undefined) askAll(rule, { happenings, pairs });
  return { happenings, leftOut: (i) => answers.get(i) === false, pairs, selective, answers, problems: [...problems] };
}

/** Works every pair out, so that all problems are known before the rule is judged. */
function askAll(
  { steps: [first, second] }: Rule,
  { happenings, pairs }: { readonly happenings: Happenings; readonly pairs: RuleCase['pairs'] },
): void {
  happenings.steps.forEach((a, i) => {
    if (a !== first) return;
    happenings.steps.forEach((b, j) => {
      if (b === second) pairs(i, j);
    });
  });
}

function asCertainty(answer: boolean | undefined): Certainty {
  return answer === undefined ? 'open' : answer ? 'certain' : 'impossible';
}

function scopeOf(subject: Subject, occurrence: Occurrence | undefined): StepInScope | undefined {
  if (!occurrence) return undefined;
  const { step, traceStep } = occurrence;
  const place = subject.stepsNamed(step).indexOf(traceStep);
  return subject.evidence.scope.steps[nameInExpressions(step)]?.[place];
}

/** Whether the time from one reading to another lies within the window, whatever the clocks are off by. */
export function inWindow(
  { leastMs = -Infinity, limitMs = Infinity }: RuleWindow,
  {
    from,
    to,
    clocks,
  }: {
    readonly from: ClockReading | undefined;
    readonly to: ClockReading | undefined;
    readonly clocks: Pick<Clocks, 'bound'>;
  },
): Certainty {
  if (!from || !to) return 'open';
  const read = to.time - from.time;
  const low = (read - clocks.bound(from.process, to.process)) / NANOS_PER_MS;
  const high = (read + clocks.bound(to.process, from.process)) / NANOS_PER_MS;
  if (low > limitMs || high < leastMs) return 'impossible';
  return high <= limitMs && low >= leastMs ? 'certain' : 'open';
}
