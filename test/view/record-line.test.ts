import { expect } from 'chai';
import type { LogMessage } from '../../src/model/index.js';
import { recordLine } from '../../src/view/index.js';

const message: LogMessage = {
  store: 'kafka',
  topic: 'orders',
  partition: 2,
  offset: '7',
  key: 'o-1',
  value: 'paid',
  headers: {},
  groups: [],
};

describe('the line of a message', () => {
  const rows: readonly (readonly [string | null, string])[] = [
    ['paid', 'orders[2] offset 7, key o-1: paid'],
    ['', 'orders[2] offset 7, key o-1: an empty value'],
    [null, 'orders[2] offset 7, key o-1: no value (a tombstone)'],
  ];
  for (const [value, line] of rows) {
    it(`tells ${JSON.stringify(value)} from other values`, () => {
      expect(recordLine({ ...message, value })).to.equal(line);
    });
  }
});
