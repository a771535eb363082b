import { nameSteps, stepReader } from '../../collectors/index.js';
import { expressionScope, flowMatchers, type ProbePlan, planProbes } from '../flow/index.js';
import { lazily } from '../lib/lazily.js';
import type {
  AssembledRequest,
  CompiledFlow,
  Evidence,
  StoreObservation,
  Verdict,
  WorkflowTrace,
} from '../model/index.js';
import { judge, type ProvenTrace, proveTrace, type Reading, verdictOf } from '../validators/index.js';
import { type ExpectedAnswer, withAnswer } from './answer-finding.js';
import { evaluatorOf } from './evaluator.js';
import { type EarlierEffects, NOTHING_EARLIER, withLeftOvers } from './left-over.js';
import { type AddressBook, namePeers } from './name-peers.js';

/** A request before any store was read: what may be asked of it, and of the stores. */
export interface OpenedCase {
  readonly flow: CompiledFlow;
  readonly request: AssembledRequest;
  /** With its steps named; worked out when somebody looks. */
  readonly evidence: Evidence;
  /** What to read from the stores. */
  readonly probes: ProbePlan;
  /** What its spans alone show; undefined where they do not plainly conform. */
  readonly proven: ProvenTrace | undefined;
}

/** Pure: the same request and flow give the same case, whether live or from a bundle. */
export function openCase(flow: CompiledFlow, request: AssembledRequest, book: AddressBook): OpenedCase {
  return new CaseOfRequest(flow, request, book);
}

/** Many a case is settled by its spans without a step of it being named. */
class CaseOfRequest implements OpenedCase {
  readonly flow: CompiledFlow;
  readonly request: AssembledRequest;
  readonly #book: AddressBook;
  #evidence: Evidence | undefined;
  #proven: { readonly trace: ProvenTrace | undefined } | undefined;

  constructor(flow: CompiledFlow, request: AssembledRequest, book: AddressBook) {
    this.flow = flow;
    this.request = request;
    this.#book = book;
  }

  get evidence(): Evidence {
    if (this.#evidence) return this.#evidence;
    const { flow } = this;
    const trace = nameRequest(flow, this.request, this.#book);
    this.#evidence = { flow, trace, scope: expressionScope(flow, trace), observations: [] };
    return this.#evidence;
  }

  get probes(): ProbePlan {
    const { flow } = this;
    return flow.effects.length + flow.leases.length === 0 ? NO_PROBES : planProbes(flow, this.evidence.scope);
  }

  get proven(): ProvenTrace | undefined {
    this.#proven ??= { trace: proveTrace(this.flow, this.request, readingOf(this)) };
    return this.#proven.trace;
  }
}

const NO_PROBES: ProbePlan = { requests: [], unplanned: [] };

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
export function judgeCase(opened: OpenedCase, { observations, answer, earlier }: CaseFacts): Verdict {
  const verdict = provedAtOnce(opened) ?? judgeEvidence(opened, { ...opened.evidence, observations });
  if (observations.length === 0 && answer === undefined) return verdict;
  const { trace } = opened.evidence;
  const seen = withLeftOvers(verdict, { trace, observations, earlier });
  return answer === undefined ? seen : withAnswer(seen, answer, trace);
}

function provedAtOnce(opened: OpenedCase): Verdict | undefined {
  const { flow, request, proven } = opened;
  return proven && verdictOf(request, { flow, proven });
}

/** What a case shares with those that exercised the same of its flow, if this is the verdict on it: all that spans, stores and invariants can show of a run that passed. */
export function likenessOf({ proven }: OpenedCase, { outcome }: Verdict): string | undefined {
  return outcome === 'pass' ? proven?.likeness : undefined;
}

/** How the steps of a case are told, and its expressions worked out. */
export function readingOf(opened: Pick<OpenedCase, 'flow' | 'evidence'>): Reading {
  const { flow } = opened;
  const known = { reader: stepReader(flowMatchers(flow)), evaluate: evaluatorOf(flow) };
  return lazily(known, { scope: () => opened.evidence.scope });
}

/** What the spans show is not worked out again where it is plain. */
function judgeEvidence(opened: OpenedCase, evidence: Evidence): Verdict {
  return judge(evidence, evaluatorOf(opened.flow), opened.proven);
}

/** The verdict, by its spans, on a request that was heard rather than sent: one that has no step of the flow need not be of its kind. */
export function judgeOverheard(opened: OpenedCase): Verdict {
  return provedAtOnce(opened) ?? judgeEvidence(opened, { ...opened.evidence, overheard: true });
}

/** Without looking whether the spans alone settle it. */
export function judgeInFull({ evidence }: OpenedCase, observations: readonly StoreObservation[]): Verdict {
  return judge({ ...evidence, observations }, evaluatorOf(evidence.flow));
}

/** The verdict on a case of no run: what its sender was answered is not known, and no request came before it. */
export function judgeAlone(opened: OpenedCase, observations: readonly StoreObservation[]): Verdict {
  return judgeCase(opened, { observations, answer: undefined, earlier: NOTHING_EARLIER });
}
