import { expect } from 'chai';
import { compileExpression } from '../../src/lib/expression.js';
import type { LogMessage } from '../../src/model/index.js';
import { recordNames } from '../../src/validators/store/record-names.js';

const messageWith = (value: string | null): LogMessage => ({
  store: 'kafka',
  topic: 'orders',
  partition: 0,
  offset: '7',
  key: 'o-1',
  value,
  headers: {},
  groups: [],
});

describe('the names of a message in an expression', () => {
  const rows: readonly (readonly [expression: string, value: string | null, is: boolean])[] = [
    ['value == null', null, true],
    ['value == null', '', false],
    ['value == ""', '', true],
    ['value == ""', null, false],
    ['has(json.paid)', '{"paid":true}', true],
  ];
  for (const [expression, value, is] of rows) {
    it(`\`${expression}\` is ${is} of ${JSON.stringify(value)}`, () => {
      const compiled = compileExpression(expression);
      const result = compiled.ok && compiled.expression.evaluate(recordNames(messageWith(value)));
      expect(result).to.deep.equal({ ok: true, value: is });
    });
  }

  it('`json` is no name of what is no JSON', () => {
    for (const value of [null, '', 'paid']) expect(recordNames(messageWith(value))).not.to.have.property('json');
  });
});
