import type { CycleEdge, Finding, FindingCode, FindingOf } from '../model/index.js';
import { missingSentence } from './missing-sentence.js';
import { ruleSentence } from './rule-sentence.js';
import { count, duration, list, storeWord } from './words.js';

/** What a finding means, in one sentence: who did what, and what the flow expected instead. */
export function findingSentence(finding: Finding): string {
  return (SENTENCES[finding.code] as (finding: Finding) => string)(finding);
}

const SENTENCES: { readonly [C in FindingCode]: (finding: FindingOf<C>) => string } = {
  'missing-step': missingSentence,
  'unexpected-step': unexpectedSentence,
  'wrong-order': ({ facts }) => orderSentence(facts.cycle),
  'wrong-count': countSentence,
  'step-failed': ({ step, service, facts }) => {
    const what = step === undefined ? 'The request failed' : `\`${step}\` failed in ${by(service)}`;
    return `${what}${facts.message === '' ? '' : `: ${facts.message}`}.`;
  },
  'over-budget': budgetSentence,
  'context-lost': ({ service, facts }) =>
    `The context broke on the way to ${by(service)}: ${count(facts.traceIds.length, 'trace')} of this request ` +
    `${facts.traceIds.length === 1 ? 'is' : 'are'} tied to it by ${TIES[facts.by] ?? facts.by} alone, with neither parent nor link.`,
  'span-without-effect': ({ step, service, store, facts }) =>
    `\`${step}\` says in ${by(service)} that it succeeded, but ${storeWord(store)} has ` +
    `${facts.observedCount === 0 ? 'nothing' : `only ${facts.observedCount} of ${facts.expectedCount}`} under ${facts.where}.`,
  'effect-without-span': ({ step, store, facts }) =>
    `${capital(storeWord(store))} holds what \`${step}\` leaves (${facts.where}), but no span says that \`${step}\` happened.`,
  'swallowed-error': ({ step, service, facts }) =>
    `\`${step}\` says in ${by(service)} that it succeeded, although its ${facts.client} call failed` +
    `${facts.message === '' ? '' : ` (${facts.message})`} and was not made good.`,
  'duplicate-effect': ({ step, store, facts }) =>
    `\`${step}\` left ${count(facts.observedCount, 'record')} in ${storeWord(store)} under ${facts.where}; ` +
    `the flow allows ${facts.expectedCount}.`,
  'wrong-content': ({ step, store, facts }) =>
    `What \`${step}\` left in ${storeWord(store)} under ${facts.where} is not what the flow expects: ${facts.expect} is false.`,
  'outbox-gap': ({ facts }) =>
    `\`${facts.commit}\` is committed (${facts.committed}), but \`${facts.publish}\` never followed: nobody was told.`,
  orphan: ({ step, store, facts }) =>
    `${capital(storeWord(store))} holds what \`${step}\` leaves (${facts.where}), but what it belongs to, left by \`${facts.parent}\`, does not exist.`,
  'not-consumed': ({ facts }) =>
    `Group \`${facts.group}\` has not consumed the message: it stands at ` +
    `${facts.committedOffset === undefined ? 'no committed offset' : `offset ${facts.committedOffset}`} in partition ${facts.partition}, the message is at ${facts.offset}.`,
  'vote-integrity': ({ facts }) => voteSentence(facts),
  'double-grant': ({ step, store, facts }) =>
    `\`${step}\` granted a ${facts.resource} that was taken: ${storeWord(store)} holds ` +
    `${count(facts.holding, 'grant')} of it for one time, and there is room for ${facts.capacity}.`,
  'stale-read': ({ step, service, facts }) =>
    `\`${step}\` gave version ${facts.version} of the ${facts.of} in ${by(service)}, although ` +
    `${list(facts.by.map((each) => `\`${each}\``))} had told of version ${facts.known} before it began.`,
  'rule-broken': ruleSentence,
  'invariant-broken': ({ facts }) => `The invariant \`${facts.name}\` does not hold: ${facts.expression} is false.`,
  'forbidden-attribute': ({ service, facts }) =>
    `${by(service)} put \`${facts.attribute}\` on ${count(facts.spans, 'span')}; the flow forbids ${facts.pattern}.`,
};

function budgetSentence({ facts }: FindingOf<'over-budget'>): string {
  const { budget, bound, limitMs, observedMs, isExact, isReversed } = facts;
  if (isReversed) {
    const [from = '', to = ''] = budget.split(' -> ');
    return `\`${to}\` ended before \`${from}\` did; from the end of \`${from}\` to that of \`${to}\` it must take at least ${duration(limitMs)}.`;
  }
  return bound === 'limit'
    ? `${budgeted(budget)} took ${isExact ? '' : 'at least '}${duration(observedMs)}; its budget is ${duration(limitMs)}.`
    : `${budgeted(budget)} took ${isExact ? '' : 'at most '}${duration(observedMs)}; it must take at least ${duration(limitMs)}.`;
}

