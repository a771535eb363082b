import { readFileSync } from 'node:fs';

const KEPT_LINES = 30;

/** The last lines of a text, indented so that they stand out in a message; says so when there are none. */
export function tailOf(text: string, lines = KEPT_LINES): string {
  const all = text.trimEnd().split('\n');
  if (all.length === 1 && all[0] === '') return '  (it wrote nothing)';
  return all
    .slice(-lines)
    .map((line) => `  ${line}`)
    .join('\n');
}

/** What a log holds so far; nothing when it is not there yet. */
export function readLog(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
