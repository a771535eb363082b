import { TracecourtError } from '../errors.js';
import { exportIn } from './query-answer.js';

/** Where a trace is asked for, one after the other: Jaeger's v3 API, Tempo's second one, Tempo's first. */
const PATHS = ['/api/v3/traces/', '/api/v2/traces/', '/api/traces/'] as const;

/** Time for one answer. */
const PATIENCE_MS = 10_000;

/**
 * The spans of one trace as a store of traces has them, in one OTLP/JSON export. `from` is the address of its query API; a path in it is kept in front.
 *
 * Throws TracecourtError: `usage` for what is no address or no trace id, `service-unavailable` when nobody answers, `not-found`, or `undecodable-spans` when what is answered is no trace.
 */
export async function fetchTrace(id: string, from: string): Promise<string> {
  const traceId = traceIdIn(id);
  const base = addressIn(from);
  const seen: string[] = [];
  for (const path of PATHS) {
    const answer = await ask(`${base}${path}${traceId}`, base);
    const found = answer.status === 200 ? exportIn(answer.json) : undefined;
    if (found && found.resourceSpans.length > 0) return JSON.stringify(found);
    seen.push(`${path}… ${found || answer.status === 404 ? 'has none' : answer.what}`);
  }
  const told = `${base} was asked for trace ${traceId}: ${seen.join('; ')}.`;
  if (seen.some((each) => each.endsWith('has none'))) {
    throw new TracecourtError('not-found', told, { nextStep: 'Check the id, and how long traces are kept there.' });
  }
  throw new TracecourtError('undecodable-spans', told, {
    nextStep: 'Give the address of the query API: of Jaeger usually port 16686, of Tempo 3200.',
  });
}

function traceIdIn(id: string): string {
  if (/^([0-9a-f]{16}|[0-9a-f]{32})$/i.test(id)) return id.toLowerCase().padStart(32, '0');
  throw new TracecourtError('usage', `--trace ${id}: a store of traces knows traces by their ids, 32 hex digits.`);
}

function addressIn(from: string): string {
  const url = URL.canParse(from) ? new URL(from) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:')
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  throw new TracecourtError('usage', `--from ${from} is no http address.`, {
    nextStep: 'Write it as http://127.0.0.1:16686.',
  });
}

interface Answer {
  readonly status: number;
  /** Undefined where it is no JSON. */
  readonly json: unknown;
  /** What came instead of a trace, in a word or two. */
  readonly what: string;
}

async function ask(url: string, base: string): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'manual', signal });
    const { status, headers } = response;
    const json = parsed(await response.text());
    const kind = headers.get('content-type') ?? 'something without a type';
    return { status, json, what: status === 200 && json === undefined ? `answered ${kind}` : `answered ${status}` };
  } catch (cause) {
    const { cause: inner } = cause as Error;
    const reason = inner instanceof Error ? inner.message : (cause as Error).message;
    throw new TracecourtError('service-unavailable', `${base} does not answer: ${reason}`, {
      nextStep: 'Check the address, and that it can be reached from here.',
      cause,
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
