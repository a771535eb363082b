import type { CompiledFlow, CoverageKind, FlowCoverage } from '../../model/index.js';
import type { Exercised } from './exercised.js';
import { flowParts } from './flow-parts.js';

export { type Exercised, exercised } from './exercised.js';

/** What of a flow some requests exercised. With `only`, other kinds of parts are not spoken of. */
export function coverageOf(
  flow: CompiledFlow,
  requests: readonly Exercised[],
  { only }: { readonly only?: readonly CoverageKind[] } = {},
): FlowCoverage {
  return {
    flow: flow.name,
    requests: requests.length,
    unplaced: requests.filter(({ placed }) => !placed).length,
    parts: flowParts(flow)
      .filter(({ kind }) => only === undefined || only.includes(kind))
      .map((part) => ({ ...part, requests: requests.filter(({ parts }) => parts.has(part.id)).length })),
  };
}
