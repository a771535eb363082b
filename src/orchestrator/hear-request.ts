import { setTimeout as delay } from 'node:timers/promises';
import { toJson } from '../lib/json.js';
import type {
  AssembledRequest,
  CompiledFlow,
  ProbeRequest,
  StoreName,
  StoreObservation,
  Verdict,
} from '../model/index.js';
import type { StoreProbe } from '../stores/index.js';
import type { ExpectedAnswer } from './answer-finding.js';
import { judgeCase, likenessOf, type OpenedCase, openCase } from './judge-evidence.js';
import type { EarlierEffects } from './left-over.js';
import type { AddressBook } from './name-peers.js';
import { awaitedConsumption, patienceMs } from './patience.js';

export interface Hearing {
  readonly flow: CompiledFlow;
  readonly probes: ReadonlyMap<StoreName, StoreProbe>;
  readonly answer: ExpectedAnswer | undefined;
  readonly earlier: EarlierEffects;
  readonly book: AddressBook;
  /** The newest revision of the request, asked again before each round. */
  readonly newest: () => AssembledRequest;
  /** False: one round, whatever it gives. */
  readonly mayWait: boolean;
  readonly signal: AbortSignal;
}

export interface HeardRequest {
  readonly request: AssembledRequest;
  readonly verdict: Verdict;
  /** The observations that the verdict rests on. */
  readonly observations: readonly StoreObservation[];
  /** The same for requests that exercised the same of their flow; undefined where that is not known. */
  readonly likeness: string | undefined;
}

const ROUND_MS = 25;
/** Between looks at nothing but what consumers have yet to commit. */
const AGAIN_MS = 10;

/**
 * Reads the stores and judges, again and again while a later look could still change the verdict for the better; a pass is
 * spoken at once. A late span starts the hearing afresh with the new revision. Rejects with the signal's reason when it aborts
 * while a later look could still have changed the verdict: what is not certain is not spoken.
 *
 * Where nothing is wrong but that consumers have not committed yet, a later look is at that alone (docs/adr/0185).
 */
export async function hearRequest(hearing: Hearing): Promise<HeardRequest> {
  const startedAt = performance.now();
  let before: Round | undefined;
  for (;;) {
    const request = hearing.newest();
    const round: Round = await (before?.opened.request === request
      ? lookAgain(before, hearing)
      : lookAtAll(openCase(hearing.flow, request, hearing.book), hearing));
    if (hearing.newest() !== request) continue;
    const { verdict, observations } = round;
    const patience = hearing.mayWait ? patienceMs(verdict, hearing.flow) : 0;
    if (performance.now() - startedAt >= patience)
      return { request, verdict, observations, likeness: likenessOf(round.opened, verdict) };
    hearing.signal.throwIfAborted();
    await delay(awaitedConsumption(verdict) ? AGAIN_MS : ROUND_MS);
    before = round;
  }
}

/** One look at the stores, and what it came to. */
interface Round {
  readonly opened: OpenedCase;
  readonly observations: readonly StoreObservation[];
  readonly verdict: Verdict;
}

async function lookAtAll(opened: OpenedCase, hearing: Hearing): Promise<Round> {
  const observations = await observe(opened.probes.requests, hearing.probes);
  return judged(opened, { observations, hearing });
}

/** A look that shows what the one before showed comes to the same. */
async function lookAgain(before: Round, hearing: Hearing): Promise<Round> {
  const { opened, verdict } = before;
  const awaited = awaitedConsumption(verdict);
  if (!awaited) return lookAtAll(opened, hearing);
  const isAwaited = ({ effect, query }: ProbeRequest): boolean => query.store === 'kafka' && awaited.has(effect);
  const requests = opened.probes.requests.filter(isAwaited);
  const anew = new Map((await observe(requests, hearing.probes)).map((one) => [one.effect, one]));
  const observations = before.observations.map((known) => (isAwaited(known) && anew.get(known.effect)) || known);
  const isNews = before.observations.some(
    (known, i) => known !== observations[i] && shown(known) !== shown(observations[i]),
  );
  return isNews ? judged(opened, { observations, hearing }) : { opened, observations, verdict };
}

function judged(
  opened: OpenedCase,
  { observations, hearing }: { readonly observations: readonly StoreObservation[]; readonly hearing: Hearing },
): Round {
  const { answer, earlier } = hearing;
  return { opened, observations, verdict: judgeCase(opened, { observations, answer, earlier }) };
}

async function observe(
  requests: readonly ProbeRequest[],
  probes: ReadonlyMap<StoreName, StoreProbe>,
): Promise<readonly StoreObservation[]> {
  const observations = await Promise.all(requests.map((request) => probes.get(request.query.store)?.observe(request)));
  return observations.filter((observation) => observation !== undefined);
}

/** All that an observation says but when it was made. */
function shown(observation: StoreObservation | undefined): string {
  return toJson({ ...observation, observedAtUnixNano: undefined });
}
