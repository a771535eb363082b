import { wordSpecimens } from '../flow/index.js';
import type { AssembledRequest, CompiledFlow, CoverageKind, FlowCoverage, StoreObservation } from '../model/index.js';
import { coverageOf, type Exercised, exercised } from '../validators/index.js';
import type { Bundle } from './bundle-reader.js';
import { withoutStores } from './check-recorded.js';
import { evaluatorOf } from './evaluator.js';
import { openCase } from './judge-evidence.js';
import { type AddressBook, addressBook } from './name-peers.js';
import { recordedRequests } from './recorded-requests.js';
import { replayBundle } from './replay.js';

/** What one request exercised of a flow, by its spans and by what its stores showed. */
export function exercisedBy(
  flow: CompiledFlow,
  {
    request,
    observations,
    book = addressBook([]),
  }: {
    readonly request: AssembledRequest;
    readonly observations: readonly StoreObservation[];
    readonly book?: AddressBook;
  },
): Exercised {
  const { evidence } = openCase(flow, request, book);
  return exercised({ ...evidence, observations }, evaluatorOf(flow));
}

/** What of a flow recorded requests exercised, by their spans alone: stores were not asked, so that effects are not spoken of. */
export function coverRecorded(flow: CompiledFlow, requests: readonly AssembledRequest[]): FlowCoverage {
  const spansAlone = withoutStores(flow);
  return coverageOf(
    spansAlone,
    requests.map((request) => exercisedBy(spansAlone, { request, observations: [] })),
  );
}

/** What words can show of a flow: they have no values, and nothing happens in a store. */
const OF_WORDS: readonly CoverageKind[] = ['step', 'branch', 'option', 'rounds', 'rule'];

/** What of a flow its own examples exercise: the words that it accepts and, if it has any, the recorded requests. */
export function coverExamples(flow: CompiledFlow, recorded: readonly AssembledRequest[]): FlowCoverage {
  const spansAlone = withoutStores(flow);
  const ofWords = flow.examples.accepts.flatMap((word) => {
    const ways = wordSpecimens(flow, word).map((specimen) =>
      exercisedBy({ ...specimen.flow, order: flow.order }, { ...specimen, observations: [] }),
    );
    return ways.find(({ placed }) => placed) ?? ways[0] ?? [];
  });
  const ofRecorded = recorded.map((request) => exercisedBy(spansAlone, { request, observations: [] }));
  return coverageOf(spansAlone, [...ofWords, ...ofRecorded], recorded.length === 0 ? { only: OF_WORDS } : {});
}

/**
 * What of a flow several runs exercised together: bundles, with what their stores showed, and files of recorded spans. Of a bundle, the requests count that
 * were judged by a flow of this name.
 */
export async function coverRuns(
  flow: CompiledFlow,
  { bundles, traces }: { readonly bundles: readonly Bundle[]; readonly traces: readonly string[] },
): Promise<FlowCoverage> {
  const replayed = bundles.flatMap(replayBundle).filter(({ recorded }) => recorded.flow.name === flow.name);
  const all = replayed.map(({ opened, observations }) =>
    exercisedBy(flow, { request: opened.evidence.trace, observations }),
  );
  for (const file of traces) {
    const requests = await recordedRequests(file, flow);
    all.push(...requests.map((request) => exercisedBy(flow, { request, observations: [] })));
  }
  return coverageOf(bundles.length > 0 ? flow : withoutStores(flow), all);
}

/** A case that was judged, as far as it matters here. */
export interface CoveredCase {
  readonly runCase: { readonly loaded: { readonly flow: CompiledFlow } };
  readonly requestId: string;
  readonly observations: readonly StoreObservation[];
  /** The same for requests that exercised the same of their flow; undefined where that is not known. */
  readonly likeness: string | undefined;
}

/**
 * What the requests of a run exercised, for each flow by its name. Of those alike one is looked at, when it was judged, so that none of them need be kept for
 * it; the others are looked at in the end.
 */
export class RunCoverage {
  /** By name, the first flow of it, with what was exercised by its likeness. The same name may stand for the flow with other parameters. */
  readonly #flows = new Map<string, { readonly flow: CompiledFlow; readonly alike: Map<string, Exercised> }>();

  /** To be told of each request once. True if the request will not be asked for. */
  add({ runCase, observations, likeness }: CoveredCase, request: AssembledRequest): boolean {
    const { flow } = runCase.loaded;
    const known = this.#flows.get(flow.name) ?? { flow, alike: new Map<string, Exercised>() };
    this.#flows.set(flow.name, known);
    if (likeness === undefined || flow !== known.flow) return false;
    if (!known.alike.has(likeness)) known.alike.set(likeness, exercisedBy(flow, { request, observations }));
    return true;
  }

  of(
    results: readonly CoveredCase[],
    requestOf: (requestId: string) => AssembledRequest | undefined,
  ): readonly FlowCoverage[] {
    return [...this.#flows].map(([name, { flow, alike }]) => {
      const own = results.filter(({ runCase }) => runCase.loaded.flow.name === name);
      const all = own.flatMap(({ runCase, requestId, observations, likeness }) => {
        const isKnown = likeness !== undefined && runCase.loaded.flow === flow;
        const request = isKnown ? undefined : requestOf(requestId);
        return request ? exercisedBy(flow, { request, observations }) : (isKnown && alike.get(likeness)) || [];
      });
      return coverageOf(flow, all);
    });
  }
}
