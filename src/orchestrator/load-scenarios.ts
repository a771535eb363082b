import { loadScenarioFile } from '../config/index.js';
import { TracecourtError } from '../errors.js';
import { loadFlowFile } from '../flow/index.js';
import { likelyWord } from '../lib/likely-word.js';
import type { LoadedScenario } from './run-plan.js';

/**
 * Reads scenario files and the flows they name. Throws TracecourtError: `file-unreadable`, `invalid-scenario`, `invalid-flow`, or
 * `usage` for a defect that one of them does not know.
 */
export async function loadScenarios(
  files: readonly string[],
  defects: readonly string[],
): Promise<readonly [LoadedScenario, ...LoadedScenario[]]> {
  const [first, ...others] = await Promise.all(files.map((file) => loadOne(file, defects)));
  if (first === undefined) throw new TracecourtError('usage', 'No scenario was named.');
  return [first, ...others];
}

async function loadOne(file: string, defects: readonly string[]): Promise<LoadedScenario> {
  const scenario = await loadScenarioFile(file);
  for (const defect of defects) {
    const known = (scenario.defects?.known ?? []).map(({ name }) => name);
    if (!known.includes(defect)) throw unknownDefect(defect, { scenario: scenario.name, known });
  }
  return { scenario, flow: await loadFlowFile(scenario.flow) };
}

function unknownDefect(
  defect: string,
  { scenario, known }: { readonly scenario: string; readonly known: readonly string[] },
): TracecourtError {
  const meant = likelyWord(defect, known);
  const list = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
  return new TracecourtError(
    'usage',
    `Scenario ${scenario} has no defect ${defect}${meant === undefined ? '' : ` (did you mean ${meant}?)`}: ${list}.`,
  );
}
