import { globsMeet } from '../patterns-meet.js';

/** A text that spans are told apart by. */
export interface SpanText {
  readonly text: string;
  /** True for what is a name by its nature, a route or a span's name; false for a path or a key, which hold what the request is about. */
  readonly isName: boolean;
}

/** Words that differ more than this at one place are data, whatever they are part of. */
const MOST_NAMES = 8;
/** So many words at one place of a path or a key, none of which comes often, are data too. */
const FEW_WORDS = 4;
const RARELY = 3;

/** Cuts after each separator, and keeps it: names are made of these pieces. */
const PIECES = /[^\s/:.,]+|[\s/:.,]+/g;

/**
 * The pattern behind each of these texts: pieces that look like an id, differ in a number only, or are too many to be names, become `*`. A text stands for
 * itself where nothing in it varies. No two patterns fit the same of these texts.
 */
export function patternsOf(texts: readonly SpanText[]): ReadonlyMap<string, string> {
  const names = new Map(
    [...texts].sort((a, b) => (a.text < b.text ? -1 : 1)).map(({ text, isName }) => [text, isName]),
  );
  const counts = new Map<string, number>();
  for (const { text } of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const words = withoutNumbers(new Map([...names.keys()].map((text) => [text, piecesOf(text)])));
  const longest = Math.max(0, ...[...words.values()].map(({ length }) => length));
  for (let place = 0; place < longest; place++) blur(words, { place, names, counts });
  return disjoint(words);
}

function piecesOf(text: string): string[] {
  return (text.match(PIECES) ?? []).map((piece) => (looksLikeId(piece) ? '*' : piece));
}

type Words = Map<string, string[]>;

/** `text1` and `text2` differ in a number only: where the number differs, it varies. */
function withoutNumbers(words: Words): Words {
  const alike = new Map<string, string[][]>();
  for (const pieces of words.values()) {
    const key = pieces.map(numberless).join('');
    alike.set(key, [...(alike.get(key) ?? []), pieces]);
  }
  return new Map(
    [...words].map(([text, pieces]) => {
      const others = alike.get(pieces.map(numberless).join('')) ?? [];
      return [text, pieces.map((p, i) => (others.every((other) => other[i] === p) ? p : numberless(p)))];
    }),
  );
}

function numberless(piece: string): string {
  return piece.replace(/\d+/g, '*');
}

interface Blurring {
  readonly place: number;
  readonly names: ReadonlyMap<string, boolean>;
  readonly counts: ReadonlyMap<string, number>;
}

/** Where texts that begin alike and are as long have too many words at one place, the place varies. */
function blur(words: Words, { place, names, counts }: Blurring): void {
  const alike = new Map<string, { words: Set<string>; uses: number; isName: boolean }>();
  for (const [text, pieces] of words) {
    const word = pieces[place];
    if (word === undefined) continue;
    const group = alike.get(keyOf(pieces, place)) ?? { words: new Set<string>(), uses: 0, isName: false };
    alike.set(keyOf(pieces, place), group);
    group.words.add(word);
    group.uses += counts.get(text) ?? 0;
    group.isName ||= names.get(text) === true;
  }
  for (const pieces of words.values()) {
    const group = alike.get(keyOf(pieces, place));
    if (!group || pieces[place] === undefined) continue;
    const { size } = group.words;
    const isData = !group.isName && size >= FEW_WORDS && group.uses < RARELY * size;
    if (size > MOST_NAMES || isData) pieces[place] = '*';
  }
}

function keyOf(pieces: readonly string[], place: number): string {
  return JSON.stringify([pieces.slice(0, place), pieces.length]);
}

function looksLikeId(piece: string): boolean {
  if (/^\d+$/.test(piece) || /\d{4,}/.test(piece)) return true;
  if (/^[0-9a-f]{8}-[0-9a-f-]{20,}$/i.test(piece)) return true;
  return piece.length >= 8 && /^[\w-]+$/.test(piece) && (piece.match(/\d/g)?.length ?? 0) >= 3;
}

/** Globs, as far as no two of them could fit one text; those that could are spelt as regular expressions, in which `*` ends at a separator. */
function disjoint(words: Words): ReadonlyMap<string, string> {
  const globs = new Map([...words].map(([text, pieces]) => [text, globOf(pieces)]));
  const distinct = [...new Set(globs.values())];
  const meets = new Set(distinct.filter((a) => distinct.some((b) => a !== b && globsMeet(a, b))));
  return new Map(
    [...words].map(([text, pieces]) => {
      const glob = globs.get(text) ?? text;
      return [text, meets.has(glob) || looksLikeExpression(glob) ? expressionOf(pieces) : glob];
    }),
  );
}

/** Ids beside each other, as in an address, are one. */
function globOf(pieces: readonly string[]): string {
  return pieces.join('').replace(/\*(?:[.:,]+\*)+/g, '*');
}

/** What stands between slashes would be read as a regular expression. */
function looksLikeExpression(glob: string): boolean {
  return glob.length > 2 && glob.startsWith('/') && glob.endsWith('/');
}

function expressionOf(pieces: readonly string[]): string {
  const spelt = pieces.map((piece) =>
    piece
      .split('*')
      .map((part) => part.replace(/[\\^$.+?()[\]{}|/]/g, '\\$&'))
      .join('[^/]*'),
  );
  return `/^${spelt.join('')}$/`;
}
