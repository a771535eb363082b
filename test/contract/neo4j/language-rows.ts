import type { Differs } from '../battery.js';
import { type Neo4jBench, seen } from './neo4j-bench.js';

const SYNTAX = 'Neo.ClientError.Statement.SyntaxError';
const SEMANTIC = 'Neo.ClientError.Statement.SemanticError';
const UNSUPPORTED = 'Neo.ClientError.Statement.UnsupportedOperationError';
const NO_PROCEDURE = 'Neo.ClientError.Procedure.ProcedureNotFound';

/** What the column `x` of a statement holds, row by row; or the code of its failure. */
type Answer = readonly unknown[] | string;

interface LanguageRow {
  readonly what: string;
  readonly text: string;
  readonly real: Answer;
  readonly embedded: Answer;
}

function int(value: number): unknown {
  return { int: String(value) };
}

/** The engine of the embedded graph takes numbers and texts of digits for one another; a MERGE does not. */
const EQUALITY: readonly LanguageRow[] = [
  { what: 'a number and its text: `=`', text: "RETURN 1 = '1' AS x", real: [false], embedded: UNSUPPORTED },
  { what: 'a number and its text: `<`', text: "RETURN 1 < '2' AS x", real: [null], embedded: UNSUPPORTED },
  { what: 'a number and its text: `IN`', text: "RETURN 1 IN ['1'] AS x", real: [false], embedded: UNSUPPORTED },
  {
    what: 'a number and its text: MATCH',
    text: "CREATE (:Text {run: $run, id: 1}) WITH 1 AS one MATCH (n:Text {run: $run, id: '1'}) RETURN count(n) AS x",
    real: [int(0)],
    embedded: UNSUPPORTED,
  },
  {
    what: 'a number and its text, computed by the statement: `=`',
    text: "WITH 1 AS number, '1' AS text RETURN number = text AS x",
    real: [false],
    embedded: [true],
  },
  {
    what: 'an integer and its float: MERGE',
    text: 'CREATE (:MergedFloat {run: $run, id: 1}) MERGE (n:MergedFloat {run: $run, id: 1.0}) RETURN n.id AS x',
    real: [int(1)],
    embedded: UNSUPPORTED,
  },
  {
    what: 'an integer and its float, computed by the statement: MERGE',
    text: 'CREATE (:MergedSum {run: $run, id: 1}) WITH 0.5 + 0.5 AS id MERGE (n:MergedSum {run: $run, id: id}) RETURN n.id AS x',
    real: [int(1)],
    embedded: [1],
  },
  {
    what: 'one moment in two zones: `=`',
    text: "RETURN datetime('2024-01-01T01:00:00+01:00') = datetime('2024-01-01T00:00:00Z') AS x",
    real: [false],
    embedded: [true],
  },
  { what: 'truth values: `false < true`', text: 'RETURN false < true AS x', real: [true], embedded: [null] },
  { what: 'lists: `[1, 2] < [1, 3]`', text: 'RETURN [1, 2] < [1, 3] AS x', real: [true], embedded: [null] },
];

