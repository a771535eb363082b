import { readFile } from 'node:fs/promises';
import { TracecourtError } from '../errors.js';
import { problemReport } from '../lib/problem-list.js';
import type { TestScenario } from '../model/index.js';

/**
 * The scenario that `text` (YAML) spells. `file` names it in messages, and its folder is where relative paths begin. Throws
 * TracecourtError `invalid-scenario` with every problem at its line and column.
 */
export async function loadScenario(text: string, file: string): Promise<TestScenario> {
  const { compileScenario } = await import('./compile-scenario.js');
  const compilation = compileScenario(text, file);
  if (compilation.ok) return compilation.scenario;
  const { problems } = compilation;
  throw new TracecourtError('invalid-scenario', problemReport(`${file} is no valid scenario`, file, problems), {
    problems: problems.map((problem) => ({ file, ...problem })),
  });
}

/** {@link loadScenario} of a file; `file-unreadable` when it cannot be read. */
export async function loadScenarioFile(path: string): Promise<TestScenario> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `the scenario ${path} cannot be read: ${reason}`;
    throw new TracecourtError('file-unreadable', message, { nextStep: 'Check the path.', cause });
  }
  return loadScenario(text, path);
}
