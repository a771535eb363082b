import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TracecourtError } from '../errors.js';
import type { AssembledRequest, CompiledFlow } from '../model/index.js';
import { BUNDLE_FILES } from './bundle.js';
import { readBundle } from './bundle-reader.js';
import { recordedRequests } from './recorded-requests.js';
import { requestsIn } from './replay.js';

/**
 * The requests of several recordings, each a run's bundle or a file of OTLP traces as JSON, by start and id. A request that two of them hold counts once, as the
 * later recording has it.
 */
export async function readRecordings(
  paths: readonly string[],
  flow: Pick<CompiledFlow, 'handoffs' | 'correlation'>,
): Promise<readonly AssembledRequest[]> {
  const requests = new Map<string, AssembledRequest>();
  for (const path of paths) {
    for (const request of await readRecording(path, flow)) requests.set(request.requestId, request);
  }
  return [...requests.values()].sort((a, b) => compare(startOf(a), startOf(b)) || compare(a.requestId, b.requestId));
}

async function readRecording(
  path: string,
  flow: Pick<CompiledFlow, 'handoffs' | 'correlation'>,
): Promise<Iterable<AssembledRequest>> {
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  if (!isFolder) return recordedRequests(path, flow);
  if (!existsSync(join(path, BUNDLE_FILES.header))) throw noBundle(path);
  return requestsIn(readBundle(path, '.')).values();
}

function noBundle(path: string): TracecourtError {
  return new TracecourtError(
    'not-found',
    `${path} is a folder, and no bundle of a run: it holds no ${BUNDLE_FILES.header}.`,
    {
      nextStep: 'Name the folder of one run, `.tracecourt/runs/RUN`, or a file of OTLP traces as JSON.',
    },
  );
}

function startOf({ spans }: AssembledRequest): bigint {
  return spans[0]?.startUnixNano ?? 0n;
}

function compare<T>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
