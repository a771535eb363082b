import type { FindingOf, Rule } from '../model/index.js';
import { duration, list } from './words.js';

/** What a broken rule asked, and what was there instead. */
export function ruleSentence({ facts: { rule, observed } }: FindingOf<'rule-broken'>): string {
  return `${PROBLEMS[rule.kind](rule, observed)}${conditions(rule)}.`;
}

type Problem = (rule: Rule, observed: readonly number[]) => string;

const name = (step: string | undefined): string => `\`${step ?? ''}\``;
const times = (n: number | undefined): string =>
  n === 1 ? 'once' : n === 2 ? 'twice' : n === 0 ? 'never' : `${n} times`;

function noneOf(steps: readonly string[]): string {
  const names = steps.map(name);
  return steps.length === 2 ? `Neither ${list(names, 'nor')}` : `None of ${list(names)}`;
}

const occurred =
  (wanted: string): Problem =>
  ({ steps: [a], count }, [seen]) =>
    `${name(a)} happened ${times(seen)}; the flow requires it ${wanted}${times(count)}`;

const pair =
  (tell: (a: string, b: string) => string): Problem =>
  ({ steps: [a, b] }) =>
    tell(name(a), name(b));

const PROBLEMS: Readonly<Record<Rule['kind'], Problem>> = {
  existence: ({ steps: [a] }) => `${name(a)} never happened, and the flow requires it`,
  absence: ({ steps: [a] }, [seen]) => `${name(a)} happened ${times(seen)}; the flow forbids it`,
  exactly: occurred(''),
  'at-least': occurred('at least '),
  'at-most': occurred('at most '),
  choice: ({ steps }) => `${noneOf(steps)} happened; the flow requires one`,
  'exclusive-choice': ({ steps }, observed) => {
    const seen = steps.filter((_, i) => (observed[i] ?? 0) > 0);
    return seen.length === 0
      ? `${noneOf(steps)} happened; the flow requires exactly one`
      : `${list(seen.map(name))} happened; the flow allows only one of them`;
  },
  init: ({ steps: [a] }) => `The request did not begin with ${name(a)}`,
  end: ({ steps: [a] }) => `The request did not end with ${name(a)}`,
  'responded-existence': pair((a, b) => `${a} happened, and no ${b} belongs to it`),
  'co-existence': ({ steps: [a, b] }, [seenA = 0]) =>
    seenA > 0 ? `${name(a)} happened without ${name(b)}` : `${name(b)} happened without ${name(a)}`,
  response: pair((a, b) => `${a} happened, and no ${b} came after it`),
  precedence: pair((a, b) => `${b} happened, and no ${a} came before it`),
  succession: pair((a, b) => `${a} and ${b} do not follow each other: one of them stands alone`),
  'alternate-response': pair((a, b) => `${a} happened, and no ${b} came after it before the next ${a}`),
  'alternate-precedence': pair((a, b) => `${b} happened, and no ${a} came before it since the last ${b}`),
  'alternate-succession': pair((a, b) => `${a} and ${b} do not take turns`),
  'chain-response': pair((a, b) => `${a} happened, and ${b} was not the next thing after it`),
  'chain-precedence': pair((a, b) => `${b} happened, and ${a} was not the last thing before it`),
  'chain-succession': pair((a, b) => `${a} and ${b} do not follow each other directly`),
  'not-responded-existence': pair((a, b) => `${a} and ${b} both happened; the flow forbids it`),
  'not-co-existence': pair((a, b) => `${a} and ${b} both happened; the flow forbids it`),
  'not-response': pair((a, b) => `${b} came after ${a}; the flow forbids it`),
  'not-precedence': pair((a, b) => `${a} came before ${b}; the flow forbids it`),
  'not-succession': pair((a, b) => `${b} followed ${a}; the flow forbids it`),
  'not-chain-response': pair((a, b) => `${b} was the next thing after ${a}; the flow forbids it`),
  'not-chain-precedence': pair((a, b) => `${a} was the last thing before ${b}; the flow forbids it`),
  'not-chain-succession': pair((a, b) => `${b} followed ${a} directly; the flow forbids it`),
};

function conditions({ when, where, window }: Rule): string {
  const parts = [
    ...(when ? [`when ${when.condition}`] : []),
    ...(where === undefined ? [] : [`where ${where}`]),
    ...(window?.limitMs === undefined ? [] : [`within ${duration(window.limitMs)}`]),
    ...(window?.leastMs === undefined ? [] : [`not sooner than ${duration(window.leastMs)}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
