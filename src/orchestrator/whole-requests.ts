import type { AssembledRequest, CompletionReason } from '../model/index.js';

/** A request that nothing is learnt from, and why. */
export interface LeftOut {
  readonly requestId: string;
  readonly why: string;
}

const CUT_OFF: readonly (CompletionReason | undefined)[] = [
  'deadline',
  'span-limit',
  'byte-limit',
  'shutdown',
  undefined,
];

/** Tells requests of which all is there from those of which something is missing: an absence in one of these would be learnt as a choice. */
export function splitByWholeness(requests: readonly AssembledRequest[]): {
  readonly whole: readonly AssembledRequest[];
  readonly leftOut: readonly LeftOut[];
} {
  const whole: AssembledRequest[] = [];
  const leftOut: LeftOut[] = [];
  for (const request of requests) {
    const why = whatIsMissing(request);
    if (why === undefined) whole.push(request);
    else leftOut.push({ requestId: request.requestId, why });
  }
  return { whole, leftOut };
}

function whatIsMissing({ completedBy, accounting }: AssembledRequest): string | undefined {
  if (CUT_OFF.includes(completedBy)) return `it is not complete (${completedBy ?? 'open'})`;
  if (completedBy === 'accounted') return undefined;
  const lossy = accounting.processes.find(({ spansHeld, spansCounted }) => (spansCounted ?? 0) > spansHeld);
  if (lossy) {
    const missing = (lossy.spansCounted ?? 0) - lossy.spansHeld;
    return `${missing === 1 ? '1 span' : `${missing} spans`} of ${lossy.service} ${missing === 1 ? 'is' : 'are'} missing`;
  }
  const [unsettled] = accounting.unsettled;
  if (unsettled) {
    const peer = unsettled.peer === '' ? 'somebody' : unsettled.peer;
    return `${unsettled.service} handed work to ${peer}, which told of none; if it keeps no ledger, name it with --uninstrumented`;
  }
  const [orphan] = accounting.missingParents;
  return orphan && `the parent of a span of ${orphan.service} is missing`;
}
