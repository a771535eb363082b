import type { Effect, JudgeableRequest, Mutation, Specimen, TraceStep } from '../../model/index.js';
import { change, changesOf } from './change.js';
import { delay, delayOf } from './delay.js';
import { drop } from './drop.js';
import { duplicate } from './duplicate.js';
import { changeRecord, fieldsOfRecords, forget, isShown, repeatEffect } from './effects.js';
import { fail } from './fail.js';
import { familyOf } from './family.js';
import { loseContext } from './lose-context.js';
import { mostTimes } from './most-times.js';
import type { Subject } from './subject.js';
import { swap } from './swap.js';

/** A request that conformed, made wrong in one way. */
export interface Mutant extends JudgeableRequest {
  readonly mutation: Mutation;
}

/** What the law says of a request that conforms. */
export interface Lawful {
  readonly steps: readonly TraceStep[];
  /** Pairs of spans that must come one after the other, and nothing between them that must. */
  readonly inOrder: readonly (readonly [string, string])[];
}

/**
 * Every way in which a request is made wrong, once each and in the order of the flow's steps. No chance is in it.
 *
 * What the flow's own law calls the same request is none: steps that may come in any order do not change places, a step that may be repeated is not
 * once more than before but once more than it may be, and rounds that may be fewer do not become fewer.
 */
export function mutantsOf(specimen: Specimen, { steps, inOrder }: Lawful): readonly Mutant[] {
  const { flow, request } = specimen;
  const occurrencesOf = (step: string): readonly TraceStep[] => steps.filter(({ stepName }) => stepName === step);
  const subject: Subject = { ...specimen, steps, family: familyOf(request.spans, steps), occurrencesOf };
  const names = flow.steps.map(({ name }) => name).filter((name) => occurrencesOf(name).length > 0);
  return [
    ...names.flatMap((step) => ofStep(subject, step)),
    ...swaps(subject, inOrder),
    ...(specimen.hasValues ? names.flatMap((step) => changes(subject, step)) : []),
    ...flow.effects.flatMap((effect) => ofEffect(subject, effect)),
    ...(specimen.hasValues ? flow.effects.flatMap((effect) => changedRecords(subject, effect)) : []),
  ];
}

function ofStep(subject: Subject, step: string): readonly Mutant[] {
  const [first] = subject.occurrencesOf(step);
  if (!first) return [];
  const byMs = delayOf(subject.flow);
  return [
    { mutation: { kind: 'drop', step }, ...drop(subject, step) },
    ...duplicates(subject, step),
    ...one({ kind: 'delay', step, byMs }, delay(subject, { step, byMs })),
    ...(first.status === 'error' ? [] : one({ kind: 'fail', step }, fail(subject, first))),
    ...one({ kind: 'lose-context', step }, loseContext(subject, first)),
  ];
}

function one(mutation: Mutation, request: JudgeableRequest | undefined): readonly Mutant[] {
  return request ? [{ mutation, ...request }] : [];
}

/** More than this often nothing is done again, only to see whether that is noticed. */
const MANY = 1_000;

function duplicates(subject: Subject, step: string): readonly Mutant[] {
  const most = mostTimes(subject.flow, step);
  const copies = most === undefined ? 1 : most - subject.occurrencesOf(step).length + 1;
  if (copies > MANY) return [];
  return one({ kind: 'duplicate', step, copies }, duplicate(subject, { step, copies }));
}

/** One pair of spans for each pair of steps. */
function swaps(subject: Subject, inOrder: Lawful['inOrder']): readonly Mutant[] {
  const stepOf = new Map(subject.steps.map(({ spanId, stepName }) => [spanId, stepName] as const));
  const done = new Set<string>();
  return inOrder.flatMap((pair) => {
    const [step = '', other = ''] = pair.map((spanId) => stepOf.get(spanId));
    const key = `${step} ${other}`;
    if (step === other || done.has(key)) return [];
    done.add(key);
    return one({ kind: 'swap', step, with: other }, swap(subject, pair));
  });
}

function changes(subject: Subject, step: string): readonly Mutant[] {
  return changesOf(subject, step).map((what) => ({
    mutation: { kind: 'change', step, what },
    ...change(subject, { step, what }),
  }));
}

function ofEffect(subject: Subject, effect: Effect): readonly Mutant[] {
  const { step } = effect;
  const { store } = effect.query;
  if (!isShown(subject, effect)) return [];
  const forgotten = { mutation: { kind: 'forget', step, store }, ...forget(subject, effect) } as const;
  // A key is there or not: it cannot be there twice.
  if (store === 'redis') return [forgotten];
  return [forgotten, { mutation: { kind: 'repeat-effect', step, store }, ...repeatEffect(subject, effect) }];
}

function changedRecords(subject: Subject, effect: Effect): readonly Mutant[] {
  const { step } = effect;
  const { store } = effect.query;
  return fieldsOfRecords(subject, effect).map((field) => ({
    mutation: { kind: 'change-record', step, store, field },
    ...changeRecord(subject, { effect, field }),
  }));
}
