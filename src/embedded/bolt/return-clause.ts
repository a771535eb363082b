import { bracketDepth, type CypherToken, isClause, isKeyword, isSymbol } from './cypher-tokens.js';

/** The last RETURN of a statement, as it was written. */
export interface ReturnClause {
  /** Where the word RETURN starts. */
  readonly start: number;
  readonly isDistinct: boolean;
  /** Empty for `RETURN *`. */
  readonly items: readonly ReturnItem[];
  /** What follows the items: ORDER BY, SKIP, LIMIT. */
  readonly tail: string;
}

export interface ReturnItem {
  readonly expression: string;
  readonly alias: string | undefined;
  /** A variable alone, whose column is named after it without its backticks. */
  readonly variable: string | undefined;
}

const AFTER_ITEMS = ['ORDER', 'SKIP', 'OFFSET', 'LIMIT', 'UNION'];

/** Undefined for a statement that returns nothing. */
export function readReturn(text: string, tokens: readonly CypherToken[]): ReturnClause | undefined {
  const at = lastReturn(tokens);
  const word = at === undefined ? undefined : tokens[at];
  if (at === undefined || !word) return undefined;
  const isDistinct = isKeyword(tokens[at + 1], 'DISTINCT');
  const { items, end } = splitItems(tokens, at + (isDistinct ? 2 : 1));
  const readable = items.map((item) => toItem(text, item));
  return {
    start: word.start,
    isDistinct,
    items: readable.every((item) => item !== undefined) ? readable : [],
    tail: text.slice(end),
  };
}

/** The name of its column in Neo4j: the alias, or the text as written. */
export function columnName({ alias, variable, expression }: ReturnItem): string {
  return alias ?? variable ?? expression;
}

function lastReturn(tokens: readonly CypherToken[]): number | undefined {
  let depth = 0;
  let last: number | undefined;
  tokens.forEach((token, i) => {
    depth += bracketDepth(token);
    if (depth === 0 && isKeyword(token, 'RETURN') && isClause(tokens, i)) last = i;
  });
  return last;
}

interface Split {
  readonly items: readonly (readonly CypherToken[])[];
  /** Where the last item ends. */
  readonly end: number;
}

function splitItems(tokens: readonly CypherToken[], from: number): Split {
  const items: CypherToken[][] = [[]];
  let depth = 0;
  let end = tokens[from]?.start ?? 0;
  for (const [i, token] of tokens.entries()) {
    if (i < from) continue;
    depth += bracketDepth(token);
    if (depth === 0 && endsItems(tokens, i)) break;
    if (depth === 0 && isSymbol(token, ',')) items.push([]);
    else items.at(-1)?.push(token);
    end = token.end;
  }
  return { items, end };
}

function endsItems(tokens: readonly CypherToken[], i: number): boolean {
  const token = tokens[i];
  return isSymbol(token, ';') || (AFTER_ITEMS.some((word) => isKeyword(token, word)) && isClause(tokens, i));
}

function toItem(text: string, tokens: readonly CypherToken[]): ReturnItem | undefined {
  const [first] = tokens;
  const last = tokens.at(-1);
  if (!first || !last || isSymbol(first, '*')) return undefined;
  const hasAlias = isKeyword(tokens.at(-2), 'AS');
  const end = hasAlias ? tokens.at(-3)?.end : last.end;
  const isVariable = first.kind === 'word' && tokens.length === (hasAlias ? 3 : 1);
  return {
    expression: text.slice(first.start, end),
    alias: hasAlias ? last.text : undefined,
    variable: isVariable ? first.text : undefined,
  };
}
