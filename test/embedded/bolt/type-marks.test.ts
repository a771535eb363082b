import { expect } from 'chai';
import { withTypeMarks } from '../../../src/embedded/bolt/type-marks.js';
import { shapeOf } from '../../../src/embedded/bolt/value-shape.js';

const NUMBER = shapeOf([1]);

function marked(text: string, shapes = [NUMBER]): string | undefined {
  return withTypeMarks(text, shapes)?.replaceAll(/CASE .*? END/g, 'KIND');
}

describe('the question for the types of values', () => {
  it('names the columns once, and puts a mark beside each', () => {
    expect(marked('MATCH (n) RETURN n.x, n.y AS y', [NUMBER, NUMBER])).to.equal(
      'MATCH (n) WITH n.x AS `tcm_0`, n.y AS `y`\nRETURN `tcm_0`, `y`, KIND AS tcm_mark0, KIND AS tcm_mark1',
    );
  });

  it('leaves order, number and distinctness to the engine', () => {
    expect(marked('MATCH (n) RETURN DISTINCT n ORDER BY n.x LIMIT 2;')).to.equal(
      'MATCH (n) WITH DISTINCT n AS `n` ORDER BY n.x LIMIT 2\nRETURN `n`, KIND AS tcm_mark0',
    );
  });

  it('goes as deep as the values', () => {
    const shape = shapeOf([[{ a: 1, b: ['x'] }]]);
    expect(marked('RETURN $p AS p', [shape])).to.equal(
      'WITH $p AS `p`\nRETURN `p`, [null, [tcm_x0 IN `p` | [null, null, [KIND, [null, [tcm_x2 IN tcm_x0.`b` | KIND], [], null, null]], null, null]], [], null, null] AS tcm_mark0',
    );
  });

  it('asks the nodes and relationships of a path', () => {
    const path = { nodes: [{ _id: 0, _labels: [], x: 1 }], edges: [] };
    expect(marked('MATCH p = (n) RETURN p', [shapeOf([path])])).to.include(
      '[tcm_x0 IN nodes(`p`) | [null, null, [KIND]',
    );
  });

  it('asks nothing where all is told: of truth values, null, bytes', () => {
    expect(marked('RETURN $p AS p', [shapeOf([true, null, 5n, Buffer.of(1)])])).to.equal(
      'WITH $p AS `p`\nRETURN `p`, null AS tcm_mark0',
    );
  });

  const impossible: readonly (readonly [string, unknown])[] = [
    ['CREATE (n)', 1],
    ['MATCH (n) RETURN *', 1],
    ['RETURN 1 AS x UNION RETURN 2 AS x', 1],
    ['RETURN 1 AS `a``b`', 1],
    ['RETURN 1 AS tcm_0', 1],
    ['RETURN $p AS p', { 'a`b': 1 }],
    ['RETURN $p AS p', Array.from({ length: 20 }).reduce<unknown>((inner) => [inner], 1)],
    ['RETURN $p AS p', Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, 1]))],
  ];
  for (const [text, value] of impossible) {
    it(`cannot be put: ${text} (${JSON.stringify(value).slice(0, 40)})`, () => {
      expect(marked(text, [shapeOf([value])])).to.equal(undefined);
    });
  }
});