const EXPRESSIONS: readonly LanguageRow[] = [
  { what: '`toString(1.0)`', text: 'RETURN toString(1.0) AS x', real: ['1.0'], embedded: ['1'] },
  { what: "`toInteger('1.5')`", text: "RETURN toInteger('1.5') AS x", real: [int(1)], embedded: [null] },
  { what: '`round(-2.5)`', text: 'RETURN round(-2.5) AS x', real: [-2], embedded: [-3] },
  { what: "`1 + 'a'`", text: "RETURN 1 + 'a' AS x", real: ['1a'], embedded: [null] },
  { what: "`'a' + 1.0`", text: "RETURN 'a' + 1.0 AS x", real: ['a1.0'], embedded: ['a1'] },
  { what: '`[1] + 2`', text: 'RETURN [1] + 2 AS x', real: [[int(1), int(2)]], embedded: [null] },
  { what: '`true + 1`', text: 'RETURN true + 1 AS x', real: SYNTAX, embedded: [null] },
  { what: "`'a' * 2`", text: "RETURN 'a' * 2 AS x", real: SYNTAX, embedded: [null] },
  { what: '`size(1)`', text: 'RETURN size(1) AS x', real: SYNTAX, embedded: [null] },
  { what: 'a property of a number', text: 'WITH 1 AS n RETURN n.a AS x', real: SYNTAX, embedded: [null] },
  { what: "`date('2024-02-30')`", text: "RETURN date('2024-02-30') AS x", real: SYNTAX, embedded: UNSUPPORTED },
  {
    what: "`date('2024-02-30')`, the text computed by the statement",
    text: "WITH '2024-02-30' AS text RETURN date(text) AS x",
    real: SYNTAX,
    embedded: [null],
  },
  {
    what: "`duration('P0.5D')`",
    text: "RETURN duration('P0.5D') AS x",
    real: ['Duration PT12H'],
    embedded: UNSUPPORTED,
  },
  {
    what: "`duration('PT-3.5S')`",
    text: "RETURN duration('PT-3.5S') AS x",
    real: ['Duration PT-3.500000000S'],
    embedded: UNSUPPORTED,
  },
  {
    what: 'the text of a date and time with nanoseconds',
    text: "RETURN datetime('2024-05-06T10:11:12.123456789Z') AS x",
    real: ['DateTime 2024-05-06T10:11:12.123456789Z'],
    embedded: UNSUPPORTED,
  },
  {
    what: 'the text of a date and time with the name of a zone',
    text: "RETURN datetime('2024-05-06T10:11:12[Europe/Berlin]') AS x",
    real: ['DateTime 2024-05-06T10:11:12+02:00[Europe/Berlin]'],
    embedded: UNSUPPORTED,
  },
  {
    what: "short and other forms: `date('2024-05')`",
    text: "RETURN date('2024-05') AS x",
    real: ['Date 2024-05-01'],
    embedded: UNSUPPORTED,
  },
  {
    what: 'a duration of a positive and a small negative part',
    text: 'RETURN duration({months: 1, nanoseconds: -50000000}) AS x',
    real: ['Duration P1MT-0.050000000S'],
    embedded: UNSUPPORTED,
  },
];

const CHANGES: readonly LanguageRow[] = [
  {
    what: 'a variable that is created though it is there',
    text: 'MATCH (n:NoSuchLabel) CREATE (n:NoSuchLabel) RETURN 1 AS x',
    real: SYNTAX,
    embedded: [],
  },
  {
    what: 'a MERGE on a null of neither a parameter nor its rows',
    text: 'UNWIND [null] AS id MERGE (n:MergedOnNull {id: id}) SET n.run = $run RETURN n.id AS x',
    real: SEMANTIC,
    embedded: [null],
  },
  {
    what: 'a list with null of neither a parameter nor a literal, as a property',
    text: 'WITH [1, null] AS list CREATE (n:NullInList {run: $run, list: list}) RETURN n.list AS x',
    real: 'Neo.ClientError.Statement.TypeError',
    embedded: [[int(1), null]],
  },
  {
    what: 'SET on what OPTIONAL MATCH has not found',
    text: 'OPTIONAL MATCH (n:NoSuchLabel {run: $run}) SET n.x = 1 RETURN n AS x',
    real: [null],
    embedded: 'Neo.ClientError.Statement.TypeError',
  },
  {
    what: 'a property of a node that the statement has deleted',
    text: 'CREATE (n:Deleted {run: $run}) DELETE n RETURN n.run AS x',
    real: 'Neo.ClientError.Statement.EntityNotFound',
    embedded: [null],
  },
];

