import { expect } from 'chai';
import type { BoltValue } from '../../../src/embedded/bolt/bolt-value.js';
import { tokenizeCypher } from '../../../src/embedded/bolt/cypher-tokens.js';
import { temporalArguments } from '../../../src/embedded/bolt/temporal-arguments.js';

const GIVEN = new Map<string, BoltValue>([
  ['at', '2024-01-01'],
  ['rows', [new Map([['at', '10:00']]), new Map([['at', null]])]],
]);

describe('texts that are made temporal values', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["RETURN date('2024-02-30') AS x, time( '10:00' ) AS y", ['date 2024-02-30', 'time 10:00']],
    ['RETURN datetime($at) AS x', ['datetime 2024-01-01']],
    ['UNWIND $rows AS row RETURN localtime(row.at) AS x', ['localtime 10:00']],
    ["RETURN duration('P' + $at) AS x", []],
    ['MATCH (n) RETURN date(n.at) AS x, date() AS y', []],
    ['RETURN date({year: 2024}) AS x', []],
    ["MATCH (n:Date) RETURN n.date AS date, '(x)' AS y", []],
  ];
  for (const [text, expected] of cases) {
    it(`are found: ${text}`, () => {
      const found = temporalArguments(tokenizeCypher(text), GIVEN);
      expect(found.map(({ name, texts }) => `${name} ${texts.join()}`)).to.deep.equal(expected);
    });
  }
});
