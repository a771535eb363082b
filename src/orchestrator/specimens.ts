import { dirname, resolve } from 'node:path';
import { wordSpecimens } from '../flow/index.js';
import type { CompiledFlow, Specimen } from '../model/index.js';
import type { Bundle } from './bundle-reader.js';
import { withoutStores } from './check-recorded.js';
import { onlyRequest, recordedRequests } from './recorded-requests.js';
import { replayBundle } from './replay.js';

/** Where requests come from that are to be made wrong, beside the flow's own examples. */
export interface SpecimenSources {
  /** The flow's file: recorded examples are relative to it. */
  readonly flowFile: string;
  /** Files of OTLP traces as JSON. */
  readonly traces: readonly string[];
  readonly bundles: readonly Bundle[];
}

/**
 * The requests that a flow says it accepts: one made from each word, each recorded one that must pass, each in `traces` (by their spans alone, for the stores of that time
 * are gone), and each of a recorded run that was judged by a flow of this name (with what its stores showed). One entry a request, with the ways it can be made.
 */
export async function specimensOf(
  flow: CompiledFlow,
  { flowFile, traces, bundles }: SpecimenSources,
): Promise<readonly (readonly Specimen[])[]> {
  const recorded = flow.examples.recorded.filter(({ verdict }) => verdict === 'pass');
  const files = [
    ...recorded.map(({ file, request }) => ({ file: resolve(dirname(flowFile), file), name: file, request })),
    ...traces.map((file) => ({ file, name: file, request: undefined })),
  ];
  const entries = flow.examples.accepts.map((word) => wordSpecimens(flow, word));
  for (const each of files) entries.push(...(await fromFile(flow, each)).map((one) => [one]));
  return [...entries, ...bundles.flatMap((bundle) => fromBundle(flow, bundle)).map((one) => [one])];
}

async function fromFile(
  flow: CompiledFlow,
  { file, name, request }: { readonly file: string; readonly name: string; readonly request: string | undefined },
): Promise<readonly Specimen[]> {
  const spansAlone = withoutStores(flow);
  const requests = await recordedRequests(file, spansAlone);
  return onlyRequest(requests, request).map((each) => ({
    name: `${name} ${each.requestId}`,
    flow: spansAlone,
    request: each,
    observations: [],
    hasValues: true,
  }));
}

function fromBundle(flow: CompiledFlow, bundle: Bundle): readonly Specimen[] {
  return replayBundle(bundle)
    .filter(({ recorded }) => recorded.flow.name === flow.name)
    .map(({ recorded, opened, observations }) => ({
      name: recorded.requestId,
      flow,
      request: opened.evidence.trace,
      observations,
      hasValues: true,
    }));
}
