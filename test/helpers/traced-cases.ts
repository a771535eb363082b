import { type Collector, startCollector } from '../../collectors/index.js';
import type { AssembledRequest, Attributes, Span } from '../../src/model/index.js';
import { type ChildProgram, runProgram } from './child-program.js';

/** Runs programs with tracing beside a real collector, and tells how their requests were judged complete. */
export interface TracedPrograms extends AsyncDisposable {
  /** For programs that are started by other means. */
  readonly environment: Readonly<Record<string, string>>;
  readonly collector: Collector;
  start(program: TracedProgram): Promise<ChildProgram>;
  /** Waits until the request is complete, and gives its last revision. */
  request(requestId: string): Promise<AssembledRequest>;
  /** Every revision so far, of all requests. */
  readonly completed: readonly AssembledRequest[];
}

export interface TracedProgram {
  readonly service: string;
  readonly source: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly extension?: 'mjs' | 'cjs';
}

const PATIENCE_MS = 20_000;

/** `rootQuietMs`: how long a request waits for hand-offs that nobody receives; shorter than the default for tests of that. */
export async function startTracedPrograms({ rootQuietMs = 10_000 } = {}): Promise<TracedPrograms> {
  const completed: AssembledRequest[] = [];
  const collector = await startCollector({
    assembler: { rootQuietMs, idleMs: PATIENCE_MS, deadlineMs: PATIENCE_MS },
    onCompleted: (request) => completed.push(request),
  });
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.address };
  const running: ChildProgram[] = [];
  return {
    environment,
    collector,
    completed,
    async start({ service, source, extension, ...options }) {
      const program = await runProgram({
        source,
        nodeArguments: ['--import', '@tracecourt/instrumentation/register'],
        environment: { ...environment, OTEL_SERVICE_NAME: service, ...options.environment },
        ...(extension && { extension }),
      });
      running.push(program);
      return program;
    },
    request: (requestId) => lastRevision(completed, requestId),
    async [Symbol.asyncDispose]() {
      for (const program of running) await program[Symbol.asyncDispose]();
      await collector[Symbol.asyncDispose]();
    },
  };
}

async function lastRevision(completed: readonly AssembledRequest[], requestId: string): Promise<AssembledRequest> {
  const end = Date.now() + PATIENCE_MS + 5_000;
  for (;;) {
    const request = completed.findLast((one) => one.requestId === requestId);
    if (request) return request;
    if (Date.now() > end) throw new Error(`${requestId} never completed; ${completed.length} other revisions did`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export interface Cases {
  /** Modules to import, and what all cases use; top-level code of the program. */
  readonly setup: string;
  /** By request id, the body of an async function. What it returns or throws is its outcome. */
  readonly cases: Readonly<Record<string, string>>;
  readonly teardown?: string;
}

export type Outcome =
  | { readonly returned: unknown }
  | { readonly thrown: { readonly name: string; readonly message: string } };

/**
 * A program that runs one request after the other, each within a step `step`, and prints its outcomes as a line of JSON.
 * `outside(fn)` runs something outside of every request.
 */
export function programOf({ setup, cases, teardown = '' }: Cases): string {
  const bodies = Object.entries(cases).map(([id, body]) => `${JSON.stringify(id)}: async () => {\n${body}\n}`);
  return `
import { context as activeContext, ROOT_CONTEXT } from '@opentelemetry/api';
import { currentTracing, withRequestId, wrapStep } from '@tracecourt/instrumentation';
const outside = (fn) => activeContext.with(ROOT_CONTEXT, fn);
${setup}
const inTime = (body) => async () => {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('the case is not over after 8 s')), 8000); });
  try { return await Promise.race([body(), late]); } finally { clearTimeout(timer); }
};
const cases = {${bodies.join(',\n')}};
const outcomes = {};
for (const [id, body] of Object.entries(cases)) {
  outcomes[id] = await withRequestId(id, wrapStep('step', inTime(body))).then(
    (returned) => ({ returned: returned ?? null }),
    (error) => ({ thrown: { name: error?.code ?? error?.name, message: String(error?.message) } }),
  );
}
${teardown}
await currentTracing().flush();
process.stdout.write(JSON.stringify(outcomes) + '\\n', () => process.exit());
`;
}

export interface RunOptions extends Omit<TracedProgram, 'source'> {
  readonly cases: Cases;
  /** Asked about each line that the program prints; an answer is written to its standard input. */
  readonly onLine?: (line: string) => Promise<string | undefined>;
}

/** Runs the cases to their end; throws with what the program wrote to standard error, if anything. */
export async function runCases(
  programs: TracedPrograms,
  { cases, onLine, ...program }: RunOptions,
): Promise<Readonly<Record<string, Outcome>>> {
  const running = await programs.start({ ...program, source: programOf(cases) });
  if (onLine) await converse(running, onLine);
  const { code, stdout, stderr } = await running.end();
  if (code !== 0 || stderr !== '') throw new Error(`exit code ${code}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, Outcome>;
}

/** Until the outcomes come. */
async function converse(program: ChildProgram, onLine: NonNullable<RunOptions['onLine']>): Promise<void> {
  for (let line = await program.line(); !line.startsWith('{'); line = await program.line()) {
    const answer = await onLine(line);
    if (answer !== undefined) program.process.stdin.write(`${answer}\n`);
  }
}

/** A span in few words: `SET`, or `INCR: ERR` with the type of its error. The step that each request runs in is left out. Of one
 * service, in the order in which they started; across services there is none. */
export function told({ spans }: Pick<AssembledRequest, 'spans'>, service?: string): readonly string[] {
  return [...spans]
    .filter(({ name, resource }) => name !== 'step' && (!service || resource.get('service.name') === service))
    .sort((a, b) => stampOf(a) - stampOf(b))
    .map(({ name, status, attributes }) =>
      status.code === 'error' ? `${name}: ${String(attributes.get('error.type'))}` : name,
    );
}

function stampOf({ attributes }: Span): number {
  return Number(attributes.get('tracecourt.seq.start') ?? 0);
}

export function plain(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(attributes.entries());
}
