import { expect } from 'chai';
import neo4j, { type Node, type Path, type PathSegment, type Relationship } from 'neo4j-driver';
import type { Differs } from '../battery.js';
import { codeOf, type Neo4jBench, plain, seen } from './neo4j-bench.js';

const { Date: Day, DateTime, Duration, LocalDateTime, LocalTime, Point, Time } = neo4j.types;

type Values = readonly (readonly [string, unknown])[];

/** A property may have them. */
const STORABLE: Values = [
  ['true', true],
  ['an empty text', ''],
  ['text beyond ASCII', 'Grüße, 世界 🎈 \'"`\\'],
  ['text with a zero in it', 'a\u0000b'],
  ['text of 70,000 characters', 'x'.repeat(70_000)],
  ['text that looks like a date', '2024-02-29'],
  ['the integer 0', neo4j.int(0)],
  ['a negative integer', neo4j.int(-129)],
  ['an integer beyond 2^53', neo4j.int('9007199254740993')],
  ['the largest integer', neo4j.int('9223372036854775807')],
  ['the smallest integer', neo4j.int('-9223372036854775808')],
  ['a float', 2.5],
  ['a float with a whole value', 2],
  ['a float beyond 2^53', 2 ** 53],
  ['a float beyond 2^63', 2 ** 63],
  ['minus zero', -0],
  ['a huge float', 1e300],
  ['the smallest float', 5e-324],
  ['infinity', Number.POSITIVE_INFINITY],
  ['minus infinity', Number.NEGATIVE_INFINITY],
  ['what is not a number', Number.NaN],
  ['bytes', Int8Array.of(1, -2, 127, 0)],
  ['no bytes', new Int8Array(0)],
  ['an empty list', []],
  ['a list of integers', [neo4j.int(1), neo4j.int(2)]],
  ['a list of integers beyond 2^53', [neo4j.int('9007199254740993'), neo4j.int('-9007199254740993')]],
  ['a list of floats', [1, 2.5]],
  ['a list of whole floats', [1, 2]],
  ['a list of texts', ['a', 'b', '']],
  ['a list of truth values', [true, false]],
  ['a list of dates', [new Day(2024, 1, 1), new Day(2024, 1, 2)]],
  ['a date', new Day(2024, 2, 29)],
  ['a date before 1970', new Day(1969, 12, 31)],
  ['a date in the year 1', new Day(1, 1, 1)],
  ['a date before our era', new Day(-5, 3, 1)],
  ['a date beyond the year 9999', new Day(12_024, 1, 1)],
  ['a date and time', new DateTime(2024, 2, 29, 1, 2, 3, 456_000_000, 3600)],
  ['a date and time with microseconds', new DateTime(2024, 2, 29, 1, 2, 3, 456_789_000, -5400)],
  ['a date and time in UTC, before 1970', new DateTime(1969, 7, 29, 23, 59, 59, 1000, 0)],
  ['a local date and time', new LocalDateTime(2024, 2, 29, 1, 2, 3, 456_789_000)],
  ['a local date and time at midnight', new LocalDateTime(2024, 2, 29, 0, 0, 0, 0)],
  ['a time with offset and nanoseconds', new Time(23, 59, 59, 999_999_999, -19_800)],
  ['a time in UTC', new Time(1, 2, 3, 0, 0)],
  ['a local time with nanoseconds', new LocalTime(1, 2, 3, 456_789_012)],
  ['a duration', new Duration(14, 3, 4, 500_000_000)],
  ['a duration with nanoseconds', new Duration(0, 0, 0, 1)],
  ['a negative duration', new Duration(-14, -3, -4, 0)],
  ['a duration with different signs', new Duration(1, -2, 3, 5)],
  ['a duration with a negative fraction', new Duration(0, 0, -4, 500_000_000)],
];

