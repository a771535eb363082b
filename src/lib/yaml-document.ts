import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
} from 'yaml';

/** A place in a text; both count from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

export interface TextProblem extends TextPlace {
  readonly message: string;
}

export type DataPath = readonly PropertyKey[];

/** YAML as plain data, with the place of each part of it. */
export interface YamlDocument {
  /** Undefined where `problems` is not empty. */
  readonly data: unknown;
  readonly problems: readonly TextProblem[];
  /**
   * The place of the value at `path`, or of the nearest part round it that exists. `part: 'key'` gives its key's place;
   * `offset` counts characters within a text value.
   */
  placeOf(path: DataPath, where?: { readonly part?: 'key' | 'value'; readonly offset?: number }): TextPlace;
}

const MAX_TEXT_LENGTH = 262_144;
const MAX_DEPTH = 60;
const MAX_OPEN_BRACKETS = 200;
const MAX_ALIASES = 100;
const DANGEROUS_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads one YAML document (1.2, core schema, no custom tags). Never throws: what cannot be read safely (too long, too deep, too
 * many aliases, keys that reach into prototypes) is a problem like a misplaced bracket.
 */
export function readYaml(text: string): YamlDocument {
  const tooLong = text.length > MAX_TEXT_LENGTH;
  if (tooLong) return unreadable(`the file has ${text.length} characters; at most ${MAX_TEXT_LENGTH} are read`);
  if (opensTooMuch(text)) return unreadable('the file is nested too deeply');
  try {
    return parse(text);
  } catch (error) {
    const deep = error instanceof RangeError;
    const detail = error instanceof Error ? error.message : String(error);
    return unreadable(deep ? 'the file is nested too deeply' : `the file cannot be read: ${detail}`);
  }
}

function parse(text: string): YamlDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true, version: '1.2' });
  const at = (offset: number): TextPlace => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = [...withoutConsequences(document.errors), ...document.warnings].map((error) => ({
    ...at(error.pos[0]),
    message: error.message,
  }));
  if (problems.length === 0)
    problems.push(...unsafeParts(document).map((part) => ({ ...at(part.at), message: part.message })));
  return {
    data: problems.length === 0 ? document.toJS({ maxAliasCount: MAX_ALIASES }) : undefined,
    problems,
    placeOf: (path, where = {}) => at(locate({ document, text }, path, where)),
  };
}

/** What is not YAML makes much of what follows look wrong: of such problems the first is told. A key that is there twice stands for itself. */
function withoutConsequences(errors: Document['errors']): Document['errors'] {
  const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  return errors.filter((error) => error.code === 'DUPLICATE_KEY' || error === first);
}

/** Counts brackets without reading: the parser takes seconds over some thousands of open ones. */
function opensTooMuch(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (character === '[' || character === '{') open++;
    else if (character === ']' || character === '}') open--;
    if (open > MAX_OPEN_BRACKETS) return true;
  }
  return false;
}

function unreadable(message: string): YamlDocument {
  const start = { line: 1, column: 1 };
  return { data: undefined, problems: [{ ...start, message }], placeOf: () => start };
}

interface UnsafePart {
  readonly at: number;
  readonly message: string;
}

function unsafeParts(document: Document.Parsed): readonly UnsafePart[] {
  const parts: UnsafePart[] = [];
  const waiting: { readonly node: unknown; readonly depth: number }[] = [{ node: document.contents, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, depth } = next;
    if (depth > MAX_DEPTH) return [{ at: startOf(node), message: `nested more than ${MAX_DEPTH} levels deep` }];
    if (isScalar(node)) parts.push(...roundedNumber(node));
    if (isSeq(node)) waiting.push(...node.items.map((item) => ({ node: item, depth: depth + 1 })));
    if (!isMap(node)) continue;
    for (const { key, value } of node.items) {
      const problem = unsafeKey(key);
      if (problem !== undefined) parts.push({ at: startOf(key), message: problem });
      waiting.push({ node: value, depth: depth + 1 });
    }
  }
  return parts;
}

function unsafeKey(key: unknown): string | undefined {
  if (!isScalar(key)) return 'a key must be plain text';
  return DANGEROUS_KEYS.has(String(key.value)) ? `"${String(key.value)}" is not allowed as a key` : undefined;
}

/** A whole number that would not be read as it is written: a neighbour of it would be checked in its place. */
function roundedNumber({ value, source, range }: Scalar): readonly UnsafePart[] {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !/^[-+]?\d+$/.test(source ?? '')) return [];
  const message = `${source} cannot be told from its neighbours: whole numbers are exact up to 2^53; write it in quotes where a text will do, or compare it in an expression, where they are exact`;
  return [{ at: range?.[0] ?? 0, message }];
}

function startOf(node: unknown): number {
  return (node as Partial<Node> | null)?.range?.[0] ?? 0;
}

interface Source {
  readonly document: Document.Parsed;
  readonly text: string;
}

function locate(
  { document, text }: Source,
  path: DataPath,
  { part = 'value', offset }: { readonly part?: 'key' | 'value'; readonly offset?: number },
): number {
  let node: unknown = document.contents;
  let key: unknown = node;
  for (const name of path) {
    if (isAlias(node)) node = node.resolve(document);
    const child = childOf(node, name);
    if (child === undefined) return startOf(node ?? key);
    key = child.key;
    node = child.value;
  }
  if (part === 'key' || node === null || node === undefined) return startOf(key);
  if (offset !== undefined && isScalar(node)) return offsetInScalar(text, node, offset);
  return startOf(node);
}

function childOf(node: unknown, name: PropertyKey): { readonly key: unknown; readonly value: unknown } | undefined {
  if (isSeq(node) && typeof name === 'number') {
    const item = node.items[name];
    return item === undefined ? undefined : { key: item, value: item };
  }
  if (!isMap(node)) return undefined;
  return node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(name));
}

/** Walks value and spelling side by side, so that quotes, escapes and folded lines don't shift the place. */
function offsetInScalar(text: string, scalar: Scalar, offset: number): number {
  const value = String(scalar.value);
  const block = scalar.type === 'BLOCK_FOLDED' || scalar.type === 'BLOCK_LITERAL';
  const quoted = scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE';
  const start = startOf(scalar);
  let at = block ? text.indexOf('\n', start) : start + (quoted ? 1 : 0);
  for (let i = 0; i < Math.min(offset, value.length); i++) {
    const character = value.charAt(i);
    if (character.trim() === '') continue;
    const found = text.indexOf(character, at);
    if (found < 0) return start;
    at = found + 1;
  }
  const wanted = value.charAt(offset);
  if (wanted === '' || wanted.trim() === '') return at;
  const found = text.indexOf(wanted, at);
  return found < 0 ? start : found;
}
