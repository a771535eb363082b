import { createColors } from 'picocolors';
import type { Colors } from 'picocolors/types.js';
import { jsonReporter, type Reporter, terminalReporter } from '../report/index.js';

/** Colours obey NO_COLOR, FORCE_COLOR and a pipe. */
export const colors: Colors = createColors();

export function print(text: string): void {
  process.stdout.write(text);
}

export function printLines(lines: readonly string[]): void {
  for (const line of lines) print(`${line}\n`);
}

/** `--json` prints one document and nothing else on standard output. */
export function reporterFor({
  json,
  coverage = true,
}: {
  readonly json?: boolean;
  readonly coverage?: boolean;
}): Reporter {
  const { isTTY, columns } = process.stdout;
  return json
    ? jsonReporter(print)
    : terminalReporter({ write: print, colors, coverage, columns: isTTY ? columns : undefined });
}
