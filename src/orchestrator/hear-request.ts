import { setTimeout as delay } from 'node:timers/promises';
import type { AssembledRequest, CompiledFlow, StoreName, StoreObservation, Verdict } from '../model/index.js';
import type { StoreProbe } from '../stores/index.js';
import type { ExpectedAnswer } from './answer-finding.js';
import { judgeCase, type OpenedCase, openCase } from './judge-evidence.js';
import type { EarlierEffects } from './left-over.js';
import type { AddressBook } from './name-peers.js';
import { patienceMs } from './patience.js';

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
}

const ROUND_MS = 25;

/**
 * Reads the stores and judges, again and again while a later look could still change the verdict for the better; a pass is
 * spoken at once. A late span starts the hearing afresh with the new revision. Rejects with the signal's reason when it aborts
 * while a later look could still have changed the verdict: what is not certain is not spoken.
 */
export async function hearRequest(hearing: Hearing): Promise<HeardRequest> {
  const startedAt = performance.now();
  for (;;) {
    const request = hearing.newest();
    const opened = openCase(hearing.flow, request, hearing.book);
    const observations = await observeAll(opened, hearing.probes);
    if (hearing.newest() !== request) continue;
    const verdict = judgeCase(opened, { observations, answer: hearing.answer, earlier: hearing.earlier });
    const patience = hearing.mayWait ? patienceMs(verdict, hearing.flow) : 0;
    if (performance.now() - startedAt >= patience) return { request, verdict, observations };
    hearing.signal.throwIfAborted();
    await delay(ROUND_MS);
  }
}

async function observeAll(
  { probes: planned }: OpenedCase,
  probes: ReadonlyMap<StoreName, StoreProbe>,
): Promise<readonly StoreObservation[]> {
  const observations = await Promise.all(
    planned.requests.map((request) => probes.get(request.query.store)?.observe(request)),
  );
  return observations.filter((observation) => observation !== undefined);
}
