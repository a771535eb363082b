import { expect } from 'chai';
import { readStatement } from '../../../src/embedded/bolt/cypher-statement.js';
import { BoltFailure } from '../../../src/embedded/bolt/failure.js';

describe('a Cypher statement', () => {
  const types: readonly (readonly [string, string])[] = [
    ['MATCH (n) RETURN n', 'r'],
    ['CREATE (n)', 'w'],
    ['MERGE (n:X {a: 1}) RETURN n', 'rw'],
    ['match (n) set n.x = 1', 'w'],
    ['MATCH (n) RETURN n.set, n.delete', 'r'],
    ['MATCH (n:Create)-[:SET]->() RETURN n', 'r'],
    ["RETURN 'CREATE (n)' AS text // DELETE", 'r'],
    ['RETURN {set: 1} AS m', 'r'],
    ['MATCH (n) /* CREATE */ RETURN `DELETE`', 'r'],
    ['UNWIND [1] AS x FOREACH (y IN [x] | CREATE (:N {y: y}))', 'w'],
    ['CREATE CONSTRAINT c IF NOT EXISTS FOR (n:N) REQUIRE n.id IS UNIQUE', 's'],
    ['CREATE RANGE INDEX i FOR (n:N) ON (n.id)', 's'],
    ['CREATE (index:Index) RETURN index', 'rw'],
    ['DROP INDEX i', 's'],
    ['CALL db.labels()', 'r'],
  ];
  for (const [text, type] of types) {
    it(`is of type ${type}: ${text}`, () => {
      expect(readStatement(text).type).to.equal(type);
    });
  }

  const columns: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['RETURN 1 AS one', ['one']],
    ['MATCH (n) RETURN DISTINCT n.a , count( * ) AS c ORDER BY c DESC LIMIT 1', ['n.a', 'c']],
    ['RETURN [1, 2] AS l, {a: 1, b: [2, 3]}, f(1, 2);', ['l', '{a: 1, b: [2, 3]}', 'f(1, 2)']],
    ['CALL { MATCH (n) RETURN n AS inner } RETURN inner AS outer', ['outer']],
    ['RETURN 1 AS x UNION RETURN 2 AS x', ['x']],
    ['RETURN 1 AS `odd name`', ['odd name']],
    ['MATCH (n) RETURN *', undefined],
    ['CREATE (n)', undefined],
  ];
  for (const [text, names] of columns) {
    it(`has columns ${names?.join(' | ') ?? 'of the engine’s choice'}: ${text}`, () => {
      expect(readStatement(text).columns).to.deep.equal(names);
    });
  }

  const refused: readonly (readonly [string, string])[] = [
    ['', 'Neo.ClientError.Statement.SyntaxError'],
    ['HELLO', 'Neo.ClientError.Statement.SyntaxError'],
    ["LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line", 'Neo.ClientError.Statement.UnsupportedOperationError'],
    ["MATCH (n) LOAD CSV FROM 'x' AS line RETURN line", 'Neo.ClientError.Statement.UnsupportedOperationError'],
    ['EXPLAIN MATCH (n) RETURN n', 'Neo.ClientError.Statement.UnsupportedOperationError'],
    ['MATCH (n)', 'Neo.ClientError.Statement.SyntaxError'],
    ['UNWIND [1] AS x WITH x', 'Neo.ClientError.Statement.SyntaxError'],
    ['MATCH (n) FINISH', 'Neo.ClientError.Statement.UnsupportedOperationError'],
    ['SHOW INDEXES', 'Neo.ClientError.Statement.UnsupportedOperationError'],
    ['CALL apoc.create.uuid()', 'Neo.ClientError.Procedure.ProcedureNotFound'],
    ['CALL grafeo.pagerank()', 'Neo.ClientError.Procedure.ProcedureNotFound'],
    ['RETURN {_labels: [1]} AS m', 'Neo.ClientError.Statement.UnsupportedOperationError'],
    ['RETURN {nodes: [], edges: []} AS m', 'Neo.ClientError.Statement.UnsupportedOperationError'],
  ];
  for (const [text, code] of refused) {
    it(`is refused with ${code}: ${text || 'nothing'}`, () => {
      expect(() => readStatement(text))
        .to.throw(BoltFailure)
        .with.property('code', code);
    });
  }
});
