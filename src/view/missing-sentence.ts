import { type FindingOf, firstFew } from '../model/index.js';
import { count, list } from './words.js';

/** What is missing, after what, and what else is missing because of it. */
export function missingSentence({ step = '', facts }: FindingOf<'missing-step'>): string {
  const { after, beside = [], inside, or = [], stopped } = facts;
  const last = [...(after === undefined ? [] : [after]), ...beside].reverse();
  const where = `${last.length === 0 ? '' : ` after ${few(last)}`}${inside === undefined ? '' : ` inside \`${inside}\``}`;
  const missing = missingThings(step, facts);
  if (or.length > 0 && missing.length === 1) {
    return `${stopped ? `The request stopped${where}: none` : `The flow requires one${where}, and none`} of ${few([step, ...or])} happened.`;
  }
  if (stopped) return `The request stopped${where}: ${all(missing)} never happened.`;
  const [first = '', ...later] = missing;
  return `The flow requires ${first}${where}, and no span is ${facts.part ? 'any of it' : 'it'}${later.length === 0 ? '' : ` (nor ${all(later)})`}${insteadOf(facts)}.`;
}

function insteadOf({ instead }: FindingOf<'missing-step'>['facts']): string {
  if (!instead) return '';
  const { condition } = instead;
  const came = `${few(instead.steps)} came instead`;
  return condition ? `: ${came}, though ${condition.expression} is ${condition.holds}` : `: ${came}, of another branch`;
}

/** The step, or the whole sub-flow that it begins, and what is missing besides. */
function missingThings(step: string, { part, later, under }: FindingOf<'missing-step'>['facts']): readonly string[] {
  const hung = under === undefined ? '' : ` under \`${under}\``;
  const first = part ? `all of \`${part.name}\` (${few(part.steps)})` : `\`${step}\`${hung}`;
  const others = later.filter((each) => !part?.steps.includes(each));
  return [first, ...others.map((each) => `\`${each}\``)];
}

const FEW = 3;

function few(steps: readonly string[]): string {
  return list(firstFew(steps, { most: FEW, tell: (step) => `\`${step}\`` }));
}

/** The first by name; the others too, if they are few. */
function all(things: readonly string[]): string {
  if (things.length <= FEW) return list(things);
  const [first = '', ...later] = things;
  return first.startsWith('`') || first.startsWith('all of')
    ? `${first} and ${count(later.length, 'later step')}`
    : count(things.length, 'later step');
}
