import { homedir } from 'node:os';
import { cacheRoot } from '../services/cache-folder.js';
import { findProgram } from '../services/tools.js';
import { skip } from './skip.js';

/** Where a program is that the launcher fetches; without it the test, or its suite, is skipped with a word. */
export function programOrSkip(context: Mocha.Context, variable: string): string {
  const found = findProgram(variable, { environment: process.env, root: cacheRoot(process.env, homedir()) });
  return found ?? skip(context, `node build/test/services/main.js up fetches what is missing, or set ${variable}`);
}
