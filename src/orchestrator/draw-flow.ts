import { TracecourtError } from '../errors.js';
import type { AssembledRequest, CompiledFlow, FlowOverlay, StoreObservation } from '../model/index.js';
import { flowMermaid, flowSvg } from '../view/index.js';
import { withoutStores } from './check-recorded.js';
import { judgeAlone, openCase } from './judge-evidence.js';
import { addressBook } from './name-peers.js';
import { overlayOf } from './overlay.js';
import { onlyRequest, recordedRequests } from './recorded-requests.js';
import { findReplayed } from './replay.js';

export const DRAWING_FORMATS = ['mermaid', 'svg'] as const;
export type DrawingFormat = (typeof DRAWING_FORMATS)[number];

/** A flow as text of that format, with a request laid over it if there is one. */
export function drawFlow(
  flow: CompiledFlow,
  { format, overlay }: { readonly format: DrawingFormat; readonly overlay?: FlowOverlay | undefined },
): string {
  return format === 'svg' ? flowSvg(flow, overlay) : flowMermaid(flow, overlay);
}

/**
 * One request of a file of recorded spans, judged by these alone: the one that is named, else the first that did not pass, else the first.
 *
 * Throws TracecourtError `not-found` if there is none.
 */
export async function overlayRecorded(
  flow: CompiledFlow,
  { file, request }: { readonly file: string; readonly request: string | undefined },
): Promise<FlowOverlay> {
  const spansAlone = withoutStores(flow);
  const requests = onlyRequest(await recordedRequests(file, spansAlone), request);
  const overlays = requests.map((each) => overlayAlone(spansAlone, each, []));
  const chosen = overlays.find(({ outcome }) => outcome !== 'pass') ?? overlays[0];
  if (chosen) return chosen;
  throw new TracecourtError(
    'not-found',
    request === undefined ? `No request is in ${file}.` : `Request ${request} is not in ${file}.`,
    {
      nextStep: 'Check the file and the id.',
    },
  );
}

/** One request of a recorded run, judged by this flow with what its stores showed. Chosen as `trace` chooses. */
export function overlayReplayed(
  flow: CompiledFlow,
  from: { readonly run: string; readonly request: string | undefined; readonly bundles: string },
): FlowOverlay {
  const { opened, observations } = findReplayed({ requestId: from.request, run: from.run, bundles: from.bundles });
  return overlayAlone(flow, opened.evidence.trace, observations);
}

function overlayAlone(
  flow: CompiledFlow,
  request: AssembledRequest,
  observations: readonly StoreObservation[],
): FlowOverlay {
  const opened = openCase(flow, request, addressBook([]));
  return overlayOf({ ...opened.evidence, observations }, judgeAlone(opened, observations));
}
