import { type CypherToken, isKeyword, isSymbol } from './cypher-tokens.js';
import { BoltFailure, unsupported } from './failure.js';

export type RuleKind = 'INDEX' | 'UNIQUE' | 'NOT NULL' | 'NODE KEY';

/** A constraint or an index, by what it is for. */
export interface SchemaRule {
  readonly kind: RuleKind;
  readonly label: string;
  readonly properties: readonly string[];
}

/** A statement that changes the schema. */
export type SchemaCommand =
  | {
      readonly action: 'create';
      /** Undefined: the server names it. */
      readonly name: string | undefined;
      readonly unlessThere: boolean;
      readonly rule: SchemaRule;
    }
  | {
      readonly action: 'drop';
      readonly name: string;
      readonly ifThere: boolean;
      readonly isIndex: boolean;
    };

/**
 * Reads a schema statement. Throws BoltFailure: UnsupportedOperationError for kinds of rules that the embedded graph does not
 * have, SyntaxError for anything else.
 */
export function readSchemaCommand(tokens: readonly CypherToken[]): SchemaCommand {
  const reader = new Reader(tokens.filter((token, i) => i < tokens.length - 1 || !isSymbol(token, ';')));
  const command = reader.take('DROP') ? readDrop(reader) : readCreate(reader);
  reader.expectEnd();
  return command;
}

function readDrop(reader: Reader): SchemaCommand {
  const isIndex = reader.take('INDEX');
  if (!isIndex) reader.expect('CONSTRAINT');
  const name = reader.name();
  const ifThere = reader.take('IF', 'EXISTS');
  return { action: 'drop', name, ifThere, isIndex };
}

const OTHER_INDEXES = ['TEXT', 'FULLTEXT', 'POINT', 'LOOKUP', 'VECTOR'];

function readCreate(reader: Reader): SchemaCommand {
  reader.expect('CREATE');
  const other = OTHER_INDEXES.find((kind) => reader.take(kind));
  if (other) throw unsupported(`A ${other} index`);
  if (reader.take('RANGE') || reader.take('BTREE') || !reader.take('CONSTRAINT')) {
    reader.expect('INDEX');
    return readRule(reader, (target) => readIndexed(reader, target));
  }
  return readRule(reader, (target) => readConstrained(reader, target));
}

interface Target {
  readonly variable: string;
  readonly label: string;
}

function readRule(reader: Reader, rule: (target: Target) => SchemaRule): SchemaCommand {
  const name = reader.isAt('FOR') || reader.isAt('IF') ? undefined : reader.name();
  const unlessThere = reader.take('IF', 'NOT', 'EXISTS');
  reader.expect('FOR');
  return { action: 'create', name, unlessThere, rule: rule(readTarget(reader)) };
}

function readTarget(reader: Reader): Target {
  reader.symbol('(');
  if (reader.takeSymbol(')')) throw unsupported('A constraint or an index on relationships');
  const variable = reader.name();
  reader.symbol(':');
  const label = reader.name();
  reader.symbol(')');
  return { variable, label };
}

function readIndexed(reader: Reader, target: Target): SchemaRule {
  reader.expect('ON');
  return { kind: 'INDEX', label: target.label, properties: readProperties(reader, target) };
}

function readConstrained(reader: Reader, target: Target): SchemaRule {
  reader.expect('REQUIRE');
  const properties = readProperties(reader, target);
  reader.expect('IS');
  return { kind: readKind(reader), label: target.label, properties };
}

function readKind(reader: Reader): RuleKind {
  if (reader.take('NOT', 'NULL')) return 'NOT NULL';
  if (reader.takeSymbol(':') || reader.take('TYPED')) throw unsupported('A constraint on the type of a property');
  if (reader.take('NODE', 'KEY') || reader.take('KEY')) return 'NODE KEY';
  reader.take('NODE');
  reader.expect('UNIQUE');
  return 'UNIQUE';
}

function readProperties(reader: Reader, { variable }: Target): readonly string[] {
  if (!reader.takeSymbol('(')) return [readProperty(reader, variable)];
  const properties = [readProperty(reader, variable)];
  while (reader.takeSymbol(',')) properties.push(readProperty(reader, variable));
  reader.symbol(')');
  return properties;
}

function readProperty(reader: Reader, variable: string): string {
  if (reader.name() !== variable) throw reader.unexpected(`the variable ${variable}`);
  reader.symbol('.');
  return reader.name();
}

class Reader {
  readonly #tokens: readonly CypherToken[];
  #at = 0;

  constructor(tokens: readonly CypherToken[]) {
    this.#tokens = tokens;
  }

  isAt(...words: readonly string[]): boolean {
    return words.every((word, i) => isKeyword(this.#tokens[this.#at + i], word));
  }

  take(...words: readonly string[]): boolean {
    const isThere = this.isAt(...words);
    if (isThere) this.#at += words.length;
    return isThere;
  }

  expect(word: string): void {
    if (!this.take(word)) throw this.unexpected(`'${word}'`);
  }

  takeSymbol(symbol: string): boolean {
    const isThere = isSymbol(this.#tokens[this.#at], symbol);
    if (isThere) this.#at++;
    return isThere;
  }

  symbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.unexpected(`'${symbol}'`);
  }

  name(): string {
    const token = this.#tokens[this.#at];
    if (token?.kind === 'parameter') throw unsupported('A name from a parameter');
    if (token?.kind !== 'word') throw this.unexpected('a name');
    if (token.text.includes('`')) throw unsupported(`A name with a backtick: ${token.text}`);
    this.#at++;
    return token.text;
  }

  expectEnd(): void {
    if (isKeyword(this.#tokens[this.#at], 'OPTIONS')) throw unsupported('OPTIONS');
    if (this.#at < this.#tokens.length) throw this.unexpected('the end of the statement');
  }

  unexpected(expected: string): BoltFailure {
    const found = this.#tokens[this.#at]?.text ?? '';
    return new BoltFailure('Neo.ClientError.Statement.SyntaxError', `Invalid input '${found}': expected ${expected}`);
  }
}
