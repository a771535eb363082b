/** Thrown inside an evaluation that would take too much; becomes its error. */
export class ExpressionLimit extends Error {
  constructor(what: string) {
    super(`too much work: ${what}`);
    this.name = 'ExpressionLimit';
  }
}

const MAX_LIST = 50_000;
const MAX_VALUES = 2_000_000;
const MAX_DEPTH = 64;
const MEASURED = 'durationMs';

/**
 * Data as CEL counts it: every whole number is an int, whether it came as 2, 2n or 2.0, so that numbers from different encodings
 * compare; but what is measured is a double even where it comes out whole, so that `durationMs / 2` is the half of it, always. `longest` is the length of the longest list or map. Throws ExpressionLimit.
 */
export function inCelTerms(data: unknown): { readonly value: unknown; readonly longest: number } {
  let values = 0;
  let longest = 1;
  const measure = (size: number): void => {
    if (size > MAX_LIST) throw new ExpressionLimit(`a list of ${size}`);
    longest = Math.max(longest, size);
  };
  const convert = (value: unknown, depth: number): unknown => {
    if (++values > MAX_VALUES || depth > MAX_DEPTH) throw new ExpressionLimit('the data is too large or too deep');
    if (!isContainer(value)) return scalarInCelTerms(value);
    if (!Array.isArray(value)) return convertMap(value as Readonly<Record<string, unknown>>, depth);
    measure(value.length);
    return value.map((item) => convert(item, depth + 1));
  };
  const convertMap = (map: Readonly<Record<string, unknown>>, depth: number): unknown => {
    const names = Object.keys(map);
    measure(names.length);
    const converted: Record<string, unknown> = Object.create(null);
    for (const name of names) {
      const item = map[name];
      if (item === undefined) continue;
      converted[name] = name === MEASURED && typeof item === 'number' ? item : convert(item, depth + 1);
    }
    return converted;
  };
  return { value: convert(data, 0), longest };
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

function scalarInCelTerms(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  return value === undefined ? null : value;
}

/** The result in JSON terms; integers beyond 2^53 stay bigint. Throws for what JSON has no word for (a type, a duration). */
export function inJsonTerms(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(inJsonTerms);
  if (value instanceof Map) return plainObject(value.entries());
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype)
    throw new Error('the result is neither a value, a list nor a map');
  return plainObject(Object.entries(value));
}

function plainObject(entries: Iterable<readonly [unknown, unknown]>): Record<string, unknown> {
  return Object.fromEntries([...entries].map(([key, item]) => [String(key), inJsonTerms(item)]));
}

/** True where data in the language's terms has a member of that name. Nothing has none; what can't have any is an error. */
export function isThere(data: unknown, name: string): boolean {
  if (data === null || data === undefined) return false;
  if (!isContainer(data) || Array.isArray(data)) throw new Error(`has(): what is asked for "${name}" is no map`);
  return Object.hasOwn(data, name);
}
