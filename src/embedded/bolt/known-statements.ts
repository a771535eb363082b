import { type CypherStatement, readStatement } from './cypher-statement.js';

const MAX_STATEMENTS = 200;
const MAX_TEXT = 10_000;

/** Statements that were read before: clients send the same texts again and again, with other parameters. */
export class KnownStatements {
  readonly #byText = new Map<string, CypherStatement>();

  /** As {@link readStatement}, which it asks the first time. */
  read(text: string): CypherStatement {
    const known = this.#byText.get(text);
    if (known) return known;
    const statement = readStatement(text);
    if (text.length <= MAX_TEXT) this.#keep(statement);
    return statement;
  }

  /** The one that came first gives way. */
  #keep(statement: CypherStatement): void {
    const [oldest] = this.#byText.keys();
    if (this.#byText.size >= MAX_STATEMENTS && oldest !== undefined) this.#byText.delete(oldest);
    this.#byText.set(statement.text, statement);
  }
}
