import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AssemblerInput } from '../../collectors/index.js';
import { TracecourtError } from '../errors.js';
import { fromExactJson } from '../lib/json.js';
import { firstFew, type RunEvent } from '../model/index.js';
import { BUNDLE_FILES, BUNDLE_VERSION, type BundledCase, type BundleHeader, type StoredHeader } from './bundle.js';

/** A recorded run. */
export interface Bundle {
  readonly directory: string;
  readonly header: BundleHeader;
  readonly inputs: readonly AssemblerInput[];
  readonly events: readonly RunEvent[];
  /** What was torn when the run was cut off, a sentence each; empty for a run that ended. */
  readonly warnings: readonly string[];
}

/**
 * Reads the bundle of `run`: a folder, or the name of one in `bundles`.
 *
 * A torn last line (the process was killed, or the disk was full) is left out and named in `warnings`. Throws TracecourtError
 * `not-found` when there is no such run, `invalid-bundle` for one that can't be read.
 */
export function readBundle(run: string, bundles: string): Bundle {
  const directory = findBundle(run, bundles);
  if (directory === undefined) throw notFound(run, bundles);
  const header = readHeader(directory);
  const inputs = readLines(directory, BUNDLE_FILES.inputs);
  const events = readLines(directory, BUNDLE_FILES.events);
  return {
    directory,
    header,
    inputs: inputs.entries as readonly AssemblerInput[],
    events: events.entries as readonly RunEvent[],
    warnings: [...inputs.warnings, ...events.warnings],
  };
}

/** The folder of the bundle that `run` names, as {@link readBundle} takes it; undefined for anything else. */
export function findBundle(run: string, bundles: string): string | undefined {
  return [resolve(bundles, run), resolve(run)].find((folder) => existsSync(join(folder, BUNDLE_FILES.header)));
}

/** Names of the recorded runs, newest first. */
export function listRuns(bundles: string): readonly string[] {
  if (!statSync(bundles, { throwIfNoEntry: false })?.isDirectory()) return [];
  const runs = readdirSync(bundles).filter((name) => existsSync(join(bundles, name, BUNDLE_FILES.header)));
  return runs.sort().reverse();
}

/**
 * The newest run that judged something; where none did, the newest. Throws TracecourtError `not-found` when nothing was
 * recorded yet.
 */
export function newestRun(bundles: string): string {
  const runs = listRuns(bundles);
  const newest = runs.find((run) => hasVerdict(join(bundles, run))) ?? runs[0];
  if (newest !== undefined) return newest;
  throw new TracecourtError('not-found', `No run is recorded in ${bundles}.`, { nextStep: 'Run a scenario first.' });
}

function hasVerdict(directory: string): boolean {
  const file = join(directory, BUNDLE_FILES.events);
  return existsSync(file) && readFileSync(file, 'utf8').includes('"verdict-reached"');
}

/** The newest recorded run that sent a request of this id. Throws TracecourtError `not-found`. */
export function findRunOf(requestId: string, bundles: string): Bundle {
  return searchRuns(bundles, {
    find: (run) => {
      const { cases } = readHeader(join(bundles, run));
      return cases.some((recorded) => recorded.requestId === requestId) ? readBundle(run, bundles) : undefined;
    },
    missing: `No recorded run in ${bundles} sent request ${requestId}.`,
    nextStep: 'Request ids are printed beside each verdict; `--bundles` names another folder.',
  });
}

export interface RunSearch<T> {
  /** What is looked for, if this run has it. */
  readonly find: (run: string) => T | undefined;
  /** What to say where no run has it, and what to do then: sentences. */
  readonly missing: string;
  readonly nextStep: string;
}

/**
 * The first that is found in the recorded runs, the newest first. A run that cannot be read keeps nobody from the others. Throws TracecourtError
 * `not-found`, with what could not be read.
 */
export function searchRuns<T>(bundles: string, { find, missing, nextStep }: RunSearch<T>): T {
  const unread: string[] = [];
  for (const run of listRuns(bundles)) {
    try {
      const found = find(run);
      if (found !== undefined) return found;
    } catch (error) {
      if (!(error instanceof TracecourtError && error.code === 'invalid-bundle')) throw error;
      unread.push(error.message);
    }
  }
  const notRead = firstFew(unread, { most: 3, tell: (message) => message, more: (rest) => `And ${rest} more runs.` });
  const besides = unread.length === 0 ? '' : ` Not read: ${notRead.join(' ')}`;
  throw new TracecourtError('not-found', `${missing}${besides}`, { nextStep });
}

function notFound(run: string, bundles: string): TracecourtError {
  const [newest] = listRuns(bundles);
  return new TracecourtError('not-found', `There is no recorded run ${run} in ${bundles}.`, {
    nextStep: newest === undefined ? 'Run a scenario first.' : `The newest one is ${newest}.`,
  });
}

function readHeader(directory: string): BundleHeader {
  const file = join(directory, BUNDLE_FILES.header);
  const header = parse(readFileSync(file, 'utf8'), file) as StoredHeader;
  const { version, run, assembler } = header;
  if (version === BUNDLE_VERSION) return { run, assembler, cases: casesOf(header, file) };
  throw new TracecourtError(
    'invalid-bundle',
    `${file} has version ${version}; this Tracecourt reads version ${BUNDLE_VERSION}.`,
    { nextStep: 'Run its scenario again, or look at it with the Tracecourt that recorded it.' },
  );
}

function casesOf({ flows, cases }: StoredHeader, file: string): readonly BundledCase[] {
  return cases.map((stored) => {
    const flow = flows[stored.flow];
    if (flow !== undefined) return { ...stored, flow };
    throw new TracecourtError(
      'invalid-bundle',
      `${file} lacks the flow of ${stored.requestId}: the bundle was changed or damaged.`,
    );
  });
}

function readLines(
  directory: string,
  name: string,
): { readonly entries: readonly unknown[]; readonly warnings: string[] } {
  const file = join(directory, name);
  if (!existsSync(file)) return { entries: [], warnings: [`${file} is missing.`] };
  const lines = readFileSync(file, 'utf8').split('\n');
  const torn = lines.pop() ?? '';
  const warnings =
    torn === '' ? [] : [`${file} ends in the middle of line ${lines.length + 1}; that line is left out.`];
  return { entries: lines.map((line, index) => readLine(line, { file, number: index + 1 })), warnings };
}

function readLine(text: string, { file, number }: { readonly file: string; readonly number: number }): unknown {
  const { line, ...entry } = (parse(text, `${file}:${number}`) ?? {}) as { readonly line?: unknown };
  if (line === number) return entry;
  throw new TracecourtError(
    'invalid-bundle',
    `${file}:${number} is line ${line} of the recording: the bundle was changed or damaged.`,
  );
}

function parse(text: string, where: string): unknown {
  try {
    return fromExactJson(text);
  } catch (cause) {
    throw new TracecourtError('invalid-bundle', `${where} is no JSON: the bundle was changed or damaged.`, { cause });
  }
}
