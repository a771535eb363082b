import { expect } from 'chai';
import type { BoltValue } from '../../../src/embedded/bolt/bolt-value.js';
import { tokenizeCypher } from '../../../src/embedded/bolt/cypher-tokens.js';
import { refuseBadRows } from '../../../src/embedded/bolt/stored-rows.js';

const BAD = [new Map<string, BoltValue>([['x', new Map()]])];
const NULLS = [new Map<string, BoltValue>([['x', null]])];

function check(text: string, rows: BoltValue): void {
  refuseBadRows(tokenizeCypher(text), new Map([['rows', rows]]));
}

describe('rows from a parameter', () => {
  const refused: readonly (readonly [string, BoltValue, string])[] = [
    ['UNWIND $rows AS row CREATE (n:N {x: row.x})', BAD, 'TypeError'],
    ['UNWIND $rows AS row MATCH (n) SET n.x = row.x', BAD, 'TypeError'],
    ['UNWIND $rows AS row CREATE (n:N) SET n += row', BAD, 'TypeError'],
    ['UNWIND $rows AS row MERGE (n:N {x: row.x})', NULLS, 'SemanticError'],
    ['UNWIND $rows AS row MERGE (n:N {x: row.absent})', NULLS, 'SemanticError'],
  ];
  for (const [text, rows, code] of refused) {
    it(`are refused with ${code}: ${text}`, () => {
      expect(() => check(text, rows))
        .to.throw()
        .with.property('code', `Neo.ClientError.Statement.${code}`);
    });
  }

  const allowed: readonly (readonly [string, BoltValue])[] = [
    ['UNWIND $rows AS row RETURN row.x', BAD],
    ['UNWIND $rows AS row CREATE (n:N {x: row.x.y})', BAD],
    ['UNWIND $rows AS row WITH 1 AS row CREATE (n:N {x: row})', BAD],
    ['UNWIND $rows AS row CREATE (n:N {x: size(row.x)})', BAD],
    ['UNWIND $rows AS row CREATE (n:N {x: row.x})', NULLS],
    ['UNWIND $rows AS row MATCH (n:N {x: row.x}) RETURN n', NULLS],
  ];
  for (const [text, rows] of allowed) {
    it(`may be used: ${text}`, () => {
      check(text, rows);
    });
  }
});
