import { CommandError, SYNTAX_ERROR } from './command-error.js';
import { keyPattern } from './key-pattern.js';
import { indexArgument } from './numbers.js';

const CURSOR_FORM = /^\d{1,20}$/;
const DEFAULT_COUNT = 10;

export interface ScanOptions {
  readonly fits: (text: string) => boolean;
  readonly count: number;
  /** Only of keys; undefined: all types. */
  readonly type: string | undefined;
}

export function scanCursor(text: string): number {
  if (!CURSOR_FORM.test(text)) throw new CommandError('ERR invalid cursor');
  return Number(text);
}

/** What follows the cursor of SCAN, HSCAN, SSCAN and ZSCAN; of an option given twice the last one counts. */
export function scanOptions(words: readonly string[], { hasTypes = false } = {}): ScanOptions {
  let options: ScanOptions = { fits: () => true, count: DEFAULT_COUNT, type: undefined };
  for (let index = 0; index < words.length; index += 2) {
    const value = words[index + 1];
    if (value === undefined) throw new CommandError(SYNTAX_ERROR);
    options = withOption(options, { name: (words[index] ?? '').toUpperCase(), value, hasTypes });
  }
  return options;
}

interface Option {
  readonly name: string;
  readonly value: string;
  readonly hasTypes: boolean;
}

function withOption(options: ScanOptions, { name, value, hasTypes }: Option): ScanOptions {
  if (name === 'MATCH') return { ...options, fits: keyPattern(value) };
  if (name === 'COUNT' && indexArgument(value) >= 1) return { ...options, count: indexArgument(value) };
  if (name === 'TYPE' && hasTypes) return { ...options, type: value.toLowerCase() };
  throw new CommandError(SYNTAX_ERROR);
}
