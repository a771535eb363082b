import type { BoundStatement } from './bind-parameters.js';
import type { BoltValue } from './bolt-value.js';
import { type CypherToken, isKeyword, isSymbol } from './cypher-tokens.js';
import { unsupported } from './failure.js';
import type { EngineResult } from './graph-engine.js';
import { KnownValues } from './known-values.js';

const FUNCTIONS = ['DATE', 'TIME', 'DATETIME', 'LOCALTIME', 'LOCALDATETIME', 'DURATION'];

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
  const known = new KnownValues(tokens, given);
  return tokens.flatMap((token, i) => {
    const name = FUNCTIONS.find((word) => isKeyword(token, word));
    const argument = name && isSymbol(tokens[i + 1], '(') ? known.at(i + 2) : undefined;
    if (!name || !argument || !isSymbol(tokens[argument.to + 1], ')')) return [];
    return [{ name: name.toLowerCase(), texts: argument.values.filter((value) => typeof value === 'string') }];
  });
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
