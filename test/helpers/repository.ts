import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of package.json: tests run from the build, two folders below it. */
export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));

export function readRepositoryFile(path: string): string {
  return readFileSync(`${repositoryRoot}${path}`, 'utf8');
}

/** The files below a folder whose names end so, as paths from the repository's root. */
export function repositoryFiles(folder: string, ending: string): readonly string[] {
  return readdirSync(`${repositoryRoot}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => `${folder}/${path}`);
}
