import { oncePer } from '../../lib/once-per.js';
import { type BoltMap, BoltStructure, type BoltValue, isBoltList, isBoltMap, VALUE_TAGS } from './bolt-value.js';
import { type CypherStatement, isReservedName } from './cypher-statement.js';
import { type CypherToken, closingBracket, isKeyword, isSymbol } from './cypher-tokens.js';
import { BoltFailure, typeError, unsupported } from './failure.js';
import { isMergedBy, placeOf, type ValuePlace } from './parameter-place.js';
import { mergeOnNull, storedValue } from './property-value.js';
import { storedLiteral } from './stored-literal.js';
import { refuseBadRows } from './stored-rows.js';
import {
  type DurationParts,
  dateText,
  dateTimeText,
  durationParts,
  localDateTimeText,
  localTimeText,
  timeText,
} from './temporal-text.js';

/** A statement and its parameters, as the engine takes them. */
export interface BoundStatement {
  readonly text: string;
  readonly parameters: Readonly<Record<string, EngineValue>>;
}

export type EngineValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Buffer
  | readonly EngineValue[]
  | { readonly [key: string]: EngineValue };

/**
 * Puts parameters into the form that keeps their types.
 *
 * The engine takes any whole JavaScript number for an integer. So a parameter in which a float has a whole value (and the
 * driver sends every plain number as a float) is written out in the text as `2.0`, and a temporal value as
 * `datetime($part)`; all else stays a parameter. A map as the properties of a pattern, which the engine's dialect lacks, is
 * written out too.
 */
export function bindParameters(statement: CypherStatement, given: ReadonlyMap<string, BoltValue>): BoundStatement {
  const { text, tokens } = statement;
  const binder = new Binder(given);
  const places = placesOfParameters(tokens);
  refuseMissing(places, given);
  refuseMergeOnNull(tokens, given);
  refuseBadRows(tokens, given);
  const edits = places.map(({ token, place }) => ({
    start: token.start,
    end: token.end,
    text: binder.write(token, place),
  }));
  return { text: applyEdits(text, [...edits, ...fixedEdits(tokens)]), parameters: binder.parameters };
}

interface PlacedParameter {
  readonly token: CypherToken;
  readonly place: ValuePlace;
}

// What follows from the tokens alone is read once: a client sends the same statement again and again.
const placesOfParameters = oncePer((tokens: readonly CypherToken[]): readonly PlacedParameter[] =>
  tokens.flatMap((token, i) => (token.kind === 'parameter' ? [{ token, place: placeOf(tokens, i) }] : [])),
);

const fixedEdits = oncePer((tokens: readonly CypherToken[]): readonly Edit[] =>
  tokens.flatMap((_, i) => [...sumEdits(tokens, i), ...literalEdits(tokens, i)]),
);

/** Where something is merged by, which must not be null. */
const mergedBy = oncePer((tokens: readonly CypherToken[]): readonly number[] =>
  [...tokens.keys()].filter((i) => isMergedBy(tokens, i)),
);

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  let edited = '';
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    edited += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return edited + text.slice(at);
}

/** The sum of nothing is 0 in Neo4j, null in the engine: `sum(x)` becomes `coalesce(sum(x), 0)`. */
function sumEdits(tokens: readonly CypherToken[], i: number): readonly Edit[] {
  const token = tokens[i];
  if (!token || !isKeyword(token, 'SUM') || !isSymbol(tokens[i + 1], '(') || isSymbol(tokens[i - 1], '.')) return [];
  const close = tokens[closingBracket(tokens, i + 1) ?? tokens.length];
  if (!close) return [];
  return [
    { start: token.start, end: token.start, text: 'coalesce(' },
    { start: close.end, end: close.end, text: ', 0)' },
  ];
}

function literalEdits(tokens: readonly CypherToken[], i: number): readonly Edit[] {
  return storedLiteral(tokens, i).map(({ at, text }) => ({ start: at, end: at, text }));
}

function refuseMissing(places: readonly PlacedParameter[], given: ReadonlyMap<string, BoltValue>): void {
  const missing = places.filter(({ token }) => !given.has(token.text));
  if (missing.length === 0) return;
  const names = missing.map(({ token }) => token.text);
  const message = `Expected parameter(s): ${[...new Set(names)].join(', ')}`;
  throw new BoltFailure('Neo.ClientError.Statement.ParameterMissing', message);
}

/** A null that comes from anywhere but a parameter is not seen here. */
function refuseMergeOnNull(tokens: readonly CypherToken[], given: ReadonlyMap<string, BoltValue>): void {
  for (const i of mergedBy(tokens)) if (isNull(tokens[i], given)) throw mergeOnNull(tokens[i - 2]?.text ?? '');
}

function isNull(token: CypherToken | undefined, given: ReadonlyMap<string, BoltValue>): boolean {
  return isKeyword(token, 'NULL') || (token?.kind === 'parameter' && given.get(token.text) === null);
}

class Binder {
  readonly parameters: Record<string, EngineValue> = Object.create(null) as Record<string, EngineValue>;
  readonly #given: ReadonlyMap<string, BoltValue>;
  readonly #written = new Map<string, string>();
  #count = 0;

  constructor(given: ReadonlyMap<string, BoltValue>) {
    this.#given = given;
  }

