import { expect } from 'chai';
import neo4j, { type Session } from 'neo4j-driver';
import type { Differs } from '../battery.js';
import { codeOf, failureOf, type Neo4jBench, seen } from './neo4j-bench.js';

const VIOLATED = { code: 'Neo.ClientError.Schema.ConstraintValidationFailed', isRetriable: false };

export function constraintRows(bench: Neo4jBench, differs: Differs): void {
  describe('constraints and indexes', () => {
    const { run } = bench;
    const made: string[] = [];
    let session: Session;

    beforeEach(() => {
      session = bench.session();
    });

    after(async () => {
      for (const drop of made.splice(0)) await bench.driver.executeQuery(`${drop} IF EXISTS`);
    });

    const name = (what: string): string => {
      const unique = bench.unique(what);
      made.push(`DROP CONSTRAINT ${unique}`, `DROP INDEX ${unique}`);
      return unique;
    };

    /** A label whose nodes have different ids. */
    const uniqueLabel = async (): Promise<string> => {
      const label = name('Unique');
      await session.run(`CREATE CONSTRAINT ${label} FOR (n:${label}) REQUIRE n.id IS UNIQUE`);
      return label;
    };

    it('counts the constraint that it makes, and the one that it drops', async () => {
      const label = name('Counted');
      const created = await session.run(`CREATE CONSTRAINT ${label} FOR (n:${label}) REQUIRE n.id IS UNIQUE`);
      expect(created.summary.counters.updates()).to.include({ constraintsAdded: 1, constraintsRemoved: 0 });
      expect(created.summary.queryType).to.equal('s');
      const dropped = await session.run(`DROP CONSTRAINT ${label}`);
      expect(dropped.summary.counters.updates()).to.include({ constraintsAdded: 0, constraintsRemoved: 1 });
      await session.run(`UNWIND [1, 1] AS id CREATE (:${label} {run: $run, id: id})`, { run });
    });

    const violations: readonly (readonly [string, string])[] = [
      ['CREATE', 'CREATE (n:LABEL {run: $run, id: 1})'],
      ['SET', 'CREATE (n:LABEL {run: $run, id: 2}) SET n.id = 1'],
      ['SET of many', 'CREATE (n:LABEL {run: $run}) SET n += {id: 1}'],
      ['SET of the label', 'CREATE (n:Unlabelled {run: $run, id: 1}) SET n:LABEL'],
      ['MERGE and SET', 'MERGE (n:LABEL {run: $run, id: 3}) SET n.id = 1'],
      ['two nodes of one statement', 'UNWIND [7, 7] AS id CREATE (n:LABEL {run: $run, id: id})'],
    ];
    for (const [what, text] of violations) {
      it(`refuses a second node of one id by ${what}, not to be retried`, async () => {
        const label = await uniqueLabel();
        await session.run(`CREATE (:${label} {run: $run, id: 1})`, { run });
        const work = session.executeWrite((tx) => tx.run(text.replaceAll('LABEL', label), { run }));
        expect(await failureOf(work)).to.deep.equal(VIOLATED);
        expect(await bench.count(label)).to.equal(1);
      });
    }

    it('gives up the whole transaction of a violation', async () => {
      const label = await uniqueLabel();
      const tx = session.beginTransaction();
      await tx.run(`CREATE (:${label} {run: $run, id: 1})`, { run });
      expect(await failureOf(tx.run(`CREATE (:${label} {run: $run, id: 1})`, { run }))).to.deep.equal(VIOLATED);
      expect(await codeOf(tx.commit())).not.to.equal('no error');
      expect(await bench.count(label)).to.equal(0);
    });

    it('lets a node be without the property, more than once', async () => {
      const label = await uniqueLabel();
      await session.run(`UNWIND [1, 2] AS i CREATE (:${label} {run: $run})`, { run });
      expect(await bench.count(label)).to.equal(2);
    });

    it('lets an id be used again when its node is gone', async () => {
      const label = await uniqueLabel();
      await session.run(`CREATE (:${label} {run: $run, id: 1})`, { run });
      await session.run(`MATCH (n:${label}) DELETE n`);
      await session.run(`CREATE (:${label} {run: $run, id: 1})`, { run });
      expect(await bench.count(label)).to.equal(1);
    });

    it('holds two properties together', async () => {
      const label = name('Composite');
      await session.run(`CREATE CONSTRAINT ${label} FOR (n:${label}) REQUIRE (n.a, n.b) IS UNIQUE`);
      await session.run(`CREATE (:${label} {run: $run, a: 1, b: 1}), (:${label} {run: $run, a: 1, b: 2})`, { run });
      const again = session.run(`CREATE (:${label} {run: $run, a: 1, b: 2})`, { run });
      expect(await failureOf(again)).to.deep.equal(VIOLATED);
    });

    it('refuses a constraint that does not hold, and is as before', async () => {
      const label = name('Broken');
      await session.run(`UNWIND [1, 1] AS id CREATE (:${label} {run: $run, id: id})`, { run });
      const work = session.run(`CREATE CONSTRAINT ${label} FOR (n:${label}) REQUIRE n.id IS UNIQUE`);
      const failure = await failureOf(work);
      expect(failure).to.deep.equal({ code: 'Neo.DatabaseError.Schema.ConstraintCreationFailed', isRetriable: false });
      await session.run(`CREATE (:${label} {run: $run, id: 1})`, { run });
    });

    it('tells what stands against another rule', async () => {
      const [label, index, other] = [name('Rule'), name('Index'), name('Other')];
      const constraint = (as: string, of: string, unless = '') =>
        session.run(`CREATE CONSTRAINT ${as} ${unless} FOR (n:${label}) REQUIRE n.${of} IS UNIQUE`);
      const indexOn = (as: string, of: string) => session.run(`CREATE INDEX ${as} FOR (n:${label}) ON (n.${of})`);
      await constraint(label, 'id');
      await indexOn(index, 'x');
      const codes = [
        [() => constraint(label, 'id'), 'EquivalentSchemaRuleAlreadyExists'],
        [() => constraint(other, 'id'), 'ConstraintAlreadyExists'],
        [() => constraint(label, 'y'), 'ConstraintWithNameAlreadyExists'],
        [() => constraint(index, 'y'), 'IndexWithNameAlreadyExists'],
        [() => constraint(other, 'x'), 'IndexAlreadyExists'],
        [() => constraint(other, 'x', 'IF NOT EXISTS'), 'IndexAlreadyExists'],
        [() => indexOn(index, 'x'), 'EquivalentSchemaRuleAlreadyExists'],
        [() => indexOn(other, 'x'), 'IndexAlreadyExists'],
        [() => indexOn(other, 'id'), 'ConstraintAlreadyExists'],
        [() => indexOn(label, 'y'), 'ConstraintWithNameAlreadyExists'],
      ] as const;
      for (const [work, code] of codes) expect(await codeOf(work())).to.equal(`Neo.ClientError.Schema.${code}`);
      const none = await constraint(other, 'id', 'IF NOT EXISTS');
      expect(none.summary.counters.containsUpdates()).to.equal(false);
    });

    it('tells that there is nothing to drop', async () => {
      const nothing = bench.unique('Nothing');
      const drop = (what: string) => codeOf(session.run(`DROP ${what} ${nothing}`));
      expect(await drop('CONSTRAINT')).to.equal('Neo.DatabaseError.Schema.ConstraintDropFailed');
      expect(await drop('INDEX')).to.equal('Neo.DatabaseError.Schema.IndexDropFailed');
      expect(await codeOf(session.run(`DROP CONSTRAINT ${nothing} IF EXISTS`))).to.equal('no error');
    });

    it('takes a rule back, and a drop, when their transaction is rolled back', async () => {
      const [kept, forgotten] = [await uniqueLabel(), name('Forgotten')];
      const tx = session.beginTransaction();
      await tx.run(`DROP CONSTRAINT ${kept}`);
      await tx.run(`CREATE CONSTRAINT ${forgotten} FOR (n:${forgotten}) REQUIRE n.id IS UNIQUE`);
      await tx.rollback();
      const twice = (label: string) =>
        session.run(`UNWIND [1, 1] AS id CREATE (:${label} {run: $run, id: id})`, { run });
      expect(await failureOf(twice(kept))).to.deep.equal(VIOLATED);
      await twice(forgotten);
    });

    it('keeps a rule that its transaction commits', async () => {
      const label = name('Committed');
      await session.executeWrite((tx) => tx.run(`CREATE CONSTRAINT ${label} FOR (n:${label}) REQUIRE n.id IS UNIQUE`));
      const twice = session.run(`UNWIND [1, 1] AS id CREATE (:${label} {run: $run, id: id})`, { run });
      expect(await failureOf(twice)).to.deep.equal(VIOLATED);
    });

    it('refuses a rule after a write in one transaction', async () => {
      const label = name('Late');
      const tx = session.beginTransaction();
      await tx.run(`CREATE (:${label} {run: $run})`, { run });
      const work = tx.run(`CREATE INDEX ${label} FOR (n:${label}) ON (n.id)`);
      expect(await codeOf(work)).to.equal('Neo.ClientError.Transaction.ForbiddenDueToTransactionType');
      await tx.close();
    });

    it('refuses a write after a rule in one transaction', async () => {
      const label = name('Early');
      const tx = session.beginTransaction();
      await tx.run(`CREATE INDEX ${label} FOR (n:${label}) ON (n.id)`);
      const work = tx.run(`CREATE (:${label} {run: $run})`, { run });
      expect(await codeOf(work)).to.equal('Neo.ClientError.Transaction.ForbiddenDueToTransactionType');
      await tx.close();
    });

    it('refuses to delete a node that still has relationships', async () => {
      await session.run('CREATE (:Tied {run: $run})-[:TO]->(:Tied {run: $run})', { run });
      const work = session.run('MATCH (n:Tied {run: $run}) WITH n LIMIT 1 DELETE n', { run });
      expect(await failureOf(work)).to.deep.equal(VIOLATED);
      await session.run('MATCH (n:Tied {run: $run}) DETACH DELETE n', { run });
      expect(await bench.count('Tied')).to.equal(0);
    });

    const floats: readonly (readonly [string, string, string, string])[] = [
      ['', '{run: $run, id: $id}', 'refuses it by another name', 'Neo.ClientError.Statement.UnsupportedOperationError'],
      [', computed by the statement', '{run: $run, id: $id * 1.0}', 'takes it for another id', 'no error'],
    ];
    for (const [how, properties, does, answer] of floats) {
      differs(`a node with the float of an id that another has as an integer${how}`, {
        see: async () => {
          const label = await uniqueLabel();
          await session.run(`CREATE (:${label} {run: $run, id: $id})`, { run, id: neo4j.int(1) });
          return codeOf(session.run(`CREATE (:${label} ${properties})`, { run, id: 1 }));
        },
        real: { does: 'refuses it: 1 = 1.0', answer: VIOLATED.code },
        embedded: { does, answer },
      });
    }

    it('lets an id be freed and taken in one statement', async () => {
      const label = await uniqueLabel();
      await session.run(`CREATE (:${label} {run: $run, id: 1})`, { run });
      const text = `MATCH (n:${label} {id: 1}) SET n.id = 2 WITH n CREATE (m:${label} {run: $run, id: 1}) RETURN n, m`;
      expect((await session.run(text, { run })).records).to.have.length(1);
      expect(await bench.count(label)).to.equal(2);
    });

    const enterprise: readonly (readonly [string, string])[] = [
      ['a constraint IS NOT NULL', 'n.id IS NOT NULL'],
      ['a constraint IS NODE KEY', 'n.id IS NODE KEY'],
    ];
    for (const [what, rule] of enterprise) {
      differs(what, {
        see: async () => {
          const label = name('Enterprise');
          const made = await codeOf(session.run(`CREATE CONSTRAINT ${label} FOR (n:${label}) REQUIRE ${rule}`));
          return [made, await codeOf(session.run(`CREATE (:${label} {run: $run})`, { run }))];
        },
        real: {
          does: 'has it in its Enterprise edition only',
          answer: ['Neo.DatabaseError.Schema.ConstraintCreationFailed', 'no error'],
        },
        embedded: { does: 'holds it', answer: ['no error', VIOLATED.code] },
      });
    }

    const foreign: readonly (readonly [string, (unique: string) => string])[] = [
      ['a constraint on relationships', (n) => `CREATE CONSTRAINT ${n} FOR ()-[r:${n}]-() REQUIRE r.id IS UNIQUE`],
      ['an index on relationships', (n) => `CREATE INDEX ${n} FOR ()-[r:${n}]-() ON (r.id)`],
      ['a text index', (n) => `CREATE TEXT INDEX ${n} FOR (n:${n}) ON (n.id)`],
      ['a fulltext index', (n) => `CREATE FULLTEXT INDEX ${n} FOR (n:${n}) ON EACH [n.id]`],
    ];
    for (const [what, text] of foreign) {
      differs(what, {
        see: () => seen(session.run(text(name('Foreign'))).then(({ records }) => records)),
        real: { does: 'makes it', answer: [] },
        embedded: { does: 'refuses it', answer: 'Neo.ClientError.Statement.UnsupportedOperationError' },
      });
    }
  });
}