function unexpectedSentence({ step, service, facts }: FindingOf<'unexpected-step'>): string {
  const { known, branch, also = [], condition, under, between } = facts;
  const did = `${by(service)} did ${list([step ?? facts.spanName, ...also].map((each) => `\`${each}\``))}`;
  if (!known) return `${did}, which the flow does not know.`;
  if (branch !== undefined) return `${did}, which this request excludes: it took the branch of \`${branch}\`.`;
  if (condition) return `${did}, which this request excludes: ${condition.expression} is ${condition.holds}.`;
  if (under)
    return `${did}, but not under ${list(
      under.map((each) => `\`${each}\``),
      'or',
    )}, where the flow wants it.`;
  if (between !== undefined)
    return `${did}, but not between two rounds of \`${between}\`, where the flow has its place.`;
  return `${did} where the flow has no place for it.`;
}

function countSentence({ step = '', facts }: FindingOf<'wrong-count'>): string {
  const { also = [], under, observed, min, inRound } = facts;
  const steps = list([step, ...also].map((each) => `\`${each}\``));
  const each = also.length === 0 ? '' : ' each';
  const where = `${under === undefined ? '' : ` under \`${under}\``}${inRound ? ' in one of the rounds' : ''}`;
  const did =
    facts.of === 'attempts'
      ? `took ${count(observed, 'attempt')}`
      : facts.of === 'rounds'
        ? `went round ${times(observed)}${where}`
        : `happened ${times(observed)}${each}${where}`;
  return `${steps} ${did}; the flow ${observed < min ? 'requires' : 'allows'} ${bounds(facts)}.`;
}

/** What ties a trace to a request, by the name of the join. */
const TIES: Readonly<Record<string, string>> = {
  'request-id': 'the request id',
  correlation: 'an attribute that correlates them',
};

function voteSentence(facts: FindingOf<'vote-integrity'>['facts']): string {
  const tally = `${facts.approvals} of ${count(facts.votes, 'vote')} approved, ${facts.needed} of ${facts.of} are needed`;
  const stored = facts.outcomeStored ? 'approved' : 'not approved';
  switch (facts.problem) {
    case 'too-few-votes':
      return `The decision was taken without enough votes: ${tally}.`;
    case 'outcome-differs':
      return `The stored outcome (${stored}) is not the outcome of the vote: ${tally}.`;
    case 'too-many-votes':
      return `There are more votes than members: ${tally}.`;
    case 'counted-twice':
      return `A member's vote was counted twice: ${tally}.`;
    default:
      return facts.problem satisfies never;
  }
}

/** What a budget is of: the request, a step, each attempt of a step, or the stretch between two. */
function budgeted(budget: string): string {
  if (budget === 'total') return 'The request';
  const attempt = /^(.*) per attempt$/.exec(budget);
  if (attempt) return `An attempt of \`${attempt[1]}\``;
  const [from, to] = budget.split(' -> ');
  return to === undefined ? `\`${from}\`` : `What lies between \`${from}\` and \`${to}\``;
}

/** Told from the arrow that was seen, against the arrow that the flow requires. */
function orderSentence(cycle: readonly CycleEdge[]): string {
  const seen = cycle.filter(({ because }) => because.kind !== 'flow' && because.kind !== 'span');
  const law = lawOf(cycle);
  if (seen.length === 0) return `The flow requires ${law}, and they are nested the other way round.`;
  return `${capital(list(seen.map(seenEdge), seen.length > 1 ? ', and' : 'and'))}; the flow requires ${law}.`;
}

function lawOf(cycle: readonly CycleEdge[]): string {
  const required = cycle.flatMap(({ from, to, because }) => (because.kind === 'flow' ? [{ from, to, because }] : []));
  if (required.every(({ because }) => because.serial)) return 'one after the other';
  return list(
    required.map(
      ({ from, to }) =>
        `${from.step === to.step ? 'one ' : ''}\`${from.step}\` before ${from.step === to.step ? 'the next' : `\`${to.step}\``}`,
    ),
  );
}

function seenEdge({ from, to, because }: CycleEdge): string {
  const before = `\`${from.step}\` ${from.point === 'start' ? 'began' : 'ended'}`;
  const after = `${from.step === to.step ? 'another' : `\`${to.step}\``} ${to.point === 'start' ? 'began' : 'ended'}`;
  switch (because.kind) {
    case 'sequence':
      return `${before} ${gap(because.gapMs)}before ${after}, in one process (${because.service})`;
    case 'clock':
      return because.one === undefined
        ? `${before} at least ${gap(because.gapMs)}before ${after}, by the clocks`
        : `${before} ${gap(because.gapMs)}before ${after}, by the clock of ${because.one}`;
    case 'cause':
      return `${before} before ${after}, which it caused`;
    case 'offset':
      return `${before} before ${after}, by their offsets in ${because.topic}[${because.partition}]`;
    case 'flow':
    case 'span':
      return `${before} before ${after}`;
    default:
      return because satisfies never;
  }
}

function gap(ms: number | undefined): string {
  return ms === undefined ? '' : `${duration(ms)} `;
}

function bounds({ min, max }: { readonly min: number; readonly max: number | null }): string {
  if (max === null) return `${min} or more`;
  return min === max ? String(min) : `${min} to ${max}`;
}

function times(n: number): string {
  return n === 1 ? 'once' : n === 2 ? 'twice' : `${n} times`;
}

function by(service: string | undefined): string {
  return service === undefined || service === '' ? 'a service' : service;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
