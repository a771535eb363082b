import { expect } from 'chai';
import { bindParameters } from '../../../src/embedded/bolt/bind-parameters.js';
import { BoltStructure, type BoltValue, VALUE_TAGS } from '../../../src/embedded/bolt/bolt-value.js';
import { readStatement } from '../../../src/embedded/bolt/cypher-statement.js';
import { BoltFailure } from '../../../src/embedded/bolt/failure.js';

function bind(text: string, parameters: Readonly<Record<string, BoltValue>>): { text: string; parameters: object } {
  const bound = bindParameters(readStatement(text), new Map(Object.entries(parameters)));
  return { text: bound.text, parameters: { ...bound.parameters } };
}

describe('parameters', () => {
  it('stay parameters when the engine keeps their types', () => {
    expect(bind('RETURN $a, $b, $a', { a: 1n, b: 'x' })).to.deep.equal({
      text: 'RETURN $p0, $p1, $p0',
      parameters: { p0: 1, p1: 'x' },
    });
  });

  it('stay bigint beyond 2^53', () => {
    expect(bind('RETURN $a', { a: 9_007_199_254_740_993n }).parameters).to.deep.equal({ p0: 9_007_199_254_740_993n });
  });

  it('are left alone in texts and comments', () => {
    expect(bind("RETURN '$a' AS t // $a", {}).text).to.equal("RETURN '$a' AS t // $a");
  });

  const floats: readonly (readonly [number, string])[] = [
    [2, '2.0'],
    [-2, '(-2.0)'],
    [-0, '(-0.0)'],
    [1e300, '1e300'],
    [2 ** 53, '9.007199254740992e15'],
  ];
  for (const [value, literal] of floats) {
    it(`that are floats with a whole value are written out: ${literal}`, () => {
      expect(bind('RETURN $a', { a: value })).to.deep.equal({ text: `RETURN ${literal}`, parameters: {} });
      expect(Number(literal.replace(/[()]/g, ''))).to.equal(value);
    });
  }

  it('that are lists of floats are converted as a whole', () => {
    expect(bind('RETURN $a', { a: [1, 2.5] })).to.deep.equal({
      text: 'RETURN [item IN $p0 | toFloat(item)]',
      parameters: { p0: [1, 2.5] },
    });
  });

  it('with a float deep inside are written out only where it matters', () => {
    const votes = [
      new Map<string, BoltValue>([
        ['voter', 'a'],
        ['weight', 1],
      ]),
    ];
    expect(bind('UNWIND $votes AS v RETURN v', { votes })).to.deep.equal({
      text: 'UNWIND [{`voter`: $p0, `weight`: 1.0}] AS v RETURN v',
      parameters: { p0: 'a' },
    });
  });

  it('that are the properties of a pattern are written out', () => {
    const map = new Map<string, BoltValue>([
      ['a', 1n],
      ['odd key', 'x'],
    ]);
    expect(bind('CREATE (n:N $map)-[:R $map]->() RETURN size($list)', { map, list: [1n] }).text).to.equal(
      'CREATE (n:N {`a`: $p0, `odd key`: $p1})-[:R {`a`: $p2, `odd key`: $p3}]->() RETURN size($p4)',
    );
  });

  it('within a sum come before its default', () => {
    expect(bind('MATCH (n) RETURN sum(n.x * (1 + $a)) AS s', { a: 2 }).text).to.equal(
      'MATCH (n) RETURN coalesce(sum(n.x * (1 + 2.0)), 0) AS s',
    );
  });

  it('that are temporal go through the engine’s constructors', () => {
    const at = new BoltStructure(VALUE_TAGS.dateTime, [1_700_000_000n, 120_000_000n, -5_400n]);
    expect(bind('RETURN $at', { at })).to.deep.equal({
      text: 'RETURN datetime($p0)',
      parameters: { p0: '2023-11-14T20:43:20.120000-01:30' },
    });
  });

  it('that are bytes stay bytes', () => {
    expect(bind('RETURN $a', { a: Uint8Array.of(1, 255) }).parameters).to.deep.equal({ p0: Buffer.of(1, 255) });
  });

  it('that are durations go in part by part', () => {
    const a = new BoltStructure(VALUE_TAGS.duration, [1n, -2n, -4n, 500_000_000n]);
    expect(bind('RETURN $a', { a })).to.deep.equal({
      text: 'RETURN duration({months: $p0, days: $p1, seconds: $p2, nanoseconds: $p3})',
      parameters: { p0: 1, p1: -2, p2: -4, p3: 500_000_000 },
    });
  });

  it('that are lists of integers and floats become floats where they are stored, and only there', () => {
    const a = [1n, 2.5];
    expect(bind('CREATE (n:N {a: $a}) RETURN $a', { a })).to.deep.equal({
      text: 'CREATE (n:N {a: [item IN $p0 | toFloat(item)]}) RETURN $p1',
      parameters: { p0: [1, 2.5], p1: [1, 2.5] },
    });
  });

  const refused: readonly (readonly [string, Readonly<Record<string, BoltValue>>, string])[] = [
    ['RETURN $a', {}, 'ParameterMissing'],
    ['MATCH (n) RETURN n LIMIT $a', { a: 5 }, 'ArgumentError'],
    ['MATCH (n) RETURN n SKIP $a', { a: -1n }, 'ArgumentError'],
    ['MERGE (n:N {id: $a})', { a: null }, 'SemanticError'],
    ['MERGE (n:N {id: null})', {}, 'SemanticError'],
    ['CREATE (n:N $a)', { a: 1n }, 'TypeError'],
    ['RETURN $a', { a: new Map([['_id', 1n]]) }, 'UnsupportedOperationError'],
    ['RETURN $a', { a: new Map([['$date', '2024-01-01']]) }, 'UnsupportedOperationError'],
    [
      'RETURN $a',
      {
        a: new Map<string, BoltValue>([
          ['nodes', []],
          ['edges', []],
        ]),
      },
      'UnsupportedOperationError',
    ],
    ['RETURN $a', { a: new BoltStructure(VALUE_TAGS.dateTime, [1n, 1n, 0n]) }, 'UnsupportedOperationError'],
    ['RETURN $a', { a: new BoltStructure(VALUE_TAGS.dateTime, [1n, 0n, 1n]) }, 'UnsupportedOperationError'],
    ['RETURN $a', { a: new BoltStructure(VALUE_TAGS.dateTimeZoneId, [1n, 0n, 'UTC']) }, 'UnsupportedOperationError'],
    ['RETURN $a', { a: new BoltStructure(VALUE_TAGS.point2d, [7203n, 1, 2]) }, 'UnsupportedOperationError'],
    ['RETURN $a', { a: new BoltStructure(VALUE_TAGS.duration, [0n, 0n, 2n ** 60n, 0n]) }, 'UnsupportedOperationError'],
    ['CREATE (n:N {a: $a})', { a: [1n, null] }, 'TypeError'],
    ['MATCH (n) SET n += $a', { a: new Map([['list', [[1n]]]]) }, 'TypeError'],
    ['UNWIND $a AS row CREATE (n:N {a: row.x})', { a: [new Map([['x', [1n, 'a']]])] }, 'TypeError'],
    ['UNWIND $a AS row MERGE (n:N {a: row})', { a: [1n, null] }, 'SemanticError'],
  ];
  for (const [text, parameters, code] of refused) {
    it(`are refused with ${code}: ${text}`, () => {
      expect(() => bind(text, parameters))
        .to.throw(BoltFailure)
        .with.property('code', `Neo.ClientError.Statement.${code}`);
    });
  }
});
