import { basename } from 'node:path';
import { TracecourtError } from '../errors.js';
import {
  type LearntStep,
  learnBudgets,
  learnOrders,
  learnSteps,
  loadFlow,
  type SeenRequest,
  wholeLog,
  writeFlow,
} from '../flow/index.js';
import type { AssembledRequest, CompiledFlow, FindingCode, Outcome, StepMatcher, Verdict } from '../model/index.js';
import { findingSentence, reasonSentence } from '../view/index.js';
import { judgeSpans } from './check-recorded.js';
import { holdOut } from './hold-out.js';
import { readRecordings } from './recordings.js';
import { type RequestSeen, seeRequests } from './see-requests.js';
import { type LeftOut, splitByWholeness } from './whole-requests.js';

export interface LearnOptions {
  readonly recordings: readonly string[];
  /** Where runs leave their bundles. */
  readonly bundles: string;
  /** What the flow is called. */
  readonly name: string;
  /** Learn from requests that begin with this step alone. */
  readonly entry?: string | undefined;
  /** One flow of requests that begin with different steps. */
  readonly together?: boolean | undefined;
  /** Every n-th request is not learnt from, but held against what was learnt. */
  readonly holdOut?: number | undefined;
  /** Peers that keep no ledger. */
  readonly uninstrumented?: readonly string[] | undefined;
}

/** A flow that was learnt, and what it was held against; or why there is none. */
export type LearnResult =
  | {
      readonly kind: 'learnt';
      readonly flow: string;
      readonly yaml: string;
      /** Requests that it was learnt from. Each of them conforms to it: that was judged, not assumed. */
      readonly learntFrom: readonly string[];
      readonly heldOut: readonly HeldOut[];
      readonly leftOut: readonly LeftOut[];
    }
  | { readonly kind: 'nothing'; readonly why: string; readonly leftOut: readonly LeftOut[] };

/** A request that was not learnt from, and what it comes to under the flow. */
export interface HeldOut {
  readonly requestId: string;
  readonly outcome: Outcome;
  /** Why it does not conform; empty for one that does. */
  readonly told: string;
}

/** The step that some requests begin with. */
interface Entry {
  readonly step: string;
  readonly requests: number;
}

/**
 * Learns the smallest flow that explains recorded requests, and holds every one of them against it by the same judge that `check` uses.
 *
 * Throws TracecourtError `usage` for requests that begin with different steps, likely of different flows, unless told which to take or to take them together.
 */
export async function learnFlow(options: LearnOptions): Promise<LearnResult> {
  const { uninstrumented = [] } = options;
  const handoffs = { consumers: {}, uninstrumented };
  const { recordings, bundles } = options;
  const requests = await readRecordings(recordings, { flow: { handoffs, correlation: [] }, bundles });
  const { whole, leftOut: torn } = splitByWholeness(requests);
  const { known, leftOut: unclear } = seeRequests(whole, matchersOf(learnSteps(whole.map(({ spans }) => spans))));
  const leftOut = [...torn, ...unclear];
  const withSteps = known.filter(({ seen }) => seen.steps.length > 0);
  if (withSteps.length === 0) return { kind: 'nothing', why: nothingIn(requests.length, known.length), leftOut };
  const { kept, held } = holdOut(ofOneKind(withSteps, options), options.holdOut);
  const learnt = await learnFrom(kept, options);
  return {
    kind: 'learnt',
    flow: learnt.flow.name,
    yaml: learnt.yaml,
    learntFrom: learnt.requests.map(({ requestId }) => requestId),
    heldOut: held.map((request) => holdAgainst(learnt.flow, request)),
    leftOut: [...leftOut, ...learnt.leftOut],
  };
}

/** The requests that begin as they are wanted to. Throws TracecourtError `usage` where nobody said how, and they differ. */
function ofOneKind(known: readonly RequestSeen[], { entry, together }: LearnOptions): readonly AssembledRequest[] {
  const entries = entriesOf(known);
  if (entry === undefined && !together && entries.length > 1) throw unlike(entries);
  const chosen = known.filter(({ seen }) => entry === undefined || entryOf(seen) === entry);
  if (chosen.length === 0) throw noSuchEntry(entry ?? '', entries);
  return chosen.map(({ request }) => request);
}

function holdAgainst(flow: CompiledFlow, request: AssembledRequest): HeldOut {
  const { verdict } = judgeSpans(flow, request);
  return { requestId: verdict.requestId, outcome: verdict.outcome, told: wordsOf(verdict) };
}

interface Learnt {
  readonly flow: CompiledFlow;
  readonly yaml: string;
  readonly requests: readonly AssembledRequest[];
  readonly leftOut: readonly LeftOut[];
}

/** What a learnt flow says by itself. Whatever else is found is wrong with the request under any flow. */
const LEARNT: ReadonlySet<FindingCode> = new Set([
  'missing-step',
  'unexpected-step',
  'wrong-order',
  'wrong-count',
  'step-failed',
  'over-budget',
  'rule-broken',
]);

