import { readFile } from 'node:fs/promises';
import { TracecourtError } from '../errors.js';
import { problemReport } from '../lib/problem-list.js';
import type { CompiledFlow } from '../model/index.js';
import type { FlowSurroundings } from './parameters.js';

/**
 * The flow that `text` (YAML) spells; `file` names it in messages. Throws TracecourtError `invalid-flow` with every problem at
 * its line and column.
 */
export async function loadFlow(text: string, file: string, surroundings: FlowSurroundings = {}): Promise<CompiledFlow> {
  const { compileFlow } = await import('./compile-flow.js');
  const compilation = compileFlow(text, surroundings);
  if (compilation.ok) return compilation.flow;
  const { problems } = compilation;
  throw new TracecourtError('invalid-flow', problemReport(`${file} is no valid flow`, file, problems), {
    problems: problems.map((problem) => ({ file, ...problem })),
  });
}

/** {@link loadFlow} of a file; `file-unreadable` when it cannot be read. */
export async function loadFlowFile(path: string, surroundings: FlowSurroundings = {}): Promise<CompiledFlow> {
  return loadFlow(await readText(path), path, surroundings);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TracecourtError('file-unreadable', `the flow ${path} cannot be read: ${reason}`, {
      nextStep: 'Check the path.',
      cause,
    });
  }
}

/** The JSON Schema of flow files. */
export async function loadFlowSchema(): Promise<Readonly<Record<string, unknown>>> {
  const { flowJsonSchema } = await import('./json-schema.js');
  return flowJsonSchema();
}
