import { mutantsOf } from '../flow/index.js';
import { toExactJson } from '../lib/json.js';
import {
  type CompiledFlow,
  type JudgeableRequest,
  MUTATION_KINDS,
  type MutatedRequest,
  type Mutation,
  type MutationResult,
  type MutationTally,
  mutationName,
  type Specimen,
  type StoreObservation,
  type Verdict,
} from '../model/index.js';
import { readRun } from '../validators/index.js';
import { evaluatorOf } from './evaluator.js';
import { judgeAlone, type OpenedCase, openCase } from './judge-evidence.js';
import { addressBook } from './name-peers.js';

/**
 * Makes each of some requests wrong in every way that is known, one way at a time, and has the judge look at each. Pure: the same requests give the
 * same answer.
 *
 * Of each entry the first specimen that passes is taken: they are ways to make one request. `allow` names mutations that need not be noticed.
 */
export function mutateFlow(
  entries: readonly (readonly Specimen[])[],
  { allow = [] }: { readonly allow?: readonly string[] } = {},
): MutationResult {
  const requests: MutatedRequest[] = [];
  const tallies = new Map<string, MutationTally>();
  for (const entry of entries) {
    const judged = entry.map((specimen) => ({ specimen, ...judgeOf(specimen.flow, specimen) }));
    const chosen = judged.find(({ verdict }) => verdict.outcome === 'pass') ?? judged[0];
    if (!chosen) continue;
    const { specimen, opened, verdict } = chosen;
    const conforms = verdict.outcome === 'pass';
    requests.push({ name: specimen.name, conforms, verdict });
    if (conforms) tryAll(specimen, { opened, tallies });
  }
  const mutations = [...tallies.values()]
    .map((tally) => ({ ...tally, allowed: allow.includes(tally.name) }))
    .sort((a, b) => MUTATION_KINDS.indexOf(a.mutation.kind) - MUTATION_KINDS.indexOf(b.mutation.kind));
  const sum = (of: (tally: MutationTally) => number): number => mutations.reduce((total, each) => total + of(each), 0);
  return {
    requests,
    tried: sum(({ tried }) => tried),
    caught: sum(({ caught }) => caught),
    doubted: sum(({ doubted }) => doubted),
    uncaught: sum(({ uncaught }) => uncaught),
    mutations,
  };
}

function tryAll(
  specimen: Specimen,
  { opened, tallies }: { readonly opened: OpenedCase; readonly tallies: Map<string, MutationTally> },
): void {
  const { runs } = readRun({ ...opened.evidence, observations: specimen.observations }, evaluatorOf(specimen.flow));
  const lawful = { steps: opened.evidence.trace.steps, inOrder: runs.flatMap(({ inOrder }) => inOrder) };
  for (const { mutation, ...mutant } of mutantsOf(specimen, lawful)) {
    const { verdict } = judgeOf(specimen.flow, mutant, specimen);
    if (mutation.kind === 'swap' && isAnotherRun(verdict)) continue;
    const name = mutationName(mutation);
    tallies.set(name, counted(tallies.get(name) ?? nothingTried(mutation), { verdict, of: specimen.name }));
  }
}

/** The order says both ways, as an any-order does: then it is no wrong request. Where nothing proves the order, it may be one that nobody notices. */
function isAnotherRun({ outcome, strength }: Verdict): boolean {
  return outcome === 'pass' && strength.undecided === 0;
}

function nothingTried(mutation: Mutation): MutationTally {
  const none = { tried: 0, caught: 0, doubted: 0, uncaught: 0, by: [], missedIn: [], allowed: false };
  return { mutation, name: mutationName(mutation), ...none };
}

function counted(
  tally: MutationTally,
  { verdict: { outcome, findings }, of }: { readonly verdict: Verdict; readonly of: string },
): MutationTally {
  const one = (is: boolean): number => (is ? 1 : 0);
  return {
    ...tally,
    tried: tally.tried + 1,
    caught: tally.caught + one(outcome === 'fail'),
    doubted: tally.doubted + one(outcome === 'unknown'),
    uncaught: tally.uncaught + one(outcome === 'pass'),
    by: [...new Set([...tally.by, ...findings.map(({ code }) => code)])],
    missedIn: outcome === 'pass' ? [...tally.missedIn, of] : tally.missedIn,
  };
}

/** Judged as a request of its own; with values, the stores are asked what the mutant would have asked them. */
function judgeOf(
  flow: CompiledFlow,
  { request, observations }: JudgeableRequest,
  original?: Specimen,
): { readonly opened: OpenedCase; readonly verdict: Verdict } {
  const opened = openCase(flow, request, addressBook([]));
  const seen = original?.hasValues ? asAsked(opened, observations) : observations;
  return { opened, verdict: judgeAlone(opened, seen) };
}

/** What the stores would have shown: nothing, where something else would have been asked than was. */
function asAsked({ probes }: OpenedCase, observations: readonly StoreObservation[]): readonly StoreObservation[] {
  const asked = new Set(probes.requests.map(({ effect, query }) => toExactJson({ effect, query })));
  const planned = new Set(probes.requests.map(({ effect }) => effect));
  return observations
    .filter(({ effect }) => planned.has(effect))
    .map((each) => {
      const { effect, query, status } = each;
      return status !== 'read' || asked.has(toExactJson({ effect, query })) ? each : { ...each, records: [] };
    });
}
