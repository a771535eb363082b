import { expect } from 'chai';
import type { RanRow } from './battery.js';
import {
  type PageRow,
  pageRows,
  partOf,
  provenByPage,
  provenByRun,
  renderPart,
  seenOnByPage,
  withPart,
} from './embedded-page.js';

const DIFFERENCE = {
  real: { does: 'runs `a | b`', answer: 1 },
  embedded: { does: 'refuses <it>', answer: 2 },
};
const ROWS: readonly PageRow[] = [
  { name: 'strings: keeps <any> value', isProven: true, difference: undefined },
  { name: 'scripts: EVAL', isProven: true, difference: DIFFERENCE },
  { name: 'scripts: FUNCTION', isProven: false, difference: DIFFERENCE },
];
const SEEN_ON = 'Redis 7.0.15, 2025-11-25';

function ran(server: 'real' | 'embedded', name: string, passed = true): RanRow {
  return { target: { store: 'Redis', server }, name, passed, difference: undefined };
}

describe('The page of the embedded stores', () => {
  const part = renderPart({ store: 'Redis', rows: ROWS, seenOn: SEEN_ON });

  it('counts the rows, and of them those that ran on a real server', () => {
    expect(part).to.include(`Rows of the battery: 3. Proven: 2 of them, seen on ${SEEN_ON}.\n`);
    const unproven = ROWS.map((row) => ({ ...row, isProven: false }));
    expect(renderPart({ store: 'Redis', rows: unproven, seenOn: '' })).to.include('Proven: none seen');
  });

  it('has a line for each difference, and marks what no real server has shown', () => {
    expect(part).to.include('\n| scripts: EVAL | runs `a \\| b` | refuses &lt;it> |\n');
    expect(part).to.match(/^\| scripts: FUNCTION \| runs .* \(\*\*not yet seen on a real one\*\*\) \|/m);
    expect(renderPart({ store: 'Redis', rows: ROWS.slice(0, 1), seenOn: SEEN_ON })).to.include('No row on which');
  });

  it('is read again as it was written', () => {
    const reread = pageRows(
      ROWS.map(({ name }) => ran('embedded', name)),
      provenByPage(part),
    );
    expect(reread.map(({ isProven }) => isProven)).to.deep.equal([true, true, false]);
    expect(seenOnByPage(part)).to.equal(SEEN_ON);
  });

  it('counts a row as proven only if it passed on the real server, each time', () => {
    const proven = provenByRun([
      ran('embedded', 'never there'),
      ran('real', 'twice'),
      ran('real', 'twice'),
      ran('real', 'once of two'),
      ran('real', 'once of two', false),
    ]);
    expect([...proven]).to.deep.equal(['twice']);
  });

  it('keeps everything around the part of a store', () => {
    const [begin, end] = [
      '<!-- rows of the Redis battery, written by npm run docs:embedded -->\n',
      '<!-- end of the rows of the Redis battery -->',
    ];
    const page = `before\n${begin}old\n${end}\nafter\n`;
    expect(partOf(page, 'Redis')).to.equal('old\n');
    expect(withPart(page, 'Redis', 'new\n')).to.equal(page.replace('old', 'new'));
    expect(() => partOf(page, 'Kafka')).to.throw('lacks the lines');
  });
});
