import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of package.json: tests run from the build, two folders below it. */
export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));

export function readRepositoryFile(path: string): string {
  return readFileSync(`${repositoryRoot}${path}`, 'utf8');
}
