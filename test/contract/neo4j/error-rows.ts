import { expect } from 'chai';
import neo4j, { type Session } from 'neo4j-driver';
import type { Differs } from '../battery.js';
import { failureOf, type Neo4jBench } from './neo4j-bench.js';

const SYNTAX = 'Neo.ClientError.Statement.SyntaxError';
const ARITHMETIC = 'Neo.ClientError.Statement.ArithmeticError';

export function errorRows(bench: Neo4jBench, differs: Differs): void {
  describe('errors', () => {
    const { run } = bench;
    let session: Session;

    beforeEach(() => {
      session = bench.session();
    });

    const wrong: readonly (readonly [string, string, string])[] = [
      ['a syntax error', 'MATCH (n RETURN n', SYNTAX],
      ['a statement that is none', 'HELLO WORLD', SYNTAX],
      ['an unknown variable', 'RETURN nothing', SYNTAX],
      ['an unknown variable in ORDER BY', 'RETURN 1 AS one ORDER BY other', SYNTAX],
      ['an unknown function', 'RETURN noSuchFunction(1)', SYNTAX],
      ['a function without its argument', 'RETURN size()', SYNTAX],
      ['a statement that only looks', 'MATCH (n:NoSuchLabel)', SYNTAX],
      ['an expression of WITH without a name', 'WITH 1 + 1 RETURN 1 AS one', SYNTAX],
      ['two columns of one name', 'RETURN 1 AS one, 2 AS one', SYNTAX],
      ['an aggregate in an aggregate', 'RETURN count(count(1))', SYNTAX],
      ['a parameter for a label', 'MATCH (n:$label) RETURN n', SYNTAX],
      ['a missing parameter', 'RETURN $missing', 'Neo.ClientError.Statement.ParameterMissing'],
      ['an unknown procedure', 'CALL no.such.procedure()', 'Neo.ClientError.Procedure.ProcedureNotFound'],
      ['a division by zero', 'RETURN 1 / 0', ARITHMETIC],
      ['a remainder by zero', 'RETURN 1 % 0', ARITHMETIC],
      ['an integer that grows too large', 'RETURN 9223372036854775807 + 1', ARITHMETIC],
      ['a MERGE on null', 'MERGE (n:Nothing {id: null})', 'Neo.ClientError.Statement.SemanticError'],
    ];
    for (const [what, text, code] of wrong) {
      it(`names ${what}, not to be retried, and the session goes on`, async () => {
        expect(await failureOf(session.run(text, { label: 'x' }))).to.deep.equal({ code, isRetriable: false });
        const { records } = await session.run('RETURN 1 AS one');
        expect(records[0]?.get('one').toNumber()).to.equal(1);
      });
    }

    it('names all parameters that are missing', async () => {
      const message = await session.run('RETURN $one, $two, $there', { there: 1 }).then(String, String);
      expect(message).to.match(/Expected parameter\(s\): one, two/);
    });

    it('merges on no null of a parameter, or of a row', async () => {
      const code = 'Neo.ClientError.Statement.SemanticError';
      const works = [
        ['MERGE (n:OnNull {run: $run, id: $id})', { id: null }],
        ['UNWIND $rows AS row MERGE (n:OnNull {run: $run, id: row.id})', { rows: [{ id: null }] }],
        ['UNWIND $rows AS row MERGE (n:OnNull {run: $run, id: row.id})', { rows: [{}] }],
      ] as const;
      for (const [text, parameters] of works)
        expect(await failureOf(bench.rows(text, parameters))).to.deep.equal({ code, isRetriable: false });
      expect(await bench.count('OnNull')).to.equal(0);
    });

    it('refuses to write in read access mode, in whatever kind of transaction', async () => {
      const reader = bench.session({ defaultAccessMode: neo4j.session.READ });
      const texts = [
        'CREATE (:ReadMode {run: $run})',
        'MERGE (:ReadMode {run: $run})',
        'MATCH (n {run: $run}) SET n.read = true',
        'MATCH (n {run: $run}) REMOVE n.run',
        'MATCH (n {run: $run}) DETACH DELETE n',
        'CREATE INDEX read_mode FOR (n:ReadMode) ON (n.id)',
      ];
      for (const text of texts) {
        const inTransaction = async () => {
          const tx = reader.beginTransaction();
          await tx.run(text, { run }).finally(() => tx.close());
        };
        const works = [
          () => reader.run(text, { run }),
          inTransaction,
          () => session.executeRead((tx) => tx.run(text, { run })),
        ];
        const refused = { code: 'Neo.ClientError.Statement.AccessMode', isRetriable: false };
        for (const work of works) expect(await failureOf(work())).to.deep.equal(refused);
      }
      expect(await bench.count('ReadMode')).to.equal(0);
    });

    it('lets a session that may write read', async () => {
      const { records } = await session.executeWrite((tx) => tx.run('MATCH (n:NoSuchLabel) RETURN n'));
      expect(records).to.have.length(0);
    });

    differs('the GQL status of a failure', {
      see: async () =>
        session
          .run('MATCH (n:NoSuchLabel)')
          .then(String, ({ gqlStatus }: { gqlStatus: string }) => gqlStatus.slice(0, 2)),
      real: { does: 'tells one where it has one (Bolt 5.7)', answer: '42' },
      embedded: { does: 'tells none: the driver puts 50N42 in its place (Bolt 5.4)', answer: '50' },
    });
  });
}