/** Refused: by the engine, which has no such thing, or by us, since the engine would do something else. */
const FOREIGN: readonly (readonly [what: string, text: string, real: Answer, embedded: string])[] = [
  ['`EXPLAIN`', 'EXPLAIN RETURN 1 AS x', [], UNSUPPORTED],
  ['`PROFILE`', 'PROFILE RETURN 1 AS x', [int(1)], UNSUPPORTED],
  ['`SHOW`', "SHOW INDEXES YIELD name WHERE name = '' RETURN name AS x", [], UNSUPPORTED],
  ['`USE`', 'USE neo4j RETURN 1 AS x', [int(1)], UNSUPPORTED],
  [
    '`LOAD CSV`',
    "LOAD CSV FROM 'file:///none.csv' AS x RETURN x",
    'Neo.ClientError.Statement.ExternalResourceFailed',
    UNSUPPORTED,
  ],
  ['`FINISH`', 'MATCH (n:NoSuchLabel) FINISH', [], UNSUPPORTED],
  [
    '`CALL (…) { … } IN TRANSACTIONS`',
    'UNWIND [1] AS i CALL (i) { CREATE (:Batch {run: $run}) } IN TRANSACTIONS',
    [],
    SYNTAX,
  ],
  ['procedures such as `db.ping`', 'CALL db.ping() YIELD success RETURN success AS x', [true], NO_PROCEDURE],
  ['numbers and texts in the branches of UNION', "RETURN 1 AS x UNION RETURN 'a' AS x", [int(1), 'a'], UNSUPPORTED],
  ['the names `_id`, `_labels`, `_type`, `_source`, `_target`', 'RETURN {_id: 1} AS x', [{ _id: int(1) }], UNSUPPORTED],
  [
    'a map of both `nodes` and `edges`',
    'RETURN {nodes: 1, edges: 2} AS x',
    [{ nodes: int(1), edges: int(2) }],
    UNSUPPORTED,
  ],
  ['labels with `|`', 'MATCH (n:NoSuchLabel|Another) RETURN count(n) AS x', [int(0)], SYNTAX],
  ['WHERE in a pattern', 'MATCH (n:NoSuchLabel WHERE n.x = 1) RETURN count(n) AS x', [int(0)], SYNTAX],
  ['quantified paths', 'MATCH (:NoSuchLabel)-[:R]->{1,3}(n) RETURN count(n) AS x', [int(0)], SYNTAX],
  [
    'a path variable on CREATE',
    'CREATE p = (:PathOf {run: $run})-[:TO]->(:PathOf {run: $run}) RETURN length(p) AS x',
    [int(1)],
    SYNTAX,
  ],
  ['`COLLECT { … }`', 'RETURN COLLECT { MATCH (n:NoSuchLabel) RETURN n.x } AS x', [[]], SYNTAX],
  ['`IS :: INTEGER`', 'RETURN 1 IS :: INTEGER AS x', [true], SYNTAX],
  ['`valueType`', 'RETURN valueType(1) AS x', ['INTEGER NOT NULL'], SYNTAX],
  ['`isEmpty`', 'RETURN isEmpty([]) AS x', [true], SYNTAX],
  ['`randomUUID`', 'RETURN size(randomUUID()) AS x', [int(36)], SYNTAX],
  ['`point`', 'RETURN point({x: 1, y: 2}).x AS x', [1], SYNTAX],
  ["`date('2024-05-06').year`", "RETURN date('2024-05-06').year AS x", [int(2024)], SYNTAX],
  ['`date.truncate`', "RETURN date.truncate('year', date('2024-05-06')) AS x", ['Date 2024-01-01'], SYNTAX],
  [
    '`duration.between`',
    "RETURN duration.between(date('2024-01-01'), date('2024-01-02')) AS x",
    ['Duration P1DT'],
    SYNTAX,
  ],
];

export function languageRows(bench: Neo4jBench, differs: Differs): void {
  const answer = (text: string): Promise<unknown> => seen(bench.rows(text).then((rows) => rows.map((row) => row['x'])));

  describe('language', () => {
    for (const { what, text, real, embedded } of [...EQUALITY, ...EXPRESSIONS, ...CHANGES]) {
      differs(what, {
        see: () => answer(text),
        real: { does: told(real), answer: real },
        embedded: { does: told(embedded), answer: embedded },
      });
    }

    for (const [what, text, real, embedded] of FOREIGN) {
      differs(what, {
        see: () => answer(text),
        real: { does: told(real), answer: real },
        embedded: { does: told(embedded), answer: embedded },
      });
    }

    differs('the counter of properties that `SET n = {…}` sets', {
      see: async () => {
        const text = 'CREATE (n:Reset {run: $run, a: 1}) SET n = {run: $run}';
        const { summary } = await bench.session().run(text, { run: bench.run });
        return summary.counters.updates().propertiesSet;
      },
      real: { does: 'counts each once', answer: 4 },
      embedded: { does: 'counts one that goes twice', answer: 5 },
    });
  });
}

function told(answer: Answer): string {
  if (typeof answer === 'string') return `refuses it: ${answer.split('.').at(-1)}`;
  if (answer.length === 0) return 'gives no row';
  return `gives ${answer.map((value) => shown(value)).join(', ')}`;
}

/** As it looks in Cypher. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (typeof value === 'number') return Number.isInteger(value) ? value.toFixed(1) : String(value);
  if (typeof value === 'string')
    return /^(Date|DateTime|Duration) /.test(value) ? (value.split(' ')[1] ?? '') : `'${value}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  if ('int' in value) return String(value.int);
  return `{${Object.entries(value)
    .map(([key, member]) => `${key}: ${shown(member)}`)
    .join(', ')}}`;
}
