import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import type { AssembledRequest, CompiledFlow } from '../model/index.js';
import { readBundle, searchRuns } from './bundle-reader.js';
import { withoutStores } from './check-recorded.js';
import { fetchTrace } from './fetch-trace.js';
import { onlyRequest, requestsInLines } from './recorded-requests.js';
import { requestsIn } from './replay.js';
import { asked, checkRecorded, type SiftedRecordings } from './sift-recorded.js';

export interface WhereSpansAre {
  /** A file, or the id of a request or a trace. */
  readonly trace: string;
  /** The query API of a store of traces, where `trace` is one there. */
  readonly from?: string | undefined;
  /** The request to judge; default: each that is found. */
  readonly request?: string | undefined;
  /** The folder of the recorded runs. */
  readonly bundles: string;
}

/**
 * Judges requests by their spans alone, wherever these are: in a file, where those without a step of the flow are left aside unless one is named; in the newest recorded run that has a request or a trace of that id; or in a store of traces.
 *
 * Throws TracecourtError: what {@link checkRecorded} and {@link fetchTrace} do, and `not-found`.
 */
export async function checkSpans(flow: CompiledFlow, where: WhereSpansAre): Promise<SiftedRecordings> {
  const { trace, from, request, bundles } = where;
  if (from === undefined && isFile(trace)) return checkRecorded(flow, { file: trace, request });
  const spansAlone = withoutStores(flow);
  const requests =
    from === undefined
      ? recordedUnder(trace, { flow: spansAlone, bundles })
      : requestsInLines(await fetchTrace(trace, from), { file: `what ${from} answers`, flow: spansAlone });
  return asked(spansAlone, onlyRequest(requests, request));
}

/** An id has no dots that end in letters, and no slashes: what has is the name of a file, be it there or not. */
function isFile(trace: string): boolean {
  return existsSync(trace) || /[/\\]/.test(trace) || /^\.[a-z]/i.test(extname(trace));
}

function recordedUnder(
  id: string,
  { flow, bundles }: { readonly flow: CompiledFlow; readonly bundles: string },
): readonly AssembledRequest[] {
  const traceId = id.toLowerCase();
  return searchRuns(bundles, {
    find: (run) => {
      const requests = [...requestsIn(readBundle(run, bundles), [flow]).values()];
      const found = requests.filter(({ requestId, traceIds }) => requestId === id || traceIds.includes(traceId));
      return found.length > 0 ? found : undefined;
    },
    missing: `${id} is no file, and no run recorded in ${bundles} has a request or a trace of that id.`,
    nextStep:
      'Request ids are printed beside each verdict; `--bundles` names another folder, `--from` a store of traces.',
  });
}