  write({ text: name }: CypherToken, place: ValuePlace): string {
    const value = this.#given.get(name) ?? null;
    if (place === 'count') return this.#writeCount(value);
    if (place === 'pattern') return this.#writePattern(value);
    if (place === 'property') return this.#expression(storedValue(value));
    if (place === 'properties' && isBoltMap(value)) return this.#expression(storedMembers(value));
    const known = this.#written.get(name) ?? this.#expression(value);
    this.#written.set(name, known);
    return known;
  }

  #writeCount(value: BoltValue): string {
    if (typeof value === 'bigint' && value >= 0n) return this.#plain(value);
    const shown = typeof value === 'number' && Number.isInteger(value) ? value.toFixed(1) : String(value);
    throw new BoltFailure(
      'Neo.ClientError.Statement.ArgumentError',
      `Invalid input. '${shown}' is not a valid value. Must be a non-negative integer.`,
    );
  }

  #writePattern(value: BoltValue): string {
    if (!isBoltMap(value)) throw typeError('The properties of a pattern must be a map.');
    return this.#map(value);
  }

  #expression(value: BoltValue): string {
    if (value instanceof BoltStructure) return this.#temporal(value);
    if (typeof value === 'number' && Number.isInteger(value)) return floatLiteral(value);
    if (!needsWriting(value)) return this.#plain(value);
    if (isBoltMap(value)) return this.#map(value);
    if (isBoltList(value)) return this.#list(value);
    return this.#plain(value);
  }

  #list(list: readonly BoltValue[]): string {
    const isFloats = list.every((item) => typeof item === 'number' && !Object.is(item, -0));
    if (isFloats) return `[item IN ${this.#plain(list)} | toFloat(item)]`;
    return `[${list.map((item) => this.#expression(item)).join(', ')}]`;
  }

  #map(map: ReadonlyMap<string, BoltValue>): string {
    refusePathLike(map);
    const members = [...map].map(([key, item]) => `${quoted(key)}: ${this.#expression(item)}`);
    return `{${members.join(', ')}}`;
  }

  #temporal(value: BoltStructure): string {
    switch (value.tag) {
      case VALUE_TAGS.dateTime:
        return `datetime(${this.#plain(dateTimeText(value))})`;
      case VALUE_TAGS.localDateTime:
        return `localdatetime(${this.#plain(localDateTimeText(value))})`;
      case VALUE_TAGS.date:
        return `date(${this.#plain(dateText(value))})`;
      case VALUE_TAGS.time:
        return `time(${this.#plain(timeText(value))})`;
      case VALUE_TAGS.localTime:
        return `localtime(${this.#plain(localTimeText(value))})`;
      case VALUE_TAGS.duration:
        return this.#duration(durationParts(value));
      case VALUE_TAGS.dateTimeZoneId:
        throw unsupported('A date and time with the name of a zone');
      case VALUE_TAGS.point2d:
      case VALUE_TAGS.point3d:
        throw unsupported('A point');
      default:
        throw unsupported(`A parameter of the type with tag 0x${value.tag.toString(16)}`);
    }
  }

  /** Part by part: as a text, the engine misreads fractions of negative seconds. */
  #duration({ months, days, seconds, nanoseconds }: DurationParts): string {
    const values = { months, days, seconds, nanoseconds };
    const written = Object.entries(values).map(([name, part]) => `${name}: ${this.#plain(part)}`);
    return `duration({${written.join(', ')}})`;
  }

  #plain(value: BoltValue): string {
    const name = `p${this.#count++}`;
    this.parameters[name] = toEngine(value);
    return `$${name}`;
  }
}

function storedMembers(map: BoltMap): BoltMap {
  return new Map([...map].map(([key, value]) => [key, storedValue(value)]));
}

/** In brackets, since a minus may stand before it. */
function floatLiteral(value: number): string {
  if (Object.is(value, -0)) return '(-0.0)';
  const digits = Math.abs(value) < 1e15 ? value.toFixed(1) : value.toExponential().replace('+', '');
  return value < 0 ? `(${digits})` : digits;
}

/** True when some part of the value would lose its type as a plain parameter. */
function needsWriting(value: BoltValue): boolean {
  if (typeof value === 'number') return Number.isInteger(value);
  if (isBoltList(value)) return value.some(needsWriting);
  if (isBoltMap(value)) return [...value.values()].some(needsWriting);
  return value instanceof BoltStructure;
}

function toEngine(value: BoltValue): EngineValue {
  if (typeof value === 'bigint') return isSafe(value) ? Number(value) : value;
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (value instanceof BoltStructure) throw unsupported('A structure within a parameter');
  if (isBoltMap(value)) {
    refusePathLike(value);
    return Object.fromEntries([...value].map(([key, item]) => [checkedKey(key), toEngine(item)]));
  }
  if (isBoltList(value)) return value.map(toEngine);
  return value;
}

function isSafe(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
}

/** The engine's answer would be taken for a path. */
function refusePathLike(map: ReadonlyMap<string, BoltValue>): void {
  if (map.size === 2 && map.has('nodes') && map.has('edges')) throw unsupported('A map of just nodes and edges');
}

/** A key that starts with `$` marks a tagged value to the engine. */
function checkedKey(key: string): string {
  if (isReservedName(key) || key.startsWith('$') || key === '__proto__') throw unsupported(`The name ${key}`);
  return key;
}

function quoted(key: string): string {
  if (checkedKey(key).includes('`')) throw unsupported('A backtick in a name');
  return `\`${key}\``;
}