/** A statement may take and give them, a property may not have them. */
const PASSING: Values = [
  ['null', null],
  ['a map', { a: neo4j.int(1), b: 1, c: { d: 'x' }, 'odd key': null }],
  ['an empty map', {}],
  ['a map with an odd key', { 'a`b': neo4j.int(1), '': neo4j.int(2) }],
  ['a list of lists', [[neo4j.int(1)], [neo4j.int(2), neo4j.int(3)], []]],
  ['a list with null', [neo4j.int(1), null]],
  ['a list of null', [null, null]],
  ['a list of many types', [neo4j.int(1), 2, 2.5, 'a', true, null, new Day(2024, 1, 1), '2024-01-01']],
  [
    'a map of many types',
    { i: neo4j.int(1), f: 1, t: 'x', l: [1, 'a', { z: 1, y: neo4j.int(1) }], d: new Day(2024, 1, 1) },
  ],
  ['a list of maps with different members', [{ a: neo4j.int(1) }, { a: 1 }, { b: 'x' }]],
  ['maps and lists in each other', { a: { b: { c: [{ d: neo4j.int('9007199254740993'), e: 1, n: null }] } } }],
  ['a map of temporal values', { at: new LocalDateTime(2024, 2, 29, 1, 2, 3, 1000), for: new Duration(1, 2, 3, 4) }],
];

const REFUSED = 'Neo.ClientError.Statement.UnsupportedOperationError';

/** The embedded graph's engine has no such type, or a narrower one. */
const FOREIGN: Values = [
  ['a date and time with nanoseconds', new DateTime(2024, 2, 29, 1, 2, 3, 456_789_012, 3600)],
  ['a date and time with the name of a zone', new DateTime(2024, 7, 29, 1, 2, 3, 456_000_000, 7200, 'Europe/Berlin')],
  ['a date and time with an offset in seconds', new DateTime(2024, 2, 29, 1, 2, 3, 0, 3601)],
  ['a local date and time with nanoseconds', new LocalDateTime(2024, 2, 29, 1, 2, 3, 456_789_012)],
  ['a duration of more than 292 years in seconds', new Duration<number>(0, 0, 2 ** 50, 0)],
  ['a point', new Point(neo4j.int(7203), 1, 2.5)],
  ['a point in space', new Point(neo4j.int(9157), 1, 2, 3.5)],
  ['a point on the globe', new Point(neo4j.int(4326), 13.4, 52.5)],
  ['a list of points', [new Point(neo4j.int(7203), 1, 2)]],
];

const FOREIGN_MAPS: Values = [
  ['a map with a key that starts with `$`', { $date: 'x' }],
  ['a map with a key of the engine: `_id`', { _id: neo4j.int(1) }],
  ['a map with a float, and a key with a backtick', { 'a`b': 1 }],
  ['a map of just `nodes` and `edges`', { nodes: [], edges: [] }],
];

