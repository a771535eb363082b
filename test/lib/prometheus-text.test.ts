import { expect } from 'chai';
import fc from 'fast-check';
import { prometheusText } from '../../src/lib/prometheus-text.js';
import { parseMetrics } from '../helpers/metrics-text.js';

describe("Prometheus's text", () => {
  it('has a family with its help and type, and a line a series', () => {
    const text = prometheusText([
      { name: 'a_total', help: 'How many.', type: 'counter', samples: [{ labels: { x: '1', y: 'b' }, value: 3 }] },
      { name: 'b', help: 'How much.', type: 'gauge', samples: [{ value: 1.5 }] },
    ]);
    expect(text).to.equal(
      '# HELP a_total How many.\n# TYPE a_total counter\na_total{x="1",y="b"} 3\n' +
        '# HELP b How much.\n# TYPE b gauge\nb 1.5\n',
    );
  });

  it('keeps every label as it is, whatever it says, on a line of its own', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('\\', '"', '\n', '{', '}', ',', '=', ' ', '#', 'n', '\r', '\u2028') }),
    );
    fc.assert(
      fc.property(fc.array(hostile), hostile, (values, help) => {
        const samples = values.map((label, value) => ({ labels: { label, other: label }, value }));
        const text = prometheusText([{ name: 'it', help, type: 'gauge', samples }]);
        expect(parseMetrics(text)).to.deep.equal(samples.map((sample) => ({ name: 'it', ...sample })));
        expect(text.split('\n')).to.have.length(values.length + 3);
      }),
    );
  });
});
