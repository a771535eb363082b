/** One place of a pattern: any run, any character, one of some ranges, or exactly one character. */
type Place =
  | { readonly kind: 'run' }
  | { readonly kind: 'any' }
  | { readonly kind: 'range'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] }
  | { readonly kind: 'exact'; readonly char: string };

/**
 * A test for Redis's glob patterns: `*`, `?`, `[a-z]`, `[^a]` and `\` before a character to take it as it is. Time is at most
 * the product of the two lengths: patterns come from clients.
 */
export function keyPattern(pattern: string): (key: string) => boolean {
  const places = readPlaces(pattern);
  return (key) => matches(places, key);
}

function readPlaces(pattern: string): readonly Place[] {
  const places: Place[] = [];
  let at = 0;
  while (at < pattern.length) {
    const char = pattern.charAt(at);
    if (char === '[') {
      const [place, end] = readRange(pattern, at + 1);
      places.push(place);
      at = end;
    } else if (char === '\\' && at + 1 < pattern.length) {
      places.push({ kind: 'exact', char: pattern.charAt(at + 1) });
      at += 2;
    } else {
      places.push(char === '*' ? { kind: 'run' } : char === '?' ? { kind: 'any' } : { kind: 'exact', char });
      at++;
    }
  }
  return places;
}

/** A bracket left open ends with the pattern, as in Redis. */
function readRange(pattern: string, start: number): readonly [Place, number] {
  const negated = pattern.charAt(start) === '^';
  const ranges: [string, string][] = [];
  let at = negated ? start + 1 : start;
  while (at < pattern.length && pattern.charAt(at) !== ']') {
    if (pattern.charAt(at) === '\\' && at + 1 < pattern.length) at++;
    const from = pattern.charAt(at);
    const isSpan = pattern.charAt(at + 1) === '-' && at + 2 < pattern.length;
    const to = isSpan ? pattern.charAt(at + 2) : from;
    ranges.push(from <= to ? [from, to] : [to, from]);
    at += isSpan ? 3 : 1;
  }
  return [{ kind: 'range', negated, ranges }, at + 1];
}

function matches(places: readonly Place[], key: string): boolean {
  let p = 0;
  let k = 0;
  let runAt = -1;
  let resumeAt = 0;
  while (k < key.length) {
    const place = places[p];
    if (place?.kind === 'run') {
      runAt = p++;
      resumeAt = k;
    } else if (place !== undefined && fits(place, key.charAt(k))) {
      p++;
      k++;
    } else if (runAt >= 0) {
      p = runAt + 1;
      k = ++resumeAt;
    } else {
      return false;
    }
  }
  while (places[p]?.kind === 'run') p++;
  return p === places.length;
}

function fits(place: Place, char: string): boolean {
  switch (place.kind) {
    case 'run':
    case 'any':
      return true;
    case 'exact':
      return place.char === char;
    case 'range':
      return place.ranges.some(([from, to]) => char >= from && char <= to) !== place.negated;
    default:
      return place satisfies never;
  }
}
