import { TracecourtError } from '../errors.js';
import type { CompiledFlow, FlowOverlay } from '../model/index.js';
import { flowMermaid, flowSvg } from '../view/index.js';
import { withoutStores } from './check-recorded.js';
import { judgeCase, openCase } from './judge-evidence.js';
import { NOTHING_EARLIER } from './left-over.js';
import { addressBook } from './name-peers.js';
import { overlayOf } from './overlay.js';
import { recordedRequests } from './recorded-requests.js';
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
  const overlays = (await recordedRequests(file, spansAlone))
    .filter(({ requestId }) => request === undefined || requestId === request)
    .map((each) => {
      const opened = openCase(spansAlone, each, addressBook([]));
      const verdict = judgeCase(opened, { observations: [], answer: undefined, earlier: NOTHING_EARLIER });
      return overlayOf(opened.evidence, verdict);
    });
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
  const again = openCase(flow, opened.evidence.trace, addressBook([]));
  const verdict = judgeCase(again, { observations, answer: undefined, earlier: NOTHING_EARLIER });
  return overlayOf({ ...again.evidence, observations }, verdict);
}
