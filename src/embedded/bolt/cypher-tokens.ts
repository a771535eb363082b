/** A piece of Cypher text that is neither space nor comment. */
export interface CypherToken {
  readonly kind: 'word' | 'parameter' | 'string' | 'number' | 'symbol';
  /** As written; for a quoted word and a parameter, the name itself. */
  readonly text: string;
  /** A word in upper case, which may be a keyword; undefined for one in backticks, and for all that are no words. */
  readonly keyword: string | undefined;
  readonly start: number;
  readonly end: number;
}

const PIECE = new RegExp(
  [
    String.raw`(?<space>\s+|//[^\n]*|/\*[^]*?\*/)`,
    String.raw`(?<string>'(?:\\[^]|[^'\\])*'|"(?:\\[^]|[^"\\])*")`,
    '(?<parameter>\\$(?:[\\p{L}_\\d]+|`(?:``|[^`])*`))',
    '(?<quoted>`(?:``|[^`])*`)',
    String.raw`(?<word>[\p{L}_][\p{L}\p{M}\d_]*)`,
    String.raw`(?<number>0x[\da-f]+|(?:\d+\.\d+|\.\d+|\d+)(?:e[+-]?\d+)?)`,
    '(?<symbol>[^])',
  ].join('|'),
  'giuy',
);

/** The tokens of a statement. Any text has some: what is no Cypher comes as symbols, for the engine to refuse. */
export function tokenizeCypher(text: string): readonly CypherToken[] {
  const tokens: CypherToken[] = [];
  for (const match of text.matchAll(PIECE)) {
    const token = toToken(match);
    if (token) tokens.push(token);
  }
  return tokens;
}

function toToken(match: RegExpExecArray): CypherToken | undefined {
  const { space, string, parameter, quoted, word, number } = match.groups ?? {};
  const [whole] = match;
  if (space !== undefined) return undefined;
  const place = { keyword: word?.toUpperCase(), start: match.index, end: match.index + whole.length };
  if (string !== undefined) return { kind: 'string', text: whole, ...place };
  if (parameter !== undefined) return { kind: 'parameter', text: unquote(whole.slice(1)), ...place };
  if (quoted !== undefined) return { kind: 'word', text: unquote(whole), ...place };
  if (word !== undefined) return { kind: 'word', text: whole, ...place };
  return { kind: number === undefined ? 'symbol' : 'number', text: whole, ...place };
}

function unquote(name: string): string {
  return name.startsWith('`') ? name.slice(1, -1).replaceAll('``', '`') : name;
}

/** True for an unquoted word, whatever its case. `word` is upper case. */
export function isKeyword(token: CypherToken | undefined, word: string): boolean {
  return token?.keyword === word;
}

export function isSymbol(token: CypherToken | undefined, symbol: string): boolean {
  return token?.kind === 'symbol' && token.text === symbol;
}

/** True for one of these symbols, each a character of `symbols`. */
export function isAnySymbol(token: CypherToken | undefined, symbols: string): boolean {
  return token?.kind === 'symbol' && symbols.includes(token.text);
}

/** `{key: …`: a word that names a member of a map. */
export function isMapKey(tokens: readonly CypherToken[], i: number): boolean {
  const before = tokens[i - 1];
  return tokens[i]?.kind === 'word' && isSymbol(tokens[i + 1], ':') && (isSymbol(before, '{') || isSymbol(before, ','));
}

/** Property names, labels and map keys can look like clauses: `n.set`, `:Set`, `{set: 1}`. */
export function isClause(tokens: readonly CypherToken[], i: number): boolean {
  const before = tokens[i - 1];
  return !isSymbol(before, '.') && !isSymbol(before, ':') && !isMapKey(tokens, i);
}

/** Where the bracket that opens at this token closes. */
export function closingBracket(tokens: readonly CypherToken[], from: number): number | undefined {
  let depth = 0;
  for (let i = from; i < tokens.length; i++) {
    const change = bracketDepth(tokens[i]);
    depth += change;
    if (change < 0 && depth === 0) return i;
  }
  return undefined;
}

/** 1 for a bracket that opens, -1 for one that closes. */
export function bracketDepth(token: CypherToken | undefined): -1 | 0 | 1 {
  if (token?.kind !== 'symbol') return 0;
  if ('([{'.includes(token.text)) return 1;
  return ')]}'.includes(token.text) ? -1 : 0;
}
