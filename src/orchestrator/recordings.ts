import { existsSync, statSync } from 'node:fs';
import { TracecourtError } from '../errors.js';
import type { AssembledRequest, CompiledFlow } from '../model/index.js';
import { BUNDLE_FILES } from './bundle.js';
import { findBundle, readBundle } from './bundle-reader.js';
import { recordedRequests } from './recorded-requests.js';
import { requestsIn } from './replay.js';

export interface RecordingOptions {
  readonly flow: Pick<CompiledFlow, 'handoffs' | 'correlation'>;
  /** Where runs leave their bundles: one may be named without it. */
  readonly bundles: string;
}

/**
 * The requests of several recordings, each a run's bundle or a file of OTLP traces as JSON, by start and id. A request that two of them hold counts once, as the
 * later recording has it.
 */
export async function readRecordings(
  recordings: readonly string[],
  options: RecordingOptions,
): Promise<readonly AssembledRequest[]> {
  const requests = new Map<string, AssembledRequest>();
  for (const recording of recordings) {
    for (const request of await readRecording(recording, options)) requests.set(request.requestId, request);
  }
  return [...requests.values()].sort((a, b) => compare(startOf(a), startOf(b)) || compare(a.requestId, b.requestId));
}

async function readRecording(
  recording: string,
  { flow, bundles }: RecordingOptions,
): Promise<Iterable<AssembledRequest>> {
  if (findBundle(recording, bundles) !== undefined) return requestsIn(readBundle(recording, bundles)).values();
  if (existsSync(recording) && statSync(recording).isDirectory()) throw noBundle(recording);
  return recordedRequests(recording, flow);
}

function noBundle(path: string): TracecourtError {
  return new TracecourtError(
    'not-found',
    `${path} is a folder, and no bundle of a run: it holds no ${BUNDLE_FILES.header}.`,
    {
      nextStep: 'Name one run, or its folder, or a file of OTLP traces as JSON.',
    },
  );
}

function startOf({ spans }: AssembledRequest): bigint {
  return spans[0]?.startUnixNano ?? 0n;
}

function compare<T>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
