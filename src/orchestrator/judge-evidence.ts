import { nameSteps } from '../../collectors/index.js';
import { expressionScope, flowMatchers, type ProbePlan, planProbes } from '../flow/index.js';
import type {
  AssembledRequest,
  CompiledFlow,
  Evidence,
  StoreObservation,
  Verdict,
  WorkflowTrace,
} from '../model/index.js';
import { judge } from '../validators/index.js';
import { type ExpectedAnswer, withAnswer } from './answer-finding.js';
import { evaluatorOf } from './evaluator.js';
import { type EarlierEffects, NOTHING_EARLIER, withLeftOvers } from './left-over.js';
import { type AddressBook, namePeers } from './name-peers.js';

/** A request with its steps named, before any store was read: what may be asked of it, and of the stores. */
export interface OpenedCase {
  readonly flow: CompiledFlow;
  readonly evidence: Evidence;
  readonly probes: ProbePlan;
}

/** Pure: the same request and flow give the same case, whether live or from a bundle. */
export function openCase(flow: CompiledFlow, request: AssembledRequest, book: AddressBook): OpenedCase {
  const trace = nameRequest(flow, request, book);
  const scope = expressionScope(flow, trace);
  return { flow, evidence: { flow, trace, scope, observations: [] }, probes: planProbes(flow, scope) };
}

/** A request with its peers and steps named as a flow knows them. */
export function nameRequest(flow: CompiledFlow, request: AssembledRequest, book: AddressBook): WorkflowTrace {
  return nameSteps(namePeers(request, book), flowMatchers(flow));
}

/** What is known of a case besides its spans. */
export interface CaseFacts {
  readonly observations: readonly StoreObservation[];
  readonly answer: ExpectedAnswer | undefined;
  readonly earlier: EarlierEffects;
}

/** Pure: the verdict on what the spans say, the stores show and the sender was answered. */
export function judgeCase({ evidence }: OpenedCase, { observations, answer, earlier }: CaseFacts): Verdict {
  const { trace } = evidence;
  const judged = judge({ ...evidence, observations }, evaluatorOf(evidence.flow));
  const verdict = withLeftOvers(judged, { trace, observations, earlier });
  return answer === undefined ? verdict : withAnswer(verdict, answer, trace);
}

/** The verdict on a case of no run: what its sender was answered is not known, and no request came before it. */
export function judgeAlone(opened: OpenedCase, observations: readonly StoreObservation[]): Verdict {
  return judgeCase(opened, { observations, answer: undefined, earlier: NOTHING_EARLIER });
}
