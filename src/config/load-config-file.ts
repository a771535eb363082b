import { readFile } from 'node:fs/promises';
import { TracecourtError } from '../errors.js';
import { likelyWord } from '../lib/likely-word.js';
import { ProblemList, problemReport } from '../lib/problem-list.js';
import { readYaml } from '../lib/yaml-document.js';
import { SETTING_KEYS } from './settings.js';

/** What the configuration file is called when nobody names another. */
export const CONFIG_FILE = 'tracecourt.config.yaml';

/** The settings a configuration file gives, by key, unparsed. Throws `invalid-config` with the place of each problem. */
export function readConfigFile(text: string, file: string): Readonly<Record<string, unknown>> {
  const document = readYaml(text);
  const problems = new ProblemList(document);
  const data = document.data ?? {};
  const isMap = typeof data === 'object' && !Array.isArray(data);
  if (!isMap) problems.add([], 'expected a map of settings');
  const known: readonly string[] = SETTING_KEYS;
  for (const key of isMap ? Object.keys(data) : []) {
    if (known.includes(key)) continue;
    const likely = likelyWord(key, known);
    const guess = likely === undefined ? '' : `, did you mean "${likely}"?`;
    problems.add([key], `unknown setting "${key}"${guess}`, { part: 'key' });
  }
  if (problems.size === 0) return data as Readonly<Record<string, unknown>>;
  const found = problems.inOrder();
  throw new TracecourtError('invalid-config', problemReport(`${file} is no valid configuration`, file, found), {
    problems: found.map((problem) => ({ file, ...problem })),
  });
}

/** {@link readConfigFile} of a file; an absent one gives no settings. */
export async function loadConfigFile(path: string = CONFIG_FILE): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TracecourtError('file-unreadable', `the configuration ${path} cannot be read: ${reason}`, { cause });
  }
  return readConfigFile(text, path);
}
