import { type CypherToken, isClause, isKeyword, isMapKey, isSymbol, tokenizeCypher } from './cypher-tokens.js';
import { BoltFailure, unsupported } from './failure.js';
import { columnName, type ReturnClause, readReturn } from './return-clause.js';

/** What has to be known of a statement before it runs. */
export interface CypherStatement {
  readonly text: string;
  readonly tokens: readonly CypherToken[];
  /** Neo4j's query type: reads, writes, both, or changes the schema. When in doubt, it writes. */
  readonly type: 'r' | 'w' | 'rw' | 's';
  /** Column names as Neo4j gives them (the text as written, or the alias); undefined when they are not plain to see. */
  readonly columns: readonly string[] | undefined;
}

const WRITE_WORDS = ['CREATE', 'MERGE', 'SET', 'DELETE', 'REMOVE', 'FOREACH', 'DROP'];
const FIRST_WORDS = new Set([
  'MATCH',
  'OPTIONAL',
  'CREATE',
  'MERGE',
  'UNWIND',
  'WITH',
  'RETURN',
  'CALL',
  'FOREACH',
  'DROP',
]);
/** Members by which the engine marks nodes and relationships in its answers. */
const RESERVED = new Set(['_id', '_labels', '_type', '_source', '_target']);
const PROCEDURES = new Set(['db.labels', 'db.relationshiptypes', 'db.propertykeys']);

/**
 * Reads a statement, and refuses what the engine would answer otherwise than Neo4j does: throws {@link BoltFailure}. Syntax
 * is the engine's to judge.
 */
export function readStatement(text: string): CypherStatement {
  const tokens = tokenizeCypher(text);
  refuseForeign(tokens);
  refuseReserved(tokens);
  refuseProcedures(tokens);
  const type = typeOf(tokens);
  const returned = type === 's' ? undefined : readReturn(text, tokens);
  if (type === 'r' && !returned) refuseInconclusive(tokens);
  return { text, tokens, type, columns: returned && columnsOf(returned) };
}

/** Reserved by the engine: as a key of a parameter it would be taken for a node. */
export function isReservedName(name: string): boolean {
  return RESERVED.has(name);
}

function refuseForeign(tokens: readonly CypherToken[]): void {
  const [first] = tokens;
  if (!first) throw new BoltFailure('Neo.ClientError.Statement.SyntaxError', 'The statement is empty.');
  const word = first.text.toUpperCase();
  if (['EXPLAIN', 'PROFILE', 'SHOW', 'USE', 'CYPHER', 'LOAD', 'START', 'ALTER'].includes(word)) throw unsupported(word);
  if (first.kind !== 'word' || !FIRST_WORDS.has(word)) {
    throw new BoltFailure(
      'Neo.ClientError.Statement.SyntaxError',
      `Invalid input '${first.text}': a clause was expected.`,
    );
  }
  const load = tokens.some((token, i) => isKeyword(token, 'LOAD') && isKeyword(tokens[i + 1], 'CSV'));
  if (load) throw unsupported('LOAD CSV');
}

/** The engine would answer a statement that only looks, and tells nothing, with nothing. */
function refuseInconclusive(tokens: readonly CypherToken[]): void {
  if (tokens.some((token) => isKeyword(token, 'CALL'))) return;
  if (tokens.some((token) => isKeyword(token, 'FINISH'))) throw unsupported('FINISH');
  const message = `Query cannot conclude with ${tokens[0]?.text.toUpperCase()} (must be a RETURN clause or an update clause).`;
  throw new BoltFailure('Neo.ClientError.Statement.SyntaxError', message);
}

function refuseReserved(tokens: readonly CypherToken[]): void {
  const reserved = tokens.find(({ kind, text }) => kind === 'word' && RESERVED.has(text));
  if (reserved) throw unsupported(`The name ${reserved.text}`);
  const keys = new Set(tokens.filter((_, i) => isMapKey(tokens, i)).map(({ text }) => text));
  if (keys.has('nodes') && keys.has('edges')) throw unsupported('A map with both keys nodes and edges');
}

function refuseProcedures(tokens: readonly CypherToken[]): void {
  tokens.forEach((token, i) => {
    if (!isKeyword(token, 'CALL') || tokens[i + 1]?.kind !== 'word') return;
    const name = dottedName(tokens, i + 1);
    if (PROCEDURES.has(name.toLowerCase())) return;
    throw new BoltFailure(
      'Neo.ClientError.Procedure.ProcedureNotFound',
      `There is no procedure with the name \`${name}\` registered for this database instance (the embedded graph).`,
    );
  });
}

function dottedName(tokens: readonly CypherToken[], from: number): string {
  let name = tokens[from]?.text ?? '';
  for (let i = from; isSymbol(tokens[i + 1], '.'); i += 2) name += `.${tokens[i + 2]?.text ?? ''}`;
  return name;
}

function typeOf(tokens: readonly CypherToken[]): CypherStatement['type'] {
  if (changesSchema(tokens)) return 's';
  const writes = tokens.some((token, i) => WRITE_WORDS.some((word) => isKeyword(token, word)) && isClause(tokens, i));
  if (!writes) return 'r';
  return tokens.some((token, i) => isKeyword(token, 'RETURN') && isClause(tokens, i)) ? 'rw' : 'w';
}

function changesSchema(tokens: readonly CypherToken[]): boolean {
  const [first, ...rest] = tokens;
  if (isKeyword(first, 'DROP')) return true;
  if (!isKeyword(first, 'CREATE')) return false;
  return (
    rest[0]?.kind === 'word' &&
    rest.slice(0, 2).some((token) => isKeyword(token, 'INDEX') || isKeyword(token, 'CONSTRAINT'))
  );
}

function columnsOf({ items }: ReturnClause): readonly string[] | undefined {
  return items.length === 0 ? undefined : items.map(columnName);
}
