import { replayInputs } from '../../collectors/index.js';
import { TracecourtError } from '../errors.js';
import { groupBy } from '../lib/group-by.js';
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
import { type AddressBook, addressBook } from './name-peers.js';

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
  return Array.from(replayable(bundle), ({ replay }) => replay());
}

interface Replayable {
  readonly recorded: BundledCase;
  readonly replay: () => ReplayedCase;
}

/** The requests of a run in their order. Those before one need not be judged again for what they left in the stores. */
function* replayable(bundle: Bundle): Generator<Replayable> {
  const requests = requestsIn(bundle);
  const addresses = addressBook(bundle.events.filter((event) => event.type === 'service-ready'));
  const byRequest = groupBy(bundle.events, requestIdOf);
  let earlier = NOTHING_EARLIER;
  for (const recorded of bundle.header.cases) {
    const request = requests.get(recorded.requestId);
    const events = byRequest.get(recorded.requestId) ?? [];
    const recording = { addresses, events, earlier };
    if (request) yield { recorded, replay: () => replayCase(recorded, request, recording) };
    earlier = earlier.and(firstObservations(events));
  }
}

function requestIdOf(event: RunEvent): string | undefined {
  if ('verdict' in event) return event.verdict.requestId;
  return 'requestId' in event ? event.requestId : undefined;
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
function firstObservations(events: readonly RunEvent[]): readonly StoreObservation[] {
  const first = firstVerdict(events);
  return first ? observationsOf(first.verdict.revision, events) : [];
}

function firstVerdict(events: readonly RunEvent[]): RunEventOf<'verdict-reached'> | undefined {
  return events.find((event) => event.type === 'verdict-reached');
}

function observationsOf(revision: number, events: readonly RunEvent[]): readonly StoreObservation[] {
  return events.flatMap((event) =>
    event.type === 'store-observed' && event.revision === revision ? [event.observation] : [],
  );
}

interface Recording {
  readonly addresses: AddressBook;
  /** Those of the request. */
  readonly events: readonly RunEvent[];
  readonly earlier: EarlierEffects;
}

function replayCase(
  recorded: BundledCase,
  request: AssembledRequest,
  { addresses, events, earlier }: Recording,
): ReplayedCase {
  const opened = openCase(recorded.flow, request, addresses);
  const observations = observationsOf(request.revision, events);
  const answer = answerIn(recorded, events);
  return {
    recorded,
    opened,
    observations,
    verdict: judgeCase(opened, { observations, answer, earlier }),
    spoken: lastVerdict(events),
    durationMs: firstVerdict(events)?.durationMs ?? 0,
  };
}

function answerIn({ status }: BundledCase, events: readonly RunEvent[]): ExpectedAnswer | undefined {
  const answered = events.find((event) => event.type === 'request-answered');
  return answered && { status: answered.status, error: answered.error, expected: status };
}

function lastVerdict(events: readonly RunEvent[]): Verdict | undefined {
  return events.findLast((event) => event.type === 'verdict-reached' || event.type === 'verdict-revised')?.verdict;
}

/** True if the run said just this, evidence included, or was cut off before it said anything. */
export function isAsSpoken({ verdict, spoken }: ReplayedCase): boolean {
  return spoken === undefined || toJson(verdict) === toJson(spoken);
}

/** Throws TracecourtError `not-found` when the run has no completed request of this id. */
export function replayRequest(bundle: Bundle, requestId: string): ReplayedCase {
  for (const { recorded, replay } of replayable(bundle)) if (recorded.requestId === requestId) return replay();
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
  return { ...firstToShow(bundle), warnings: bundle.warnings };
}

function firstToShow(bundle: Bundle): ReplayedCase {
  let first: ReplayedCase | undefined;
  for (const { replay } of replayable(bundle)) {
    const replayed = replay();
    if (replayed.verdict.outcome !== 'pass') return replayed;
    first ??= replayed;
  }
  if (first) return first;
  throw new TracecourtError('not-found', `No request completed in ${bundle.directory}.`);
}
