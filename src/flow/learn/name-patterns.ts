/** Words that differ more than this at one place are data, not names. */
const MOST_NAMES = 8;

/** Cuts after each separator, and keeps it: names are made of these pieces. */
const PIECES = /[^\s/:.,]+|[\s/:.,]+/g;

/**
 * The pattern behind each of these texts: pieces that look like an id, or of which there are too many to be names, become `*`. A text stands for itself
 * where nothing in it varies.
 */
export function patternsOf(texts: readonly string[]): ReadonlyMap<string, string> {
  const distinct = [...new Set(texts)].sort();
  const pieces = new Map(
    distinct.map((text) => [text, (text.match(PIECES) ?? []).map((p) => (looksLikeId(p) ? '*' : p))]),
  );
  for (let place = 0; ; place++) {
    const alike = new Map<string, Set<string>>();
    for (const words of pieces.values()) {
      const word = words[place];
      if (word === undefined) continue;
      const key = shapeAround(words, place);
      alike.set(key, (alike.get(key) ?? new Set<string>()).add(word));
    }
    if (alike.size === 0) break;
    for (const words of pieces.values()) {
      if (words[place] !== undefined && (alike.get(shapeAround(words, place))?.size ?? 0) > MOST_NAMES)
        words[place] = '*';
    }
  }
  return new Map([...pieces].map(([text, words]) => [text, asPattern(words)]));
}

function shapeAround(words: readonly string[], place: number): string {
  return JSON.stringify([words.slice(0, place), words.length]);
}

function looksLikeId(piece: string): boolean {
  if (/^\d+$/.test(piece) || /\d{4,}/.test(piece)) return true;
  if (/^[0-9a-f]{8}-[0-9a-f-]{20,}$/i.test(piece)) return true;
  return piece.length >= 8 && /^[\w-]+$/.test(piece) && (piece.match(/\d/g)?.length ?? 0) >= 3;
}

/** A glob; a text between slashes would be read as a regular expression, and so is written as one. */
function asPattern(words: readonly string[]): string {
  const text = words.join('');
  if (text.length <= 2 || !text.startsWith('/') || !text.endsWith('/')) return text;
  return `/^${words.map((word) => (word === '*' ? '[^/]+' : word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))).join('')}$/`;
}
