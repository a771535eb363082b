import { setMaxListeners } from 'node:events';
import { startCollector } from '../../collectors/index.js';
import { TracecourtError } from '../errors.js';
import type { Clock } from '../lib/clock.js';
import { oncePer } from '../lib/once-per.js';
import { atPace } from '../lib/pace.js';
import { Teardown } from '../lib/teardown.js';
import type { CompiledFlow } from '../model/index.js';
import type { Reporter } from '../report/index.js';
import { count } from '../view/index.js';
import { assemblerOptions, assemblerTimes } from './assembler-options.js';
import { RunCoverage } from './cover.js';
import { createDocket, type Docket } from './docket.js';
import { combineExitCodes, EXIT_CODES, exitCodeOf } from './exit-code.js';
import { identifyStores, watchStores } from './identify-stores.js';
import { NOTHING_EARLIER } from './left-over.js';
import { type OpenWatch, watchOpen } from './live/watch-open.js';
import { addressBook } from './name-peers.js';
import { type OpenStores, openStores, type StoreAddresses } from './open-stores.js';
import { createRequestSender } from './request-sender.js';
import { type CaseResult, type Courtroom, reviseCase, runCase } from './run-case.js';
import { newRunId, requestIdIn } from './run-id.js';
import type { RunCase } from './run-plan.js';
import { openRecord, type RunRecord } from './run-record.js';
import { startSystem } from './start-system.js';
import { warningsOf } from './test-flow.js';
import { countVerdicts, type VerdictCounts } from './verdict-counts.js';

