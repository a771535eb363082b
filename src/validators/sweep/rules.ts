import { nameInExpressions, type Strength } from '../../model/index.js';
import type { ClockReading } from '../flow/facts.js';
import { NO_STRENGTH } from '../flow/strength.js';
import type { Happenings } from '../rules/happenings.js';
import { inWindow, type RuleSurroundings, ruleCase } from '../rules/rule-case.js';
import { ruleHolds } from '../rules/rule-holds.js';
import type { SweepPlan } from './plan.js';
import type { Reading } from './reading.js';
import type { Gathered, Walk } from './walk.js';

type Asked = Pick<Reading, 'evaluate' | 'scope'>;
type SweptRule = SweepPlan['rules'][number];

/** Holds the rules of flows against requests that were walked. */
export class Rules {
  readonly #gathered: Gathered;
  readonly #walk: Walk;

  constructor(gathered: Gathered, walk: Walk) {
    this.#gathered = gathered;
    this.#walk = walk;
  }

  /** How firmly the rules of a flow hold; undefined if one of them is broken, or is not proven where the flow asks for proof. */
  prove(plan: SweepPlan, reading: Asked): Strength | undefined {
    const { rules, flow } = plan;
    if (rules.length === 0) return NO_STRENGTH;
    let around: RuleSurroundings | undefined;
    let proven = 0;
    for (const each of rules) {
      if (!this.#isPlainlyCertain(each)) {
        around ??= this.#around(plan, reading);
        const held = ruleCase(each.rule, around);
        const { holds } = ruleHolds(each.rule, held);
        if (held.problems.length > 0 || holds === 'impossible' || (holds === 'open' && flow.prove)) return undefined;
        if (holds === 'open') continue;
      }
      proven++;
    }
    return { required: rules.length, proven, undecided: rules.length - proven };
  }

  /** True of the commonest rules where they certainly hold. False says nothing. */
  #isPlainlyCertain({ rule: { kind, count = 0, when, where, window }, a, b }: SweptRule): boolean {
    if (when !== undefined || where !== undefined || window !== undefined) return false;
    switch (kind) {
      case 'at-most':
        return this.#countOf(a) <= count;
      case 'at-least':
        return this.#countOf(a) >= count;
      case 'exactly':
        return this.#countOf(a) === count;
      case 'precedence':
        return this.#isEachAnswered(b, a, 'before');
      case 'response':
        return this.#isEachAnswered(a, b, 'after');
      default:
        return false;
    }
  }

  #stepOf(occurrence: number): number {
    const { occurrences, columns } = this.#gathered;
    return columns.step[occurrences.span[occurrence] as number] as number;
  }

  #countOf(step: number): number {
    let count = 0;
    for (let i = 0; i < this.#gathered.occurrences.count; i++) if (this.#stepOf(i) === step) count++;
    return count;
  }

  /** True if for each occurrence of the one step some of the other certainly comes before it, or after it. */
  #isEachAnswered(asking: number, answering: number, when: 'before' | 'after'): boolean {
    const { count } = this.#gathered.occurrences;
    for (let i = 0; i < count; i++) {
      if (this.#stepOf(i) !== asking) continue;
      let j = 0;
      while (j < count && !(this.#stepOf(j) === answering && this.#precedes(i, j, when))) j++;
      if (j === count) return false;
    }
    return true;
  }

  #precedes(i: number, j: number, when: 'before' | 'after'): boolean {
    return i !== j && (when === 'before' ? this.#isCertain(j, i) : this.#isCertain(i, j));
  }

  /** The one is a cause of the other, or ends before it starts. */
  #isCertain(first: number, second: number): boolean {
    return this.#walk.isAbove(first, second) || this.#isBefore(2 * first + 1, 2 * second);
  }

  /** Point 2i is the start of occurrence i, 2i + 1 its end. */
  #isBefore(p: number, q: number): boolean {
    const { span } = this.#gathered.occurrences;
    return this.#walk.isBefore(2 * (span[p >> 1] as number) + (p & 1), 2 * (span[q >> 1] as number) + (q & 1));
  }

  #endOf(occurrence: number): ClockReading {
    const { columns, occurrences } = this.#gathered;
    const end = 2 * (occurrences.span[occurrence] as number) + 1;
    return { process: columns.process[end] as number, time: columns.time[end] as number };
  }

  /** The scope is asked for where a condition speaks of it: most requests are proven without one. */
  #around({ flow }: SweepPlan, reading: Asked): RuleSurroundings {
    const { columns, occurrences, clocks } = this.#gathered;
    const steps: string[] = [];
    for (let i = 0; i < occurrences.count; i++) steps.push(flow.steps[this.#stepOf(i)]?.name ?? '');
    const happenings: Happenings = {
      steps,
      before: (p, q) => this.#isBefore(p, q),
      causes: (i, j) => this.#walk.isAbove(i, j),
      isTied: () => true,
    };
    return {
      happenings,
      ask: (expression, names) => reading.evaluate(expression, { ...reading.scope, ...names }),
      inScope: (i) => {
        const id = columns.spans[occurrences.span[i] as number]?.spanId;
        return reading.scope.steps[nameInExpressions(steps[i] ?? '')]?.find(({ spanId }) => spanId === id);
      },
      isTimely: (window, pair) => {
        const [from, to] = pair.map((i) => this.#endOf(i));
        return inWindow(window, { from, to, clocks });
      },
    };
  }
}
