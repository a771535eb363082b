/** Turns a value into JSON text for a span: bounded in size and work, without secrets, and never a wrong value. */
import { isSecretName, REDACTED, redactText } from './redact.js';

/** The longest JSON text that is captured whole. */
export const CAPTURE_LIMIT = 8192;

/** Key of the object that stands for a value too large to be captured. */
export const TRUNCATED = 'tracecourt.truncated';

const MAX_DEPTH = 16;

interface Budget {
  characters: number;
  readonly ancestors: object[];
}

/** Thrown and caught here: the walk is over as soon as the value is known to be too large. */
class TooLarge extends Error {}

/**
 * JSON text of the value, at most {@link CAPTURE_LIMIT} characters; undefined if it has none (undefined, a function).
 *
 * - A value that is too large is not cut, for the rest could be read as the whole: `{"tracecourt.truncated":true}` stands
 *   for it.
 * - What JSON cannot hold is written so that nobody takes it for data: `[circular]`, `[too deep]`, `[bytes: 12]`.
 * - bigints are decimal strings. `toJSON` is honoured. Errors are `{name, message}`.
 *
 * MAY throw what a getter or `toJSON` of the value throws.
 */
export function captureJson(value: unknown): string | undefined {
  try {
    const text = JSON.stringify(plain(value, { characters: CAPTURE_LIMIT, ancestors: [] }));
    return text !== undefined && text.length > CAPTURE_LIMIT ? truncated() : text;
  } catch (error) {
    if (error instanceof TooLarge) return truncated();
    throw error;
  }
}

function truncated(): string {
  return JSON.stringify({ [TRUNCATED]: true });
}

function plain(value: unknown, budget: Budget): unknown {
  switch (typeof value) {
    case 'string':
      spend(budget, value.length);
      return redactText(value);
    case 'bigint':
      spend(budget, 8);
      return value.toString();
    case 'object':
      return value === null ? null : plainObject(value, budget);
    case 'number':
    case 'boolean':
      spend(budget, 1);
      return value;
    default:
      return undefined;
  }
}

function spend(budget: Budget, characters: number): void {
  budget.characters -= characters + 1;
  if (budget.characters < 0) throw new TooLarge();
}

function plainObject(value: object, budget: Budget): unknown {
  if (budget.ancestors.includes(value)) return '[circular]';
  if (budget.ancestors.length >= MAX_DEPTH) return '[too deep]';
  spend(budget, 1);
  budget.ancestors.push(value);
  const result = plainParts(value, budget);
  budget.ancestors.pop();
  return result;
}

function plainParts(value: object, budget: Budget): unknown {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[bytes: ${value.byteLength}]`;
  if (value instanceof Error) return { name: value.name, message: plain(value.message, budget) };
  if ('toJSON' in value && typeof value.toJSON === 'function') return plain(value.toJSON(), budget);
  if (Array.isArray(value)) return value.map((item) => plain(item, budget));
  if (value instanceof Set) return [...value].map((item) => plain(item, budget));
  const entries = value instanceof Map ? value.entries() : Object.entries(value);
  return plainRecord(entries, budget);
}

function plainRecord(entries: Iterable<readonly [unknown, unknown]>, budget: Budget): Record<string, unknown> {
  const record: Record<string, unknown> = Object.create(null);
  for (const [key, item] of entries) {
    const name = String(key);
    spend(budget, name.length);
    record[name] = isSecretName(name) && item !== undefined ? REDACTED : plain(item, budget);
  }
  return record;
}
