import type { Collector } from '../../collectors/index.js';
import { TracecourtError } from '../errors.js';
import { timeLimit } from '../lib/time-limit.js';
import type { StoreName, StoreObservation, Verdict } from '../model/index.js';
import type { StoreProbe } from '../stores/index.js';
import type { ExpectedAnswer } from './answer-finding.js';
import type { RunCoverage } from './cover.js';
import type { Docket } from './docket.js';
import { type HeardRequest, hearRequest } from './hear-request.js';
import type { EarlierEffects } from './left-over.js';
import type { OpenWatch } from './live/watch-open.js';
import type { AddressBook } from './name-peers.js';
import type { RequestSender } from './request-sender.js';
import type { RunCase } from './run-plan.js';
import { fillTemplate, fillTemplates } from './template.js';
import type { UnstampedEvent } from './unstamped-event.js';

/** A case that was sent and heard; the verdict is the last one known. */
export interface CaseResult {
  readonly runCase: RunCase;
  readonly requestId: string;
  readonly verdict: Verdict;
  readonly answer: ExpectedAnswer;
  /** What the verdict was first spoken on, and what was seen before it. */
  readonly observations: readonly StoreObservation[];
  readonly earlier: EarlierEffects;
  /** The same for requests that exercised the same of their flow; undefined where that is not known. */
  readonly likeness: string | undefined;
  /** From sending to the first verdict. */
  readonly durationMs: number;
}

export interface Courtroom {
  readonly collector: Collector;
  /** Where spans go before they reach the collector, if not straight to it. */
  readonly exportTo: string | undefined;
  readonly docket: Docket;
  readonly coverage: RunCoverage;
  /** Looks at requests while they are open. */
  readonly open: OpenWatch;
  readonly sender: RequestSender;
  readonly probes: ReadonlyMap<StoreName, StoreProbe>;
  readonly known: ReadonlyMap<string, string>;
  readonly book: AddressBook;
  readonly emit: (...events: readonly UnstampedEvent[]) => void;
  /** Aborts when the run is interrupted or the system under test is lost. */
  readonly signal: AbortSignal;
  /** Aborts when a process of the system under test ends, with the error to end the run with. */
  readonly lost: AbortSignal;
}

/** Past its own deadline the assembler has spoken for sure; this much later something of ours is broken. */
const DEADLINE_GRACE_MS = 5_000;

/** How a case enters the run. */
export interface Entry {
  readonly requestId: string;
  /** What the stores showed to the requests before it. */
  readonly earlier: EarlierEffects;
}

/**
 * Sends one request, waits until it is complete, and judges it.
 *
 * Rejects with the signal's reason when the run is interrupted meanwhile. A request under which a service died is judged only
 * if it passed all the same: what else it did wrong may be the death's doing, not its own.
 */
export async function runCase(runCase: RunCase, { requestId, earlier }: Entry, room: Courtroom): Promise<CaseResult> {
  const { loaded, request, defects } = runCase;
  const { scenario } = loaded;
  const startedAt = performance.now();
  room.docket.enter(requestId);
  room.open.watch(requestId, { flow: loaded.flow, book: room.book });
  room.emit({ type: 'request-sent', scenario: scenario.name, request: request.name, requestId, defects });

  const { http } = request;
  const sent = await room.sender.send({
    requestId,
    trigger: { ...http, url: fillTemplate(http.url, room.known), headers: fillTemplates(http.headers, room.known) },
    baggage: defects.length > 0 && scenario.defects ? { [scenario.defects.baggage]: defects.join('+') } : {},
    timeoutMs: scenario.timeouts.requestMs,
    signal: room.signal,
  });
  room.open.answered(requestId);
  room.emit({ type: 'request-answered', requestId, ...sent });

  await completion(requestId, { room, limitMs: scenario.timeouts.requestMs + DEADLINE_GRACE_MS });
  const answer = { status: sent.status, error: sent.error, expected: http.status };
  const heard = await hearRequest({
    flow: loaded.flow,
    probes: room.probes,
    answer,
    earlier,
    book: room.book,
    newest: () => newestOf(room.docket, requestId),
    mayWait: true,
    signal: room.signal,
  }).catch((error: unknown) => {
    throw inFlowFile(error, scenario.flow);
  });
  if (heard.verdict.outcome !== 'pass') room.lost.throwIfAborted();
  const durationMs = performance.now() - startedAt;
  room.emit(...observed(heard), {
    type: 'verdict-reached',
    scenario: scenario.name,
    request: request.name,
    verdict: heard.verdict,
    durationMs,
  });
  const { verdict, observations, likeness } = heard;
  const result = { runCase, requestId, verdict, answer, observations, earlier, likeness, durationMs };
  if (room.coverage.add(result, heard.request)) room.docket.letGo(requestId, verdict.revision);
  return result;
}

/** Of a query that its store cannot answer, the store knows no more than the text. */
function inFlowFile(error: unknown, file: string): unknown {
  if (!(error instanceof TracecourtError) || error.code !== 'invalid-flow') return error;
  const { code, message, nextStep } = error;
  return new TracecourtError(code, `${file}: ${message}`, { nextStep, cause: error });
}

/** Judges again what got late spans after its verdict was spoken. */
export async function reviseCase(result: CaseResult, room: Courtroom): Promise<CaseResult> {
  const request = room.docket.newest(result.requestId);
  if (request === undefined || request.revision === result.verdict.revision) return result;
  const heard = await hearRequest({
    flow: result.runCase.loaded.flow,
    probes: room.probes,
    answer: result.answer,
    earlier: result.earlier,
    book: room.book,
    newest: () => request,
    mayWait: false,
    signal: room.signal,
  });
  room.emit(...observed(heard), {
    type: 'verdict-revised',
    requestId: result.requestId,
    verdict: heard.verdict,
    lateSpanIds: request.lateSpanIds,
  });
  // What was seen at first is no more what the verdict rests on.
  return { ...result, verdict: heard.verdict, likeness: undefined };
}

async function completion(
  requestId: string,
  { room, limitMs }: { readonly room: Courtroom; readonly limitMs: number },
): Promise<void> {
  using limit = timeLimit(limitMs, room.signal);
  if (await room.docket.firstCompletion(requestId, limit.signal)) return;
  if (room.signal.aborted) throw room.signal.reason;
  room.collector.close(requestId, 'deadline');
  if (room.docket.newest(requestId)) return;
  throw nothingArrived(
    `No span of request ${requestId} arrived within ${limitMs} ms, not even the sender's own.`,
    room,
  );
}

/** Our own sender sends to our own collector, unless somebody stands between. */
function nothingArrived(what: string, { collector, exportTo }: Courtroom): TracecourtError {
  if (exportTo === undefined) return new TracecourtError('defect', what);
  return new TracecourtError('service-unavailable', `${what} They were sent to ${exportTo}, to be passed on.`, {
    nextStep: `See to it that a Collector runs there and sends to ${collector.address} (TRACECOURT_ENDPOINT in otel-collector.yaml).`,
  });
}

function newestOf(docket: Docket, requestId: string) {
  const request = docket.newest(requestId);
  if (request === undefined)
    throw new TracecourtError('defect', `Request ${requestId} is judged before it is complete.`);
  return request;
}

function observed({ request: { requestId, revision }, observations }: HeardRequest): readonly UnstampedEvent[] {
  return observations.map((observation) => ({ type: 'store-observed', requestId, revision, observation }));
}