export interface RunOptions {
  readonly stores: StoreAddresses;
  readonly http: { readonly host: string; readonly port: number };
  /** Where services and sender send their spans, if somebody else passes them on. Default: straight to the collector. */
  readonly exportTo?: string | undefined;
  /** Folder that gets one folder a run. */
  readonly bundles: string;
  readonly rootQuietMs: number;
  /** Requests a second, sent whether or not the ones before are judged. Default: one after another. */
  readonly perSecond?: number | undefined;
  /** So many of the first requests of each scenario go one after another whatever `perSecond` says. Default: none. */
  readonly warmUp?: number | undefined;
  /** True: the first request that fails is the last that is sent, and is not waited for once it is certain that it fails. */
  readonly bail?: boolean | undefined;
  /** Services whose spans are not to reach the collector. */
  readonly cut: readonly string[];
  readonly reporters: readonly Reporter[];
  readonly clock: Clock;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface RunResult {
  readonly run: string;
  readonly bundle: string | undefined;
  readonly cases: readonly CaseResult[];
  /** What kept the run from going on to its end. */
  readonly failure: TracecourtError | undefined;
  readonly exitCode: number;
}

const STOP_DEADLINE_MS = 8_000;

/**
 * Runs cases from start to end: stores, collector, system under test, then each request sent and judged, then everything
 * stopped in the reverse order and late spans heard. The only place that wires the parts together.
 *
 * Never rejects for what a run can meet: a missing service ends up in `failure`, an interruption in the exit code.
 */
export async function runCases(cases: readonly RunCase[], options: RunOptions): Promise<RunResult> {
  const startedAt = performance.now();
  const run = newRunId(new Date(Number(options.clock.now() / 1_000_000n)));
  const verdicts = countVerdicts([...new Set(cases.map(({ loaded }) => loaded.flow.name))]);
  const record = openRecord(run, cases, { ...options, reporters: [verdicts, ...options.reporters] });
  const teardown = new Teardown({ deadlineMs: STOP_DEADLINE_MS, onTrouble: record.warn });
  const results: CaseResult[] = [];
  const { failure } = await settled(async () => {
    record.emit({
      type: 'run-started',
      run,
      bundle: record.bundle,
      scenarios: [...new Set(cases.map(({ loaded }) => loaded.scenario.name))],
    });
    for (const warning of new Set(cases.flatMap(({ loaded }) => flowWarnings(loaded.flow)))) record.warn(warning);
    await hold(cases, { run, record, teardown, results, options, metrics: verdicts.metrics });
  });
  await teardown[Symbol.asyncDispose]();

  const exitCode = exitCodeOfRun(results, failure, options.signal);
  const ours = options.signal.aborted ? undefined : asOurs(failure);
  record.emit({
    type: 'run-ended',
    run,
    exitCode,
    durationMs: performance.now() - startedAt,
    failure: ours && { code: ours.code, message: ours.message, nextStep: ours.nextStep },
  });
  await record.end();
  return { run, bundle: record.bundle, cases: results, failure: ours, exitCode };
}

interface Session {
  readonly run: string;
  readonly record: RunRecord;
  readonly teardown: Teardown;
  readonly results: CaseResult[];
  readonly options: RunOptions;
  /** What of the run is told at the collector's `/metrics`. */
  readonly metrics: VerdictCounts['metrics'];
}

/** The run proper. Results are added as they come, so that what was judged before a failure is not lost. */
async function hold(cases: readonly RunCase[], session: Session): Promise<void> {
  const { run, record, teardown, results, options } = session;
  const { signal } = options;
  const flows = [...new Set(cases.map(({ loaded }) => loaded.flow))];
  const docket = createDocket();
  using open = watchOpen({
    snapshot: (requestId) => collector.snapshot(requestId),
    growth: (requestId, mark) => collector.growth(requestId, mark),
    emit: record.emit,
    onDoomed: (requestId) => void (options.bail && collector.close(requestId, 'shutdown')),
  });
  const collector = await openCollector(docket, { cases, session, open });
  const exportTo = options.exportTo ?? collector.address;
  const stores = await openStores(options.stores, { teardown, flows, onTrouble: record.warn });
  await openProbes(stores, record);
  let earlier = NOTHING_EARLIER;
  const coverage = new RunCoverage();
  for (const group of bySystem(cases)) {
    if (isOver(results, options)) break;
    const services = new Teardown({ deadlineMs: STOP_DEADLINE_MS, onTrouble: record.warn });
    teardown.use('the system under test', services);
    const [{ loaded }] = group;
    const { environment } = stores;
    const host = {
      run,
      exportTo,
      environment,
      cut: options.cut,
      teardown: services,
      emit: record.emit,
      signal,
    };
    const system = await startSystem(loaded.scenario, host);
    const sender = services.use(
      'the sender',
      createRequestSender(exportTo, options.exportTo === undefined ? collector : undefined),
    );
    const room: Courtroom = {
      collector,
      exportTo: options.exportTo,
      docket,
      coverage,
      open,
      sender,
      probes: stores.probes,
      known: system.known,
      book: addressBook(system.served),
      emit: record.emit,
      signal: anyOf([signal, system.lost]),
      lost: system.lost,
    };

    let away: TracecourtError | undefined;
    const hear = async (next: RunCase): Promise<void> => {
      if (away || isOver(results, options)) return;
      room.signal.throwIfAborted();
      const result = await runCase(next, { requestId: requestIdIn(run, cases.indexOf(next)), earlier }, room);
      results.push(result);
      earlier = earlier.and(result.observations);
      if (result.verdict.outcome === 'pass') return;
      const gone = await storesAway(stores);
      away ??= gone;
    };
    const { perSecond, warmUp = 0 } = options;
    const alone = perSecond === undefined ? group.length : warmUp;
    for (const next of group.slice(0, alone)) await hear(next);
    if (perSecond !== undefined) await atPace(group.slice(alone), { perSecond, work: hear });
    system.lost.throwIfAborted();
    await services[Symbol.asyncDispose]();
    for (const [index, result] of results.entries()) results[index] = await reviseCase(result, room);
    if (away) throw away;
  }
  for (const ofFlow of coverage.of(results, docket.newest)) record.emit({ type: 'flow-covered', coverage: ofFlow });
  const unsent = cases.length - results.length;
  if (isOver(results, options) && unsent > 0)
    record.emit({
      type: 'notice',
      level: 'info',
      message: `${count(unsent, 'request')} not sent: a request failed, and the run bails`,
    });
}

function isOver(results: readonly CaseResult[], { bail = false }: RunOptions): boolean {
  return bail && results.some(({ verdict }) => verdict.outcome === 'fail');
}

const flowWarnings = oncePer((flow: CompiledFlow) =>
  warningsOf(flow).map((warning) => `flow ${flow.name}: ${warning}`),
);

/** Each request under way listens to it, however many there are. */
function anyOf(signals: readonly AbortSignal[]): AbortSignal {
  const any = AbortSignal.any([...signals]);
  setMaxListeners(0, any);
  return any;
}

async function openCollector(
  docket: Docket,
  { cases, session, open }: { readonly cases: readonly RunCase[]; readonly session: Session; readonly open: OpenWatch },
) {
  const { record, teardown, options, metrics } = session;
  const collector = await startCollector({
    http: options.http,
    metrics,
    assembler: assemblerOptions(
      cases.map(({ loaded }) => loaded.flow),
      assemblerTimes(cases, options.rootQuietMs),
    ),
    clock: options.clock,
    onInput: record.recordInput,
    onNews: (requestIds) => open.news(requestIds),
    onCompleted(request) {
      open.leave(request.requestId);
      if (!docket.completed(request) || request.completedBy === undefined) return;
      record.emit({
        type: 'request-completed',
        requestId: request.requestId,
        revision: request.revision,
        completedBy: request.completedBy,
        spans: request.spans.length,
        processes: request.accounting.processes.length,
        endTime: request.spans.reduce((last, { endUnixNano }) => (endUnixNano > last ? endUnixNano : last), 0n),
      });
    },
  });
  teardown.use('the collector', collector);
  record.emit({ type: 'collector-ready', http: collector.address });
  return collector;
}

async function openProbes({ probes }: OpenStores, { emit }: RunRecord): Promise<void> {
  for (const server of await identifyStores(probes.values())) emit({ type: 'store-ready', server });
  await watchStores(probes.values());
}

/**
 * Why the run cannot go on, if a store is away: asked after each verdict that is no pass. A service that waits for a store may
 * show nothing but a request without an answer, and every next request would wait as long.
 */
async function storesAway({ probes }: OpenStores): Promise<TracecourtError | undefined> {
  try {
    await identifyStores(probes.values());
    return undefined;
  } catch (error) {
    if (error instanceof TracecourtError && error.code === 'store-unavailable') return error;
    throw error;
  }
}

/** Neighbouring cases whose scenarios start the very same processes share them. */
function bySystem(cases: readonly RunCase[]): readonly (readonly [RunCase, ...RunCase[]])[] {
  const groups: [RunCase, ...RunCase[]][] = [];
  for (const next of cases) {
    const last = groups.at(-1);
    if (last && systemKey(last[0]) === systemKey(next)) last.push(next);
    else groups.push([next]);
  }
  return groups;
}

function systemKey({ loaded }: RunCase): string {
  return JSON.stringify([loaded.scenario.start, loaded.scenario.health]);
}

async function settled(work: () => Promise<void>): Promise<{ readonly failure: unknown }> {
  try {
    await work();
    return { failure: undefined };
  } catch (failure) {
    return { failure };
  }
}

function exitCodeOfRun(results: readonly CaseResult[], failure: unknown, signal: AbortSignal): number {
  if (signal.aborted) return EXIT_CODES.interrupted;
  const codes: number[] = results.map(({ verdict }) => exitCodeOf(verdict.outcome));
  if (failure !== undefined) codes.push(failure instanceof TracecourtError ? failure.exitCode : EXIT_CODES.defect);
  return combineExitCodes(codes);
}

function asOurs(failure: unknown): TracecourtError | undefined {
  if (failure === undefined || failure instanceof TracecourtError) return failure;
  if (failure instanceof DOMException && failure.name === 'AbortError') return undefined;
  const reason = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
  return new TracecourtError('defect', `Tracecourt itself failed: ${reason}`, {
    nextStep: 'Please report it, with the bundle of the run.',
    cause: failure,
  });
}
