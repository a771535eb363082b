/** What a Cypher query does, in few words and without its values. */

export interface CypherSummary {
  /** The first clause: `MATCH`, `MERGE`, `CREATE`, `CALL`, …; empty if the text begins with none. */
  readonly operation: string;
  /** The first label or relationship type; undefined if there is none. */
  readonly target: string | undefined;
  /** Clauses and what they are about, in order: `MATCH Gpu CREATE Lease`. At most 255 characters. */
  readonly summary: string;
  /** The text with `?` for every literal value. */
  readonly text: string;
}

const TOKENS =
  /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>'(?:\\.|[^'\\])*(?:'|$)|"(?:\\.|[^"\\])*(?:"|$))|(?<name>`(?:[^`]|``)*(?:`|$)|[\p{L}_$][\p{L}\p{N}_$]*)|(?<number>\d[\w.]*)|(?<space>\s+)|(?<sign>[\s\S])/gu;

const CLAUSES = new Set([
  'CALL',
  'CREATE',
  'DELETE',
  'DROP',
  'FOREACH',
  'MATCH',
  'MERGE',
  'REMOVE',
  'RETURN',
  'SET',
  'SHOW',
  'UNWIND',
  'WITH',
]);

/** Clauses that only shape the result, or change what another one found. */
const MINOR = new Set(['RETURN', 'WITH', 'SET', 'REMOVE', 'UNWIND', 'FOREACH']);

const MAX_SUMMARY = 255;

interface Reading {
  text: string;
  operation: string;
  target: string | undefined;
  readonly words: string[];
  previous: string;
  depth: number;
}

/** A service has few texts, and sends each of them many times. */
const summaries = new Map<string, CypherSummary>();
const MAX_REMEMBERED = 256;
const MAX_REMEMBERED_LENGTH = 4096;

/** Reads the query by its tokens; it never throws, and of a text that is no Cypher it says little. */
export function summarizeCypher(query: string): CypherSummary {
  const known = summaries.get(query);
  if (known) return known;
  const summary = read(query);
  if (query.length <= MAX_REMEMBERED_LENGTH) remember(query, summary);
  return summary;
}

function remember(query: string, summary: CypherSummary): void {
  const [oldest] = summaries.keys();
  if (summaries.size >= MAX_REMEMBERED && oldest !== undefined) summaries.delete(oldest);
  summaries.set(query, summary);
}

function read(query: string): CypherSummary {
  const reading: Reading = { text: '', operation: '', target: undefined, words: [], previous: '', depth: 0 };
  for (const { groups = {} } of query.matchAll(TOKENS)) readToken(reading, groups);
  const { operation, target, words } = reading;
  const summary = words.length > 0 ? words.join(' ') : operation;
  return { operation, target, summary: summary.slice(0, MAX_SUMMARY).trimEnd(), text: reading.text.trim() };
}

function readToken(
  reading: Reading,
  { comment, string, number, space, name, sign }: Record<string, string | undefined>,
): void {
  if (comment !== undefined) return;
  if (space !== undefined) {
    reading.text += ' ';
    return;
  }
  reading.text += string !== undefined || number !== undefined ? '?' : (name ?? sign ?? '');
  if (name !== undefined) readName(reading, name);
  if (sign === '{' || sign === '[') reading.depth += sign === '{' ? 1 : 0;
  if (sign === '}') reading.depth -= 1;
  reading.previous = sign ?? '';
}

/** A name after `:` is a label or type, unless it is a value within `{…}`. */
function readName(reading: Reading, name: string): void {
  const word = name.toUpperCase();
  if (reading.previous === ':' && reading.depth === 0) readLabel(reading, name.replaceAll('`', ''));
  else if (isClause(reading, word)) readClause(reading, word);
}

function isClause({ depth, previous }: Reading, word: string): boolean {
  return CLAUSES.has(word) && depth === 0 && previous !== '.' && previous !== ':';
}

function readClause(reading: Reading, word: string): void {
  reading.operation ||= word;
  if (!MINOR.has(word)) reading.words.push(word);
}

function readLabel(reading: Reading, label: string): void {
  reading.target ??= label;
  if (reading.words.length > 0) reading.words.push(label);
}
