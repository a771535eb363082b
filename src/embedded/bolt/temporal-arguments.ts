import { oncePer } from '../../lib/once-per.js';
import type { BoundStatement } from './bind-parameters.js';
import type { BoltValue } from './bolt-value.js';
import { type CypherToken, isSymbol } from './cypher-tokens.js';
import { unsupported } from './failure.js';
import type { EngineResult } from './graph-engine.js';
import { KnownValues } from './known-values.js';

const FUNCTIONS = new Set(['DATE', 'TIME', 'DATETIME', 'LOCALTIME', 'LOCALDATETIME', 'DURATION']);

/** A text that is made a temporal value: `date('2024-02-29')`, `duration($text)`. */
export interface TemporalArgument {
  readonly name: string;
  readonly texts: readonly string[];
}

/** Those of a statement that are known before it runs. */
export function temporalArguments(
  tokens: readonly CypherToken[],
  given: ReadonlyMap<string, BoltValue>,
): readonly TemporalArgument[] {
  const calls = temporalCalls(tokens);
  if (calls.length === 0) return [];
  const known = new KnownValues(tokens, given);
  return calls.flatMap((i) => {
    const argument = known.at(i + 2);
    if (!argument || !isSymbol(tokens[argument.to + 1], ')')) return [];
    const name = tokens[i]?.text.toLowerCase() ?? '';
    return [{ name, texts: argument.values.filter((value) => typeof value === 'string') }];
  });
}

/** Where they stand: the same in each run of the statement. */
const temporalCalls = oncePer((tokens: readonly CypherToken[]): readonly number[] =>
  [...tokens.keys()].filter((i) => isTemporalCall(tokens, i)),
);

function isTemporalCall(tokens: readonly CypherToken[], i: number): boolean {
  const word = tokens[i]?.keyword;
  return word !== undefined && FUNCTIONS.has(word) && isSymbol(tokens[i + 1], '(');
}

/** Throws BoltFailure for a text of which the engine makes another value than Neo4j does, or null. */
export async function refuseMisreadTimes(
  found: readonly TemporalArgument[],
  run: (statement: BoundStatement) => Promise<EngineResult>,
): Promise<void> {
  for (const { name, texts } of found) {
    const text = texts.find((one) => isMisread(name, one)) ?? (await firstUnread({ name, texts }, run));
    if (text !== undefined) throw unsupported(`The text '${text}' for ${name}()`);
  }
}

/** Of negative seconds, the engine adds the fraction; of a date and time, it cuts nanoseconds and the name of a zone. */
function isMisread(name: string, text: string): boolean {
  if (name === 'duration') return /-\d*[.,]\d/.test(text);
  return name.endsWith('datetime') && /\[|[.,]\d{7}/.test(text);
}

/** The engine makes null of what it does not understand. Neo4j fails, or knows a form that the engine does not. */
async function firstUnread(
  { name, texts }: TemporalArgument,
  run: (statement: BoundStatement) => Promise<EngineResult>,
): Promise<string | undefined> {
  if (texts.length === 0) return undefined;
  const text = `UNWIND $texts AS text WITH text WHERE ${name}(text) IS NULL RETURN text LIMIT 1`;
  const [row] = (await run({ text, parameters: { texts } })).rows;
  return row && String(row[0]);
}