/** A request that is wrong under any flow, or of which nothing can be said for sure, is left out, and the rest learnt again. */
async function learnFrom(requests: readonly AssembledRequest[], options: LearnOptions): Promise<Learnt> {
  const yaml = flowOf(requests, options);
  const flow = await loadFlow(yaml, 'the learnt flow');
  const judged = requests.map((request) => ({ request, verdict: judgeSpans(flow, request).verdict }));
  const ours = judged.find(({ verdict }) => verdict.findings.some(({ code }) => LEARNT.has(code)));
  if (ours) throw learntWrong(ours.verdict);
  const others = judged.filter(({ verdict }) => verdict.outcome !== 'pass');
  if (others.length === 0) return { flow, yaml, requests, leftOut: [] };
  const leftOut = others.map(({ verdict }) => ({ requestId: verdict.requestId, why: wordsOf(verdict) }));
  const rest = judged.flatMap(({ request, verdict }) => (verdict.outcome === 'pass' ? [request] : []));
  if (rest.length === 0) throw nothingSure(leftOut);
  const again = await learnFrom(rest, options);
  return { ...again, leftOut: [...leftOut, ...again.leftOut] };
}

function flowOf(
  requests: readonly AssembledRequest[],
  { name, recordings, uninstrumented = [] }: LearnOptions,
): string {
  const steps = learnSteps(requests.map(({ spans }) => spans));
  const seen = seeRequests(requests, matchersOf(steps)).known.map((each) => each.seen);
  const happens = new Set(seen.flatMap((request) => request.steps.map(({ step }) => step)));
  return writeFlow({
    name,
    source:
      recordings.length > 3 ? `${recordings.length} recordings` : recordings.map((path) => basename(path)).join(', '),
    requests: seen,
    steps: inOrderOfAppearance(steps, seen).filter((step) => happens.has(step.name)),
    orders: learnOrders(wholeLog(seen)),
    budgets: learnBudgets(seen),
    guessed: requests.some(({ completedBy }) => completedBy !== 'accounted'),
    uninstrumented,
  });
}

function inOrderOfAppearance(steps: readonly LearntStep[], seen: readonly SeenRequest[]): readonly LearntStep[] {
  const order = [...new Set(seen.flatMap((request) => request.steps.map(({ step }) => step)))];
  return [...steps].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

function matchersOf(steps: readonly LearntStep[]): readonly StepMatcher[] {
  return steps.map(({ name, spec }) => ({ step: name, ...spec }));
}

function entriesOf(known: readonly RequestSeen[]): readonly Entry[] {
  const counts = new Map<string, number>();
  for (const { seen } of known) counts.set(entryOf(seen), (counts.get(entryOf(seen)) ?? 0) + 1);
  return [...counts]
    .map(([step, requests]) => ({ step, requests }))
    .sort((a, b) => b.requests - a.requests || (a.step < b.step ? -1 : 1));
}

/** The first step that nothing comes before. */
function entryOf({ steps, before }: SeenRequest): string {
  return steps.find((_, i) => before[i]?.size === 0)?.step ?? '';
}

function nothingIn(all: number, whole: number): string {
  if (all === 0) return 'No request is in the recordings.';
  if (whole === 0)
    return `None of the ${all} requests in the recordings is whole: what is missing in them cannot be told from what does not happen.`;
  return `Nothing in the ${whole} whole requests of the recordings is a step: no span states one, and none is of a client, a server or a message.`;
}

function unlike(entries: readonly Entry[]): TracecourtError {
  const list = entries.map(({ step, requests }) => `${step} (${requests})`).join(', ');
  return new TracecourtError('usage', `The requests begin with different steps, likely of different flows: ${list}.`, {
    nextStep: 'Take one kind with --entry STEP, or all in one flow with --together.',
  });
}

function noSuchEntry(entry: string, entries: readonly Entry[]): TracecourtError {
  return new TracecourtError('usage', `No request begins with "${entry}".`, {
    nextStep: `They begin with ${entries.map(({ step, requests }) => `${step} (${requests})`).join(', ')}.`,
  });
}

function nothingSure(leftOut: readonly LeftOut[]): TracecourtError {
  return new TracecourtError(
    'not-found',
    `Of none of the requests can anything be said for sure: ${leftOut[0]?.why ?? ''}`,
    {
      nextStep: 'Record them again with the clocks set and every service instrumented.',
    },
  );
}

function learntWrong(verdict: Verdict): TracecourtError {
  return new TracecourtError(
    'defect',
    `The flow that was learnt does not accept request ${verdict.requestId}, which it was learnt from: ${wordsOf(verdict)}`,
  );
}

function wordsOf({ findings, reasons }: Verdict): string {
  return [...findings.map(findingSentence), ...reasons.map(reasonSentence)].join(' ');
}
