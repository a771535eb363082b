import { readFile } from 'node:fs/promises';
import { createAssembler, type DecodedTraces, decodeTraces, type Refused } from '../../collectors/index.js';
import { TracecourtError } from '../errors.js';
import { msToNanos } from '../lib/clock.js';
import type { AssembledRequest, CompiledFlow } from '../model/index.js';
import { assemblerOptions } from './assembler-options.js';
import { adviceOnExport, misreadExport } from './misread-export.js';

const TIMES = { rootQuietMs: 500, idleMs: 5_000, deadlineMs: 60_000 };

/**
 * The requests in a file of OTLP traces as JSON, an export a line, as an OpenTelemetry Collector's file exporter writes them. All of it is there at once: what the accounts do not
 * prove to be complete is complete by quiet.
 *
 * Throws TracecourtError: `file-unreadable`, or `undecodable-spans` with the line.
 */
export async function recordedRequests(
  file: string,
  flow: Pick<CompiledFlow, 'handoffs' | 'correlation'>,
): Promise<readonly AssembledRequest[]> {
  return requestsInLines(await readText(file), { file, flow });
}

/** The same, of what such a file holds. `file` is what errors call it. */
export function requestsInLines(
  text: string,
  { file, flow }: { readonly file: string; readonly flow: Pick<CompiledFlow, 'handoffs' | 'correlation'> },
): readonly AssembledRequest[] {
  const lines = text.split('\n');
  const assembler = createAssembler(assemblerOptions([flow], TIMES));
  const refused: Refused[] = [];
  let now = 0n;
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const decoded = tracesIn(line, { file, line: i + 1 });
    refused.push(decoded.refused);
    assembler.add(decoded.batch, now++);
  }
  const newest = new Map<string, AssembledRequest>();
  for (const wait of [0n, msToNanos(2 * TIMES.deadlineMs)]) {
    for (const request of assembler.takeDue(now + wait)) newest.set(request.requestId, request);
  }
  return [...newest.values()].map((request) => withRefused(request, refused));
}

/** What was refused of the request's traces, and of traces that nobody knows: it may be the request's. */
function withRefused(request: AssembledRequest, refused: readonly Refused[]): AssembledRequest {
  const unread = refused.flatMap(({ traceIds, message }) => {
    const count = traceIds.filter((id) => id === undefined || request.traceIds.includes(id)).length;
    return count === 0 ? [] : [{ count, because: message }];
  });
  if (unread.length === 0) return request;
  const { accounting } = request;
  return { ...request, accounting: { ...accounting, unread: [...(accounting.unread ?? []), ...unread] } };
}

/** The request of this id; all of them if none is asked for. */
export function onlyRequest<T extends { readonly requestId: string }>(
  requests: readonly T[],
  request: string | undefined,
): readonly T[] {
  return requests.filter(({ requestId }) => request === undefined || requestId === request);
}

function tracesIn(text: string, { file, line }: { readonly file: string; readonly line: number }): DecodedTraces {
  try {
    const decoded = decodeTraces(Buffer.from(text), 'application/json');
    const misread = decoded.batch.length === 0 ? misreadExport(text) : undefined;
    if (misread !== undefined) throw new Error(misread);
    return decoded;
  } catch (cause) {
    const reason = misreadExport(text) ?? (cause instanceof Error ? cause.message : String(cause));
    throw new TracecourtError('undecodable-spans', `${file}:${line} is no OTLP trace export: ${reason}`, {
      nextStep: adviceOnExport(text),
      cause,
    });
  }
}

async function readText(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b)
      throw new Error('it is compressed with gzip: unpack it first, with gunzip');
    return bytes.toString('utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TracecourtError('file-unreadable', `the recording ${file} cannot be read: ${reason}`, {
      nextStep: 'Check the path.',
      cause,
    });
  }
}
