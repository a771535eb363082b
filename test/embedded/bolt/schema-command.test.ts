import { expect } from 'chai';
import { tokenizeCypher } from '../../../src/embedded/bolt/cypher-tokens.js';
import { type RuleKind, readSchemaCommand, type SchemaCommand } from '../../../src/embedded/bolt/schema-command.js';

function read(text: string): SchemaCommand {
  return readSchemaCommand(tokenizeCypher(text));
}

function created(name: string | undefined, kind: RuleKind, properties: readonly string[]): SchemaCommand {
  return { action: 'create', name, unlessThere: false, rule: { kind, label: 'N', properties } };
}

describe('a schema statement', () => {
  const commands: readonly (readonly [string, SchemaCommand])[] = [
    ['CREATE CONSTRAINT c FOR (n:N) REQUIRE n.a IS UNIQUE', created('c', 'UNIQUE', ['a'])],
    ['create constraint for (x:N) require (x.a, x.b) is node unique;', created(undefined, 'UNIQUE', ['a', 'b'])],
    ['CREATE CONSTRAINT `odd name` FOR (n:N) REQUIRE n.`a b` IS NOT NULL', created('odd name', 'NOT NULL', ['a b'])],
    ['CREATE CONSTRAINT k FOR (n:N) REQUIRE (n.a) IS NODE KEY', created('k', 'NODE KEY', ['a'])],
    ['CREATE INDEX i FOR (n:N) ON (n.a, n.b)', created('i', 'INDEX', ['a', 'b'])],
    ['CREATE RANGE INDEX FOR (n:N) ON (n.a)', created(undefined, 'INDEX', ['a'])],
    [
      'CREATE INDEX i IF NOT EXISTS FOR (n:N) ON (n.a)',
      { action: 'create', name: 'i', unlessThere: true, rule: { kind: 'INDEX', label: 'N', properties: ['a'] } },
    ],
    ['DROP CONSTRAINT c', { action: 'drop', name: 'c', ifThere: false, isIndex: false }],
    ['DROP INDEX i IF EXISTS', { action: 'drop', name: 'i', ifThere: true, isIndex: true }],
  ];
  for (const [text, command] of commands) {
    it(`is read: ${text}`, () => {
      expect(read(text)).to.deep.equal(command);
    });
  }

  const refused: readonly (readonly [string, string])[] = [
    ['CREATE FULLTEXT INDEX f FOR (n:N) ON EACH [n.a]', 'UnsupportedOperationError'],
    ['CREATE TEXT INDEX t FOR (n:N) ON (n.a)', 'UnsupportedOperationError'],
    ['CREATE CONSTRAINT r FOR ()-[r:R]-() REQUIRE r.a IS UNIQUE', 'UnsupportedOperationError'],
    ['CREATE CONSTRAINT t FOR (n:N) REQUIRE n.a IS :: INTEGER', 'UnsupportedOperationError'],
    ['CREATE CONSTRAINT $name FOR (n:N) REQUIRE n.a IS UNIQUE', 'UnsupportedOperationError'],
    ['CREATE CONSTRAINT `a``b` FOR (n:N) REQUIRE n.a IS UNIQUE', 'UnsupportedOperationError'],
    ['CREATE INDEX i FOR (n:N) ON (n.a) OPTIONS {}', 'UnsupportedOperationError'],
    ['CREATE CONSTRAINT c REQUIRE n.a IS UNIQUE', 'SyntaxError'],
    ['CREATE CONSTRAINT c FOR (n:N) REQUIRE m.a IS UNIQUE', 'SyntaxError'],
    ['CREATE CONSTRAINT c FOR (n:N) REQUIRE n.a IS UNIQUE RETURN 1', 'SyntaxError'],
    ['DROP DATABASE neo4j', 'SyntaxError'],
    ['DROP INDEX', 'SyntaxError'],
  ];
  for (const [text, code] of refused) {
    it(`is refused with ${code}: ${text}`, () => {
      expect(() => read(text))
        .to.throw()
        .with.property('code', `Neo.ClientError.Statement.${code}`);
    });
  }
});
