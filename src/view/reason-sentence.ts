import type { UnknownReason } from '../model/index.js';
import { count, list, storeWord } from './words.js';

/** Why nothing can be said for sure, in one sentence. */
export function reasonSentence(reason: UnknownReason): string {
  switch (reason.code) {
    case 'telemetry-lost':
      return lostSentence(reason);
    case 'incomplete':
      return `The request was not seen to complete (${reason.completedBy})${
        reason.awaited.length === 0 ? '' : `; still awaited: ${list(reason.awaited.map((step) => `\`${step}\``))}`
      }.`;
    case 'nothing-to-check':
      return 'No step of the flow was seen: there is nothing to check.';
    case 'store-unreachable':
      return `The effect of \`${reason.effect}\` could not be read: ${storeWord(reason.store)} at ${reason.address} ${reason.reason}.`;
    case 'clocks-contradict':
      return `The clocks of ${list(reason.services)} contradict each other, and cause alone does not decide the order.`;
    case 'causes-contradict':
      return `The spans claim to be each other's cause (${reason.spanIds.join(', ')}): one of them is not true.`;
    case 'ambiguous-step':
      return `Span ${reason.spanId} could be ${list(reason.steps.map((step) => `\`${step}\``))}, and the verdict depends on which.`;
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

function lostSentence(reason: Extract<UnknownReason, { code: 'telemetry-lost' }>): string {
  const process =
    reason.instanceId === undefined ? reason.service : `${reason.service} (${reason.instanceId.slice(0, 8)})`;
  switch (reason.detail) {
    case 'spans-missing':
      return `${process} accounts for ${count(reason.count, 'span')} that never arrived.`;
    case 'no-receipt':
      return `${reason.sender ?? 'A service'} handed work to ${reason.service || 'a peer'} ${reason.count === 1 ? 'once' : `${reason.count} times`}, and no span says that it arrived.`;
    case 'missing-parent':
      return `${process} sent ${count(reason.count, 'span')} whose remote parent never arrived.`;
    default:
      return reason.detail satisfies never;
  }
}
