import { oncePer } from '../lib/once-per.js';
import type { AssembledRequest, CompiledFlow, Finding, Verdict } from '../model/index.js';
import { checkWord, speaksBeyondSteps } from '../validators/index.js';
import { type CheckedRecording, judgeClosely, judgeHeard, withoutStores } from './check-recorded.js';
import { onlyRequest, recordedRequests } from './recorded-requests.js';

/** Recorded requests, judged, and the ids of those that are none of the flow's business. */
export interface SiftedRecordings {
  readonly checked: readonly CheckedRecording[];
  readonly leftAside: readonly string[];
}

/**
 * Judges the requests in a file of spans, by these alone: effects are not looked for, since the stores of that time are gone, and nothing is said of them.
 *
 * `request` names the one to judge, whatever happened in it; without it those are that the flow has something to say of.
 */
export async function checkRecorded(
  flow: CompiledFlow,
  { file, request }: { readonly file: string; readonly request?: string | undefined },
): Promise<SiftedRecordings> {
  const spansAlone = withoutStores(flow);
  const requests = await recordedRequests(file, spansAlone);
  if (request === undefined) return siftRecorded(spansAlone, requests);
  return asked(spansAlone, onlyRequest(requests, request));
}

/** Judges requests that somebody asked for: none is left aside. */
export function asked(flow: CompiledFlow, requests: readonly AssembledRequest[]): SiftedRecordings {
  return { checked: requests.map((each) => judgeClosely(flow, each)), leftAside: [] };
}

/**
 * Judges those of many recorded requests that a flow has something to say of.
 *
 * A recording holds all that passed by: health checks, other workflows. A request in which no step of the flow happened is left aside, unless
 * it conforms, it has what no request may have, it breaks a flow that asks for no step, or its spans were lost: then its steps may be among them.
 */
function siftRecorded(flow: CompiledFlow, requests: readonly AssembledRequest[]): SiftedRecordings {
  const checked: CheckedRecording[] = [];
  const leftAside: string[] = [];
  for (const request of requests) {
    const judged = judgeIfConcerned(flow, request);
    if (judged) checked.push(judged);
    else leftAside.push(request.requestId);
  }
  return { checked, leftAside };
}

function judgeIfConcerned(flow: CompiledFlow, request: AssembledRequest): CheckedRecording | undefined {
  const judged = judgeClosely(flow, request);
  if (judged.trace.steps.length > 0 || judged.verdict.outcome === 'pass') return judged;
  const heard = judgeHeard(flow, request);
  if (concernsAnyone(heard.verdict)) return heard;
  return !asksForSteps(flow) && judged.verdict.findings.some(isBeyondSteps) ? judged : undefined;
}

/** An attribute that no span may have, or spans that are known to be lost. */
function concernsAnyone({ findings, reasons }: Verdict): boolean {
  return findings.length > 0 || reasons.some(({ code }) => code !== 'nothing-to-check');
}

const asksForSteps = oncePer(
  (flow: CompiledFlow): boolean => checkWord(flow, { steps: [], before: [] }).conforms === false,
);

function isBeyondSteps(finding: Finding): boolean {
  return finding.code === 'invariant-broken' && speaksBeyondSteps(String(finding.facts['expression']));
}