export function valueRows(bench: Neo4jBench, differs: Differs): void {
  describe('values', () => {
    const echo = async (value: unknown): Promise<unknown> =>
      (await bench.rows('RETURN $value AS value', { value }))[0]?.['value'];
    const store = (value: unknown) =>
      bench.rows('CREATE (n:Value {run: $run, value: $value}) RETURN n.value AS value', { value });

    for (const [what, value] of [...PASSING, ...STORABLE]) {
      it(`gives back ${what}`, async () => {
        expect(plain(await echo(value))).to.deep.equal(plain(value));
      });
    }

    for (const [what, value] of STORABLE) {
      it(`stores ${what} and reads it again`, async () => {
        await bench.rows('CREATE (:Value {run: $run, what: $what, value: $value})', { what, value });
        const [row] = await bench.rows(
          'MATCH (n:Value {run: $run, what: $what}) RETURN n, n.value AS value, [n.value] AS list, n {.value} AS map',
          { what },
        );
        const answers = [row?.['n'].properties.value, row?.['value'], row?.['list'][0], row?.['map'].value];
        expect(answers.map(plain)).to.deep.equal(Array.from({ length: 4 }, () => plain(value)));
      });
    }

    for (const [what, value] of PASSING.filter(([name]) => name !== 'null')) {
      it(`refuses ${what} as a property`, async () => {
        const label = bench.unique('Bad');
        const kinds = [
          bench.rows(`CREATE (n:${label} {run: $run, value: $value})`, { value }),
          bench.rows(`CREATE (n:${label} {run: $run}) SET n.value = $value`, { value }),
          bench.rows(`CREATE (n:${label} {run: $run}) SET n += $more`, { more: { value } }),
          bench.rows(`UNWIND $rows AS row CREATE (n:${label} {run: $run, value: row.value})`, { rows: [{ value }] }),
        ];
        for (const kind of kinds) expect(await codeOf(kind)).to.equal('Neo.ClientError.Statement.TypeError');
        expect(await bench.count(label)).to.equal(0);
      });
    }

    for (const [what, value] of FOREIGN) {
      differs(what, {
        see: async () => [await seen(echo(value)), await seen(store(value))],
        real: { does: 'takes it, stores it and gives it back', answer: [plain(value), [{ value: plain(value) }]] },
        embedded: { does: 'refuses it', answer: [REFUSED, REFUSED] },
      });
    }

    for (const [what, value] of FOREIGN_MAPS) {
      differs(what, {
        see: () => seen(echo(value)),
        real: { does: 'gives it back', answer: plain(value) },
        embedded: { does: 'refuses it', answer: REFUSED },
      });
    }

    it('makes floats of integers in a list that is stored with floats', async () => {
      expect(plain(await store([neo4j.int(1), 2.5]))).to.deep.equal([{ value: [1, 2.5] }]);
    });

    it('makes floats of integers in a list literal that is stored with floats', async () => {
      const rows = await bench.rows('CREATE (n:Value {run: $run, value: [1, -2, 2.5]}) RETURN n.value AS value');
      expect(plain(rows)).to.deep.equal([{ value: [1, -2, 2.5] }]);
    });

    for (const literal of ['{a: 1}', '{}', '[[1]]', '[1, null]', "[1, 'a']"]) {
      it(`refuses the literal ${literal} as a property`, async () => {
        const kinds = [
          `CREATE (n:BadLiteral {run: $run, value: ${literal}})`,
          `MERGE (n:BadLiteral {run: $run}) SET n.value = ${literal}`,
        ];
        for (const text of kinds)
          expect(await codeOf(bench.rows(text))).to.equal('Neo.ClientError.Statement.TypeError');
        expect(await bench.count('BadLiteral')).to.equal(0);
      });
    }

    it('keeps integers and floats of literals apart', async () => {
      const [row] = await bench.rows('RETURN 2 AS i, 2.0 AS f, 5 / 2 AS q, 5 / 2.0 AS r, toFloat(3) AS t');
      expect(plain(row)).to.deep.equal(plain({ i: neo4j.int(2), f: 2, q: neo4j.int(2), r: 2.5, t: 3 }));
    });

    it('keeps the types of one column apart, row by row', async () => {
      const rows = await bench.rows(
        "UNWIND [1, 2.0, 2.5, 'a', true, null, date('2024-01-01'), '2024-01-01'] AS x RETURN x",
      );
      const expected = [neo4j.int(1), 2, 2.5, 'a', true, null, new Day(2024, 1, 1), '2024-01-01'];
      expect(rows.map(({ x }) => plain(x))).to.deep.equal(expected.map(plain));
    });

    it('keeps dates and texts apart where a column has nothing else', async () => {
      const rows = await bench.rows("UNWIND [date('2024-01-01'), '2024-01-01', time('01:02:03Z'), 'x'] AS x RETURN x");
      const expected = [new Day(2024, 1, 1), '2024-01-01', new Time(1, 2, 3, 0, 0), 'x'];
      expect(rows.map(({ x }) => plain(x))).to.deep.equal(expected.map(plain));
    });

    it('keeps the types of one property apart, node by node', async () => {
      const label = bench.unique('Mixed');
      const values = [neo4j.int(1), 1, 'x', new Day(2024, 1, 1), '2024-01-01', [1, 2], [neo4j.int(1)]];
      await bench.rows(`UNWIND $rows AS row CREATE (:${label} {run: $run, at: row.at, value: row.value})`, {
        rows: values.map((value, at) => ({ at: neo4j.int(at), value })),
      });
      const [row] = await bench.rows(
        `MATCH (n:${label}) WITH n ORDER BY n.at RETURN collect(n.value) AS values, collect(n) AS nodes`,
      );
      const nodes: readonly Node[] = row?.['nodes'];
      expect(row?.['values'].map(plain)).to.deep.equal(values.map(plain));
      expect(nodes.map((node) => plain(node.properties['value']))).to.deep.equal(values.map(plain));
    });

    it('keeps the types of what a statement writes and gives, and writes it once', async () => {
      const label = bench.unique('Given');
      const rows = await bench.rows(
        `UNWIND $weights AS weight CREATE (n:${label} {run: $run, weight: weight}) RETURN n.weight AS weight, n`,
        { weights: [1, neo4j.int(1), 0.5] },
      );
      expect(rows.map(({ weight }) => plain(weight))).to.deep.equal([1, { int: '1' }, 0.5]);
      expect(await bench.count(label)).to.equal(3);
    });

    it('gives nodes, relationships and paths', async () => {
      const [row] = await bench.rows(
        `CREATE (a:Hop {run: $run, at: 1})-[r:NEXT {w: 0.5}]->(b:Hop {run: $run, at: 2.0}) WITH a, b
         MATCH p = (b)<-[r:NEXT]-(a) RETURN a, r, b, p`,
      );
      const { a, r, b, p } = row as unknown as { a: Node; r: Relationship; b: Node; p: Path };
      expect(a.labels).to.deep.equal(['Hop']);
      expect([a, b].map((node) => plain(node.properties['at']))).to.deep.equal([{ int: '1' }, 2]);
      expect([r.type, r.properties]).to.deep.equal(['NEXT', { w: 0.5 }]);
      expect([r.startNodeElementId, r.endNodeElementId]).to.deep.equal([a.elementId, b.elementId]);
      expect(p.length).to.equal(1);
      expect([p.start.elementId, p.end.elementId]).to.deep.equal([b.elementId, a.elementId]);
      expect([p.start, p.end].map((node) => plain(node.properties['at']))).to.deep.equal([2, { int: '1' }]);
      const [{ relationship }] = p.segments as [PathSegment];
      expect(relationship.elementId).to.equal(r.elementId);
      expect([relationship.startNodeElementId, relationship.endNodeElementId]).to.deep.equal([
        a.elementId,
        b.elementId,
      ]);
    });

    it('finds a node by its element id', async () => {
      const [created] = await bench.rows('CREATE (n:ById {run: $run}) RETURN n');
      const elementId: string = created?.['n'].elementId;
      const [found] = await bench.rows('MATCH (n) WHERE elementId(n) = $elementId RETURN n', { elementId });
      expect(found?.['n'].elementId).to.equal(elementId);
    });

    it('names columns as they were written', async () => {
      const { records } = await bench
        .session()
        .run('UNWIND [1] AS n RETURN n+ 1, count( n ), $x , n AS `odd name`', { x: 1 });
      expect(records[0]?.keys).to.deep.equal(['n+ 1', 'count( n )', '$x', 'odd name']);
    });

    it('takes 10,000 rows in one parameter', async () => {
      const label = bench.unique('Bulk');
      const rows = Array.from({ length: 10_000 }, (_, i) => ({ id: `id-${i}`, weight: i, share: i / 3 }));
      await bench.rows(`UNWIND $rows AS row CREATE (n:${label} {run: $run}) SET n += row`, { rows });
      const [sums] = await bench.rows(`MATCH (n:${label}) RETURN count(n) AS n, sum(n.weight) AS weight`);
      expect(plain(sums)).to.deep.equal({ n: { int: '10000' }, weight: 49_995_000 });
    });
  });
}
