import { oncePer } from '../lib/once-per.js';
import type { AssembledRequest, CompiledFlow, Verdict, WorkflowTrace } from '../model/index.js';
import { judgeAlone, judgeOverheard, openCase } from './judge-evidence.js';
import { addressBook } from './name-peers.js';

export interface CheckedRecording {
  readonly trace: WorkflowTrace;
  readonly verdict: Verdict;
}

/** The same as {@link judgeSpans}, for someone who looks: with a note that names orders which nothing proves. That costs a second judgement, where there are any. */
export function judgeClosely(flow: CompiledFlow, request: AssembledRequest): CheckedRecording {
  const judged = judgeSpans(flow, request);
  const { verdict } = judged;
  const notes = [...verdict.notes, ...unprovenOrders(verdict, { flow, request })];
  return { ...judged, verdict: { ...verdict, notes } };
}

/** A note for each order and rule that nothing proves, worked out by judging the spans once more. Empty where the verdict leaves none undecided, or tells them itself. */
export function unprovenOrders(
  { strength }: Verdict,
  { flow, request }: { readonly flow: CompiledFlow; readonly request: AssembledRequest },
): readonly string[] {
  if (strength.undecided === 0 || flow.prove) return [];
  return judgeSpans(askingForProof(flow), request).verdict.reasons.flatMap((reason) => {
    if (reason.code !== 'undecided') return [];
    if (reason.about === 'order') return [`undecided order, ${reason.detail}`];
    return reason.about === 'rule' ? [`undecided rule on ${reason.steps.join(', ')}, ${reason.detail}`] : [];
  });
}

const askingForProof = oncePer((flow: CompiledFlow): CompiledFlow => ({ ...withoutStores(flow), prove: true }));

/** The verdict on a request by its spans alone. The flow MUST say nothing of stores. */
export function judgeSpans(flow: CompiledFlow, request: AssembledRequest): CheckedRecording {
  const opened = openCase(flow, request, addressBook([]));
  return { trace: opened.evidence.trace, verdict: judgeAlone(opened, []) };
}

/** The same of a request that nobody sent for the flow's sake. */
export function judgeHeard(flow: CompiledFlow, request: AssembledRequest): CheckedRecording {
  const opened = openCase(flow, request, addressBook([]));
  return { trace: opened.evidence.trace, verdict: judgeOverheard(opened) };
}

/** What of a flow is about spans: all but what stands in the stores, and what is counted against it. */
export function withoutStores(flow: CompiledFlow): CompiledFlow {
  return { ...flow, effects: [], leases: [], outbox: [], votes: undefined };
}
