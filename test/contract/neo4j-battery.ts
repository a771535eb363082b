import neo4j from 'neo4j-driver';
import { battery } from './battery.js';
import { bookmarkRows } from './neo4j/bookmark-rows.js';
import { brokenConnectionRows } from './neo4j/broken-connection-rows.js';
import { concurrencyRows } from './neo4j/concurrency-rows.js';
import { connectionRows } from './neo4j/connection-rows.js';
import { constraintRows } from './neo4j/constraint-rows.js';
import { errorRows } from './neo4j/error-rows.js';
import { languageRows } from './neo4j/language-rows.js';
import { Neo4jBench, type Neo4jUnderTest } from './neo4j/neo4j-bench.js';
import { resultRows } from './neo4j/result-rows.js';
import { statementRows } from './neo4j/statement-rows.js';
import { transactionRows } from './neo4j/transaction-rows.js';
import { valueRows } from './neo4j/value-rows.js';

/** What every server that claims to be Neo4j must do for an unmodified neo4j-driver, ours and the real one alike. */
export function neo4jBattery(target: Neo4jUnderTest): void {
  const { server, url, user, password } = target;

  async function identify(): Promise<string> {
    await using asking = neo4j.driver(url(), neo4j.auth.basic(user, password));
    return (await asking.getServerInfo()).agent?.replace('/', ' ') ?? 'Neo4j';
  }

  battery({ store: 'Neo4j', server, identify }, (differs) => {
    const bench = new Neo4jBench(target);

    afterEach(() => bench.clear());
    after(() => bench.close());

    connectionRows(bench, differs);
    valueRows(bench, differs);
    statementRows(bench);
    languageRows(bench, differs);
    constraintRows(bench, differs);
    errorRows(bench, differs);
    transactionRows(bench);
    concurrencyRows(bench, differs);
    bookmarkRows(bench, differs);
    resultRows(bench, differs);
    brokenConnectionRows(bench);
  });
}
