import { readRepositoryFile } from './repository.js';

/** The fenced block of a page that follows `<!-- MARK -->`; empty if there is none. */
export function fencedAfter(page: string, mark: string): string {
  const [, after = ''] = readRepositoryFile(page).split(`<!-- ${mark} -->\n`);
  return /^```[a-z]*\n(.*?)\n```/s.exec(after)?.[1] ?? '';
}
