import { replayInputs } from '../../collectors/index.js';
import { TracecourtError } from '../errors.js';
import { toJson } from '../lib/json.js';
import type {
  AssembledRequest,
  CompiledFlow,
  RunEvent,
  RunEventOf,
  StoreObservation,
  Verdict,
} from '../model/index.js';
import type { ExpectedAnswer } from './answer-finding.js';
import { assemblerOptions } from './assembler-options.js';
import type { BundledCase } from './bundle.js';
import { type Bundle, findRunOf, newestRun, readBundle } from './bundle-reader.js';
import { judgeCase, type OpenedCase, openCase } from './judge-evidence.js';
import { type EarlierEffects, NOTHING_EARLIER } from './left-over.js';
import { addressBook } from './name-peers.js';

/** A request judged again from what was recorded of it. */
export interface ReplayedCase {
  readonly recorded: BundledCase;
  readonly opened: OpenedCase;
  readonly verdict: Verdict;
  readonly observations: readonly StoreObservation[];
  /** What the run itself said last; undefined when it was cut off before. */
  readonly spoken: Verdict | undefined;
  /** From sending to the first verdict, in the run; 0 if there was none. */
  readonly durationMs: number;
}

/**
 * Judges a recorded run again: the assembler gets the same bytes at the same times, the validators the same observations.
 * Cases that were never sent, or never completed before the run was cut off, are left out. Pure.
 */
export function replayBundle(bundle: Bundle): readonly ReplayedCase[] {
  const { cases } = bundle.header;
  const requests = requestsIn(bundle);
  const replayed: ReplayedCase[] = [];
  let earlier = NOTHING_EARLIER;
  for (const recorded of cases) {
    const request = requests.get(recorded.requestId);
    if (request) replayed.push(replayCase(recorded, request, { events: bundle.events, earlier }));
    earlier = earlier.and(firstObservations(recorded.requestId, bundle.events));
  }
  return replayed;
}

/**
 * The requests of a recorded run as they were known last, by their ids, under what flows say of hand-offs and correlation: those that the run was judged by, unless others
 * are given. Pure.
 */
export function requestsIn(
  { header: { cases, assembler }, inputs }: Bundle,
  flows: readonly CompiledFlow[] = cases.map(({ flow }) => flow),
): ReadonlyMap<string, AssembledRequest> {
  const spoken = replayInputs(inputs, assemblerOptions(flows, assembler));
  return new Map(spoken.map((request) => [request.requestId, request]));
}

/** What the first verdict on a request was spoken on. */
function firstObservations(requestId: string, events: readonly RunEvent[]): readonly StoreObservation[] {
  const first = firstVerdict(requestId, events);
  return first ? observationsOf(requestId, first.verdict.revision, events) : [];
}

function firstVerdict(requestId: string, events: readonly RunEvent[]): RunEventOf<'verdict-reached'> | undefined {
  const reached = events.filter((event) => event.type === 'verdict-reached');
  return reached.find(({ verdict }) => verdict.requestId === requestId);
}

function observationsOf(requestId: string, revision: number, events: readonly RunEvent[]): readonly StoreObservation[] {
  return events.flatMap((event) =>
    event.type === 'store-observed' && event.requestId === requestId && event.revision === revision
      ? [event.observation]
      : [],
  );
}

interface Recording {
  readonly events: readonly RunEvent[];
  readonly earlier: EarlierEffects;
}

function replayCase(recorded: BundledCase, request: AssembledRequest, { events, earlier }: Recording): ReplayedCase {
  const { requestId } = recorded;
  const opened = openCase(
    recorded.flow,
    request,
    addressBook(events.filter((event) => event.type === 'service-ready')),
  );
  const observations = observationsOf(requestId, request.revision, events);
  const answer = answerIn(recorded, events);
  return {
    recorded,
    opened,
    observations,
    verdict: judgeCase(opened, { observations, answer, earlier }),
    ...spokenIn(requestId, events),
  };
}

function answerIn({ requestId, status }: BundledCase, events: readonly RunEvent[]): ExpectedAnswer | undefined {
  for (const event of events) {
    if (event.type !== 'request-answered' || event.requestId !== requestId) continue;
    return { status: event.status, error: event.error, expected: status };
  }
  return undefined;
}

function spokenIn(requestId: string, events: readonly RunEvent[]): Pick<ReplayedCase, 'spoken' | 'durationMs'> {
  const verdicts = events.flatMap((event) =>
    event.type === 'verdict-reached' || event.type === 'verdict-revised' ? [event.verdict] : [],
  );
  return {
    spoken: verdicts.findLast((verdict) => verdict.requestId === requestId),
    durationMs: firstVerdict(requestId, events)?.durationMs ?? 0,
  };
}

/** True if the run said just this, evidence included, or was cut off before it said anything. */
export function isAsSpoken({ verdict, spoken }: ReplayedCase): boolean {
  return spoken === undefined || toJson(verdict) === toJson(spoken);
}

/** Throws TracecourtError `not-found` when the run has no completed request of this id. */
export function replayRequest(bundle: Bundle, requestId: string): ReplayedCase {
  const replayed = replayBundle(bundle).find(({ recorded }) => recorded.requestId === requestId);
  if (replayed) return replayed;
  throw new TracecourtError('not-found', `Request ${requestId} never completed in ${bundle.directory}.`);
}

/** A replayed case with what is wrong with its recording. */
export interface FoundCase extends ReplayedCase {
  readonly warnings: readonly string[];
}

/** The recorded request that `trace` is about: the one named, or the first of the newest run that did not pass. */
export function findReplayed({
  requestId,
  run,
  bundles,
}: {
  readonly requestId: string | undefined;
  readonly run: string | undefined;
  readonly bundles: string;
}): FoundCase {
  if (requestId !== undefined) {
    const bundle = run === undefined ? findRunOf(requestId, bundles) : readBundle(run, bundles);
    return { ...replayRequest(bundle, requestId), warnings: bundle.warnings };
  }
  const bundle = readBundle(run ?? newestRun(bundles), bundles);
  const replayed = replayBundle(bundle);
  const shown = replayed.find(({ verdict }) => verdict.outcome !== 'pass') ?? replayed[0];
  if (shown) return { ...shown, warnings: bundle.warnings };
  throw new TracecourtError('not-found', `No request completed in ${bundle.directory}.`);
}
