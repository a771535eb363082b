import type { Rule } from './subject.js';
import { isPlainPromise, type WatchedCall } from './watched-calls.js';

type Law = (call: WatchedCall, rule: Rule) => boolean;

/** What holds of every call through a wrapper. */
export const CALL_LAWS: Readonly<Record<string, Law>> = {
  'the function is called once, before the wrapper returns': ({ below }) => below.length === 1,

  'with the same this': ({ self, below: [below] }) => below?.self === self,

  'and the same arguments': ({ args, below: [below] }, { changes = [] }) =>
    changes === 'all' ||
    (below?.args.length === args.length &&
      args.every((arg, i) => changes.includes(i) || Object.is(arg, below.args[i]))),

  'what it throws is thrown, the very object, at once': ({ outcome, below: [below] }) =>
    outcome?.kind === below?.outcome?.kind &&
    (outcome?.kind !== 'thrown' || Object.is(outcome.what, below?.outcome?.what)),

  'what it returns is returned, the very object unless it is a plain promise': ({ outcome, below: [below] }) =>
    outcome?.kind !== 'returned' ||
    Object.is(outcome.what, below?.outcome?.what) ||
    (isPlainPromise(outcome.what) && isPlainPromise(below?.outcome?.what)),

  'a promise settles as its own does, with the very value or error': ({ settled, below: [below] }) =>
    settled?.fulfilled === below?.settled?.fulfilled && Object.is(settled?.value, below?.settled?.value),

  'in the same turn of the event loop': ({ settledLate }) => !settledLate,

  'no span ends before the work does': ({ spans, openAtReturn, below: [below] }) =>
    !below?.isPending || openAtReturn.length === spans.length,

  'every span has ended when the caller learns how it ended': (call, rule) =>
    outlives(call, rule) || (call.settled ? call.openAtSettle : call.openAtReturn).length === 0,
};

function outlives(call: WatchedCall, { spanOutlives = false }: Rule): boolean {
  return typeof spanOutlives === 'function' ? spanOutlives(call) : spanOutlives;
}

/** The laws that the call breaks. */
export function brokenLaws(call: WatchedCall, rule: Rule): readonly string[] {
  return Object.entries(CALL_LAWS)
    .filter(([, holds]) => !holds(call, rule))
    .map(([law]) => `${call.label}: ${law}`);
}
