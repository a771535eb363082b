import { expect } from 'chai';
import { tokenizeCypher } from '../../../src/embedded/bolt/cypher-tokens.js';
import { readSchemaCommand, type SchemaRule } from '../../../src/embedded/bolt/schema-command.js';
import { planSchemaChange, type SchemaStep } from '../../../src/embedded/bolt/schema-rules.js';

const UNIQUE: SchemaRule = { kind: 'UNIQUE', label: 'N', properties: ['id'] };
const INDEX: SchemaRule = { kind: 'INDEX', label: 'N', properties: ['x'] };
const THERE = new Map([
  ['u', UNIQUE],
  ['i', INDEX],
]);

function plan(text: string, rules = THERE): SchemaStep {
  return planSchemaChange(readSchemaCommand(tokenizeCypher(text)), rules);
}

describe('a change of the rules', () => {
  it('makes and drops', () => {
    const made = plan('CREATE CONSTRAINT u FOR (n:N) REQUIRE n.id IS UNIQUE', new Map());
    expect(made).to.deep.equal({ kind: 'create', name: 'u', rule: UNIQUE });
    expect(plan('DROP INDEX i')).to.deep.equal({ kind: 'drop', name: 'i', rule: INDEX });
  });

  it('finds a free name where none is given', () => {
    const rules = new Map([['constraint_M_id', INDEX]]);
    expect(plan('CREATE CONSTRAINT FOR (n:M) REQUIRE n.id IS UNIQUE', rules)).to.include({ name: 'constraint_M_id_2' });
  });

  it('lets existence and uniqueness of one property stand side by side', () => {
    expect(plan('CREATE CONSTRAINT e FOR (n:N) REQUIRE n.id IS NOT NULL').kind).to.equal('create');
  });

  const nothing: readonly string[] = [
    'CREATE CONSTRAINT u IF NOT EXISTS FOR (n:N) REQUIRE n.id IS UNIQUE',
    'CREATE CONSTRAINT u IF NOT EXISTS FOR (n:N) REQUIRE n.other IS UNIQUE',
    'CREATE CONSTRAINT v IF NOT EXISTS FOR (n:N) REQUIRE n.id IS UNIQUE',
    'CREATE INDEX j IF NOT EXISTS FOR (n:N) ON (n.id)',
    'DROP CONSTRAINT none IF EXISTS',
    'DROP CONSTRAINT i IF EXISTS',
  ];
  for (const text of nothing) {
    it(`is none: ${text}`, () => {
      expect(plan(text)).to.deep.equal({ kind: 'nothing' });
    });
  }

  const refused: readonly (readonly [string, string])[] = [
    ['CREATE CONSTRAINT u FOR (n:N) REQUIRE n.id IS UNIQUE', 'ClientError.Schema.EquivalentSchemaRuleAlreadyExists'],
    ['CREATE CONSTRAINT FOR (n:N) REQUIRE n.id IS UNIQUE', 'ClientError.Schema.EquivalentSchemaRuleAlreadyExists'],
    ['CREATE INDEX i FOR (n:N) ON (n.x)', 'ClientError.Schema.EquivalentSchemaRuleAlreadyExists'],
    ['CREATE CONSTRAINT v FOR (n:N) REQUIRE n.id IS UNIQUE', 'ClientError.Schema.ConstraintAlreadyExists'],
    ['CREATE INDEX j FOR (n:N) ON (n.id)', 'ClientError.Schema.ConstraintAlreadyExists'],
    ['CREATE INDEX j FOR (n:N) ON (n.x)', 'ClientError.Schema.IndexAlreadyExists'],
    ['CREATE CONSTRAINT w FOR (n:N) REQUIRE n.x IS UNIQUE', 'ClientError.Schema.IndexAlreadyExists'],
    ['CREATE CONSTRAINT w IF NOT EXISTS FOR (n:N) REQUIRE n.x IS UNIQUE', 'ClientError.Schema.IndexAlreadyExists'],
    ['CREATE CONSTRAINT u FOR (n:N) REQUIRE n.y IS UNIQUE', 'ClientError.Schema.ConstraintWithNameAlreadyExists'],
    ['CREATE INDEX u FOR (n:N) ON (n.y)', 'ClientError.Schema.ConstraintWithNameAlreadyExists'],
    ['CREATE CONSTRAINT i FOR (n:N) REQUIRE n.y IS UNIQUE', 'ClientError.Schema.IndexWithNameAlreadyExists'],
    ['DROP CONSTRAINT none', 'DatabaseError.Schema.ConstraintDropFailed'],
    ['DROP CONSTRAINT i', 'DatabaseError.Schema.ConstraintDropFailed'],
    ['DROP INDEX none', 'DatabaseError.Schema.IndexDropFailed'],
    ['DROP INDEX u', 'DatabaseError.Schema.IndexDropFailed'],
  ];
  for (const [text, code] of refused) {
    it(`is refused with ${code}: ${text}`, () => {
      expect(() => plan(text))
        .to.throw()
        .with.property('code', `Neo.${code}`);
    });
  }
});
