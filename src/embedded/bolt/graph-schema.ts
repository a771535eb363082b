import type { CypherStatement } from './cypher-statement.js';
import type { GraphEngine } from './graph-engine.js';
import { readSchemaCommand, type SchemaRule } from './schema-command.js';
import { planSchemaChange, type SchemaStep, schemaError, schemaText } from './schema-rules.js';

/** What a schema change came to, and how to take it back. */
export interface SchemaChange {
  /** By the names that Neo4j's summaries have for them. */
  readonly counters: Readonly<Record<string, number>>;
  readonly undo: () => Promise<void>;
}

/**
 * The constraints and indexes of a graph. The engine changes them at once, outside of any transaction, and forgets how they
 * were written: so what there is, is kept here, and each change knows how to undo itself.
 */
export class GraphSchema {
  readonly #engine: GraphEngine;
  readonly #rules = new Map<string, SchemaRule>();

  constructor(engine: GraphEngine) {
    this.#engine = engine;
  }

  /** MUST NOT be called while another change, or a write, goes on. Throws BoltFailure; nothing is changed then. */
  async change({ tokens }: CypherStatement): Promise<SchemaChange> {
    const step = planSchemaChange(readSchemaCommand(tokens), this.#rules);
    if (step.kind === 'nothing') return { counters: {}, undo: async () => undefined };
    if (step.kind === 'create') await this.#refuseBrokenRule(step.rule);
    await this.#apply(step);
    const opposite = { ...step, kind: step.kind === 'create' ? 'drop' : 'create' } as const;
    return { counters: { [counterOf(step)]: 1 }, undo: () => this.#apply(opposite) };
  }

  /** True where nodes with that label must differ in that property, alone or with others. */
  readonly isUnique = (label: string, key: string): boolean =>
    [...this.#rules.values()].some(
      (rule) =>
        rule.kind !== 'INDEX' && rule.kind !== 'NOT NULL' && rule.label === label && rule.properties.includes(key),
    );

  async #apply(step: Exclude<SchemaStep, { kind: 'nothing' }>): Promise<void> {
    const { kind, name, rule } = step;
    await this.#engine.run({ text: kind === 'create' ? createText(name, rule) : dropText(name, rule), parameters: {} });
    if (kind === 'create') this.#rules.set(name, rule);
    else this.#rules.delete(name);
  }

  /** The engine would take a constraint that does not hold. */
  async #refuseBrokenRule(rule: SchemaRule): Promise<void> {
    for (const text of brokenRuleTexts(rule)) {
      const { rows } = await this.#engine.run({ text, parameters: {} });
      if (rows.length === 0) continue;
      const message = `Unable to create a constraint for ${schemaText(rule)}: there are nodes that break it.`;
      throw schemaError('ConstraintCreationFailed', message);
    }
  }
}

function counterOf({ kind, rule }: Exclude<SchemaStep, { kind: 'nothing' }>): string {
  return `${rule.kind === 'INDEX' ? 'indexes' : 'constraints'}-${kind === 'create' ? 'added' : 'removed'}`;
}

function quoted(name: string): string {
  return `\`${name}\``;
}

function columnsOf({ properties }: SchemaRule): string {
  return `(${properties.map((property) => `n.${quoted(property)}`).join(', ')})`;
}

function createText(name: string, rule: SchemaRule): string {
  const target = `FOR (n:${quoted(rule.label)})`;
  if (rule.kind === 'INDEX') return `CREATE INDEX ${quoted(name)} ${target} ON ${columnsOf(rule)}`;
  return `CREATE CONSTRAINT ${quoted(name)} ${target} REQUIRE ${columnsOf(rule)} IS ${rule.kind}`;
}

function dropText(name: string, { kind }: SchemaRule): string {
  return `DROP ${kind === 'INDEX' ? 'INDEX' : 'CONSTRAINT'} ${quoted(name)}`;
}

/** Questions that have an answer only if some node breaks the rule. */
function brokenRuleTexts({ kind, label, properties }: SchemaRule): readonly string[] {
  const match = `MATCH (n:${quoted(label)})`;
  const isNull = properties.map((property) => `n.${quoted(property)} IS NULL`).join(' OR ');
  const keys = properties.map((property, i) => `n.${quoted(property)} AS k${i}`).join(', ');
  const twice = `${match} WHERE NOT (${isNull}) WITH ${keys}, count(*) AS nodes WHERE nodes > 1 RETURN nodes LIMIT 1`;
  const absent = `${match} WHERE ${isNull} RETURN id(n) LIMIT 1`;
  const texts = { INDEX: [], UNIQUE: [twice], 'NOT NULL': [absent], 'NODE KEY': [twice, absent] };
  return texts[kind];
}
