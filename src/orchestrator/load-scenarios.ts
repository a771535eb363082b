import { loadScenarioFile } from '../config/index.js';
import { TracecourtError } from '../errors.js';
import { loadFlowFile } from '../flow/index.js';
import { likelyWord } from '../lib/likely-word.js';
import { oncePerText } from '../lib/once-per.js';
import type { CompiledFlow, TestScenario } from '../model/index.js';
import type { LoadedScenario } from './run-plan.js';

/** What a run asks of every scenario besides its own text. */
export interface Disturbances {
  /** Planted in every request. */
  readonly defects: readonly string[];
  /** Services whose telemetry is cut. */
  readonly cut: readonly string[];
}

/**
 * Reads scenario files and the flows they name. Throws TracecourtError: `file-unreadable`, `invalid-scenario`, `invalid-flow`, or
 * `usage` for a defect or a service that one of them does not know. Where several files are wrong, one error tells of all.
 */
export async function loadScenarios(
  files: readonly string[],
  disturbances: Disturbances = { defects: [], cut: [] },
): Promise<readonly [LoadedScenario, ...LoadedScenario[]]> {
  // Scenarios of one flow share it, and what is worked out of it.
  const flowAt = oncePerText(loadFlowFile, { most: files.length, textOf: (file) => file });
  const [first, ...others] = await allOf(files.map((file) => loadOne(file, flowAt, disturbances)));
  if (first === undefined) throw new TracecourtError('usage', 'No scenario was named.');
  return [first, ...others];
}

/** Like Promise.all, but waits for all and rejects with the errors of all. */
async function allOf<T>(loading: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(loading);
  const failures = settled.flatMap((one): readonly unknown[] => (one.status === 'rejected' ? [one.reason] : []));
  if (failures.length > 0) throw asOne(failures);
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

/** Scenarios that share a flow tell the same of it: said once. An error that is not ours goes first, alone. */
function asOne(failures: readonly unknown[]): unknown {
  const ours = failures.filter((failure) => failure instanceof TracecourtError);
  const [first] = ours;
  if (first === undefined || ours.length < failures.length) {
    return failures.find((failure) => !(failure instanceof TracecourtError));
  }
  const different = ours.filter(({ message }, index) => ours.findIndex((one) => one.message === message) === index);
  if (different.length === 1) return first;
  return new TracecourtError(first.code, different.map(({ message }) => message).join('\n'), {
    nextStep: first.nextStep,
    problems: different.flatMap(({ problems }) => problems),
    cause: first,
  });
}

async function loadOne(
  file: string,
  flowAt: (file: string) => Promise<CompiledFlow>,
  { defects, cut }: Disturbances,
): Promise<LoadedScenario> {
  const scenario = await loadScenarioFile(file);
  const known = (scenario.defects?.known ?? []).map(({ name }) => name);
  const services = scenario.start.map(({ name }) => name);
  assertKnown('defect', defects, { known, scenario });
  assertKnown('service', cut, { known: services, scenario });
  return { scenario, flow: await flowAt(scenario.flow) };
}

function assertKnown(
  kind: string,
  asked: readonly string[],
  { known, scenario }: { readonly known: readonly string[]; readonly scenario: TestScenario },
): void {
  const stranger = asked.find((name) => !known.includes(name));
  if (stranger === undefined) return;
  const meant = likelyWord(stranger, known);
  const guess = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  const list = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
  throw new TracecourtError('usage', `Scenario ${scenario.name} has no ${kind} ${stranger}${guess}: ${list}.`);
}
