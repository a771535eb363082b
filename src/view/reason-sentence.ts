import { firstFew, type UnknownReason } from '../model/index.js';
import { count, list, storeWord } from './words.js';

/** Why nothing can be said for sure, in one sentence. */
export function reasonSentence(reason: UnknownReason): string {
  switch (reason.code) {
    case 'telemetry-lost':
      return `${lostSentence(reason)}${hiddenBy(reason)}`;
    case 'incomplete':
      return incompleteSentence(reason);
    case 'nothing-to-check':
      return 'No span of the request is a step of the flow.';
    case 'store-unreachable':
      return `The effect of \`${reason.effect}\` could not be read: ${storeWord(reason.store)} at ${reason.address} ${reason.reason}.`;
    case 'clocks-contradict':
      return `${clocksOf(reason.services)}, and cause alone does not decide the order of ${spans(reason.spanIds)}.`;
    case 'causes-contradict':
      return `The spans claim to be each other's cause (${reason.spanIds.join(', ')}): this is not of one world.`;
    case 'ambiguous-step':
      return `Span ${reason.spanId} could be ${list(
        reason.steps.map((step) => `\`${step}\``),
        'or',
      )}, and ${
        reason.tried === undefined
          ? 'the verdict depends on which'
          : `there are more ways to read the request than the ${reason.tried} that were tried`
      }.`;
    case 'too-ambiguous':
      return `The spans can be read as a run of the flow in too many ways: none of ${reason.states} that were tried settled it.`;
    case 'undecided':
      return `${SUBJECTS[reason.about]} could not be decided${
        reason.steps.length === 0 ? '' : ` (${list(reason.steps.map((step) => `\`${step}\``))})`
      }: ${reason.detail}.`;
    default:
      return reason satisfies never;
  }
}

const SUBJECTS: Readonly<Record<Extract<UnknownReason, { code: 'undecided' }>['about'], string>> = {
  order: 'An order',
  condition: 'A condition',
  rule: 'A rule',
  budget: 'A budget',
  invariant: 'An invariant',
  expression: 'An expression',
  effect: 'An effect',
};

function incompleteSentence({ completedBy, awaited }: Extract<UnknownReason, { code: 'incomplete' }>): string {
  const state =
    completedBy === undefined ? 'The request is still open' : `The request was not seen to complete (${completedBy})`;
  const steps = list(awaited.map((step) => `\`${step}\``));
  return awaited.length === 0 ? `${state}.` : `${state}; ${steps} ${awaited.length === 1 ? 'is' : 'are'} awaited.`;
}

function clocksOf(services: readonly string[]): string {
  if (services.length === 1) return `The clock of ${services[0]} contradicts what caused what`;
  return `The clocks of ${list(services)} contradict each other`;
}

const MOST_SPANS = 4;

function spans(spanIds: readonly string[]): string {
  return `spans ${list(firstFew(spanIds, { most: MOST_SPANS, tell: (id) => id }))}`;
}

const MOST_STEPS = 3;

function hiddenBy({ mayHide = [] }: Extract<UnknownReason, { code: 'telemetry-lost' }>): string {
  const tell = (step: string) => `\`${step}\``;
  const steps = firstFew(mayHide, { most: MOST_STEPS, tell, more: (rest) => count(rest, 'later step') });
  return steps.length === 0 ? '' : ` That may be why ${list(steps)} cannot be seen.`;
}

function lostSentence(reason: Extract<UnknownReason, { code: 'telemetry-lost' }>): string {
  const process =
    reason.instanceId === undefined ? reason.service : `${reason.service} (${reason.instanceId.slice(0, 8)})`;
  switch (reason.detail) {
    case 'spans-missing':
      return `${process} accounts for ${count(reason.count, 'span')} that never arrived.`;
    case 'no-receipt':
      return `${reason.sender ?? 'A service'} handed work to ${reason.service || 'a peer'} ${reason.count === 1 ? 'once' : `${reason.count} times`}, and no span says that it arrived.`;
    case 'missing-parent':
      return `Spans of ${process} hang under ${count(reason.count, 'span')} that never arrived.`;
    case 'unread':
      return `${count(reason.count, 'span')} came and could not be read: ${reason.because ?? ''}.`;
    default:
      return reason.detail satisfies never;
  }
}
