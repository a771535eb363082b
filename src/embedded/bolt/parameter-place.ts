import { bracketDepth, type CypherToken, isAnySymbol, isClause, isKeyword, isSymbol } from './cypher-tokens.js';

/** What a value is used for, as far as it changes how it has to be written. */
export type ValuePlace =
  | 'expression'
  /** `LIMIT $n`. */
  | 'count'
  /** `(n:Label $map)`, `-[:TYPE $map]->`. */
  | 'pattern'
  /** `CREATE (n {key: $value})`, `SET n.key = $value`: it is stored. */
  | 'property'
  /** `SET n = $map`, `SET n += $map`: its members are stored. */
  | 'properties';

/** The place of an expression of the tokens `from` to `to`, both included. */
export function placeOf(tokens: readonly CypherToken[], from: number, to = from): ValuePlace {
  if (isCount(tokens, from)) return 'count';
  if (isPattern(tokens, from)) return 'pattern';
  if (!endsExpression(tokens[to + 1])) return 'expression';
  if (isInPattern(tokens, from) || isSetProperty(tokens, from)) return 'property';
  return isSetAll(tokens, from) ? 'properties' : 'expression';
}

function isCount(tokens: readonly CypherToken[], i: number): boolean {
  const word = tokens[i - 1]?.keyword;
  return word === 'LIMIT' || word === 'SKIP' || word === 'OFFSET';
}

function isPattern(tokens: readonly CypherToken[], i: number): boolean {
  const [before, twoBefore, after] = [tokens[i - 1], tokens[i - 2], tokens[i + 1]];
  const closes = isSymbol(after, ')') || isSymbol(after, ']');
  if (!closes || before?.kind !== 'word' || isKeyword(before, 'DISTINCT') || isKeyword(before, 'NOT')) return false;
  return isAnySymbol(twoBefore, ':|&([');
}

const CLAUSES: ReadonlySet<string> = new Set([
  'CREATE',
  'MERGE',
  'SET',
  'MATCH',
  'WHERE',
  'WITH',
  'RETURN',
  'UNWIND',
  'DELETE',
  'REMOVE',
  'CALL',
  'FOREACH',
  'ON',
  'DETACH',
  'OPTIONAL',
  'ORDER',
  'UNION',
]);

function isClauseWord(token: CypherToken | undefined): boolean {
  return token?.keyword !== undefined && CLAUSES.has(token.keyword);
}

export function endsExpression(token: CypherToken | undefined): boolean {
  return !token || isClauseWord(token) || isAnySymbol(token, ',});');
}

function isInPattern(tokens: readonly CypherToken[], i: number): boolean {
  const clause = patternOf(tokens, i)?.clause;
  return clause === 'CREATE' || clause === 'MERGE';
}

/** The properties of a node or a relationship, as they stand in a statement. */
export interface PropertyPattern {
  /** Where their bracket opens. */
  readonly open: number;
  /** The word of the clause. */
  readonly clause: string | undefined;
}

/** `{key: HERE` within a node or a relationship, not within a map. */
export function patternOf(tokens: readonly CypherToken[], i: number): PropertyPattern | undefined {
  if (!isSymbol(tokens[i - 1], ':') || tokens[i - 2]?.kind !== 'word') return undefined;
  const open = openingBracket(tokens, i - 1);
  if (open === undefined || !isSymbol(tokens[open], '{') || !startsProperties(tokens, open)) return undefined;
  return { open, clause: clauseOf(tokens, open) };
}

/** `(n:Label {`, `[:TYPE {` or `({`, unlike `: {` of a map and `f({` of a function. */
function startsProperties(tokens: readonly CypherToken[], open: number): boolean {
  const [before, twoBefore] = [tokens[open - 1], tokens[open - 2]];
  if (before?.kind === 'word') return isAnySymbol(twoBefore, ':|&([');
  if (!isSymbol(before, '(')) return false;
  return twoBefore?.kind !== 'word' || isClauseWord(twoBefore);
}

function openingBracket(tokens: readonly CypherToken[], from: number): number | undefined {
  let depth = 0;
  for (let i = from; i >= 0; i--) {
    depth += bracketDepth(tokens[i]);
    if (depth > 0) return i;
  }
  return undefined;
}

/** The word of the clause that the token stands in. */
export function clauseOf(tokens: readonly CypherToken[], at: number): string | undefined {
  for (let i = at; i >= 0; i--) {
    if (isClauseWord(tokens[i]) && isClause(tokens, i)) return tokens[i]?.keyword;
  }
  return undefined;
}

/** `SET n.key = HERE`. */
function isSetProperty(tokens: readonly CypherToken[], i: number): boolean {
  const isMember = tokens[i - 2]?.kind === 'word' && isSymbol(tokens[i - 3], '.');
  return isSymbol(tokens[i - 1], '=') && isMember && clauseOf(tokens, i - 1) === 'SET';
}

/** `SET n = HERE` and `SET n += HERE`. */
function isSetAll(tokens: readonly CypherToken[], i: number): boolean {
  if (!isSymbol(tokens[i - 1], '=') || clauseOf(tokens, i - 1) !== 'SET') return false;
  const name = isSymbol(tokens[i - 2], '+') ? i - 3 : i - 2;
  const before = tokens[name - 1];
  return tokens[name]?.kind === 'word' && (isKeyword(before, 'SET') || isSymbol(before, ','));
}

/** True for a value that a node is merged by: `MERGE (n {key: HERE})`. */
export function isMergedBy(tokens: readonly CypherToken[], i: number): boolean {
  return isInPattern(tokens, i) && clauseOf(tokens, i) === 'MERGE';
}
