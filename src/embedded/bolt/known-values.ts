import { type BoltValue, isBoltList, isBoltMap } from './bolt-value.js';
import { type CypherToken, isKeyword, isSymbol } from './cypher-tokens.js';

/** An expression whose values are known before the statement runs. */
export interface KnownExpression {
  /** One, or one for each row. */
  readonly values: readonly BoltValue[];
  /** Its last token. */
  readonly to: number;
}

/** Finds parameters, literals, and the rows of `UNWIND $rows AS row`, with their members. */
export class KnownValues {
  readonly #tokens: readonly CypherToken[];
  readonly #given: ReadonlyMap<string, BoltValue>;
  readonly #rows: ReadonlyMap<string, readonly BoltValue[]>;

  constructor(tokens: readonly CypherToken[], given: ReadonlyMap<string, BoltValue>) {
    this.#tokens = tokens;
    this.#given = given;
    this.#rows = rowVariables(tokens, given);
  }

  /** False when no variable of the statement takes values that are known. */
  get hasRows(): boolean {
    return this.#rows.size > 0;
  }

  /** Of the expression that starts at this token; undefined when nothing is known of it. What follows MAY change it. */
  at(from: number): KnownExpression | undefined {
    const token = this.#tokens[from];
    if (token?.kind === 'parameter') return this.#members(from, [this.#given.get(token.text) ?? null]);
    if (this.#isRow(from)) return this.#members(from, this.#rows.get(token?.text ?? '') ?? []);
    if (isSymbol(token, '[')) return this.#list(from);
    const literal = this.#literal(from);
    return literal && { values: [literal.value], to: literal.to };
  }

  #isRow(i: number): boolean {
    const token = this.#tokens[i];
    return token?.kind === 'word' && this.#rows.has(token.text) && !isSymbol(this.#tokens[i - 1], '.');
  }

  #members(from: number, roots: readonly BoltValue[]): KnownExpression {
    let values = roots;
    let to = from;
    while (isSymbol(this.#tokens[to + 1], '.') && this.#tokens[to + 2]?.kind === 'word') {
      const key = this.#tokens[to + 2]?.text ?? '';
      values = values.map((value) => (isBoltMap(value) ? (value.get(key) ?? null) : null));
      to += 2;
    }
    return { values, to };
  }

  #literal(from: number): { readonly value: BoltValue; readonly to: number } | undefined {
    const isNegative = isSymbol(this.#tokens[from], '-');
    const to = isNegative ? from + 1 : from;
    const token = this.#tokens[to];
    if (token?.kind === 'number') return { value: numberOf(token.text, isNegative), to };
    if (token?.kind !== 'string' || isNegative) return undefined;
    return { value: token.text.slice(1, -1), to };
  }

  /** Of single literals. */
  #list(from: number): KnownExpression | undefined {
    const items: BoltValue[] = [];
    for (let at = from + 1; ; at++) {
      const item = this.#literal(at);
      if (!item) return undefined;
      items.push(item.value);
      at = item.to + 1;
      if (isSymbol(this.#tokens[at], ']')) return { values: [items], to: at };
      if (!isSymbol(this.#tokens[at], ',')) return undefined;
    }
  }
}

function numberOf(text: string, isNegative: boolean): bigint | number {
  if (!/^(?:\d+|0x[\da-f]+)$/i.test(text)) return isNegative ? -Number(text) : Number(text);
  return isNegative ? -BigInt(text) : BigInt(text);
}

/** Variables that are bound once, by UNWIND of a parameter, with the values they take. */
function rowVariables(
  tokens: readonly CypherToken[],
  given: ReadonlyMap<string, BoltValue>,
): ReadonlyMap<string, readonly BoltValue[]> {
  const rows = new Map<string, readonly BoltValue[]>();
  tokens.forEach((token, i) => {
    if (!isKeyword(token, 'UNWIND')) return;
    const [list, as, name] = tokens.slice(i + 1, i + 4);
    if (list?.kind !== 'parameter' || !isKeyword(as, 'AS') || !name) return;
    const values = given.get(list.text);
    if (isBoltList(values) && timesBound(tokens, name.text) === 1) rows.set(name.text, values);
  });
  return rows;
}

function timesBound(tokens: readonly CypherToken[], name: string): number {
  return tokens.filter(({ kind, text }, i) => kind === 'word' && text === name && isKeyword(tokens[i - 1], 'AS'))
    .length;
}
