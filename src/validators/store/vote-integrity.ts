import { decisiveSpanId, type Finding, type FindingFacts, type TraceStep, type VoteRule } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import { textOf } from '../flow/span-index.js';
import type { Subject } from '../subject.js';

type Problem = FindingFacts['vote-integrity']['problem'];

interface Count {
  /** Votes `approve`, a voter counted once. */
  readonly approvals: number;
  /** Voters who voted. */
  readonly votes: number;
  /** Votes `approve`, each span counted. */
  readonly raw: number;
}

/**
 * What the store says was decided is not what the votes decide. The outcome's effect must be there if and only if at least `needed` of `of` voters said
 * `approve`; a voter counts once, with the first vote.
 *
 * ```
 *   too-many-votes    more voters than `of`
 *   counted-twice     stored, and enough only if somebody counts twice
 *   too-few-votes     stored, and fewer than `needed` voted at all
 *   outcome-differs   stored without enough approvals, or not stored in spite of them
 * ```
 *
 * Cannot tell when the outcome's store did not answer. Too few votes prove nothing while a vote may be unheard; too many do, and so do enough. A span
 * without the vote's attribute is no vote.
 */
export function voteIntegrity(subject: Subject): readonly Finding[] {
  const rule = subject.flow.votes;
  const outcome = subject.effects.find(({ effect }) => effect.step === rule?.outcome);
  if (!rule || !outcome?.records) return [];
  const occurrences = subject.stepsNamed(rule.step);
  const count = countVotes(subject, { rule, occurrences });
  const outcomeStored = outcome.records.length > 0;
  const problem = problemOf(count, { rule, outcomeStored, unheard: subject.absence.mayBeUnheard(rule.step) });
  if (problem === undefined) return [];
  const { needed, of } = rule;
  return [
    findingAbout(subject, 'vote-integrity', {
      about: { step: rule.step, occurrences, store: outcome.effect.query.store },
      facts: { problem, approvals: count.approvals, votes: count.votes, needed, of, outcomeStored },
    }),
  ];
}

function problemOf(
  { approvals, votes, raw }: Count,
  {
    rule,
    outcomeStored,
    unheard,
  }: { readonly rule: VoteRule; readonly outcomeStored: boolean; readonly unheard: boolean },
): Problem | undefined {
  if (votes > rule.of) return 'too-many-votes';
  if (!outcomeStored) return approvals >= rule.needed ? 'outcome-differs' : undefined;
  if (approvals >= rule.needed || unheard) return undefined;
  if (raw >= rule.needed) return 'counted-twice';
  return votes < rule.needed ? 'too-few-votes' : 'outcome-differs';
}

function countVotes(
  subject: Subject,
  { rule, occurrences }: { readonly rule: VoteRule; readonly occurrences: readonly TraceStep[] },
): Count {
  const byVoter = new Map<string, string>();
  let raw = 0;
  for (const spanId of occurrences.map(decisiveSpanId)) {
    const attributes = subject.index.get(spanId)?.attributes;
    const vote = textOf(attributes?.get(rule.vote));
    if (vote === undefined) continue;
    if (vote === 'approve') raw++;
    const voter = rule.voter === undefined ? spanId : String(attributes?.get(rule.voter) ?? spanId);
    if (!byVoter.has(voter)) byVoter.set(voter, vote);
  }
  const approvals = [...byVoter.values()].filter((vote) => vote === 'approve').length;
  return { approvals, votes: byVoter.size, raw };
}
