import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { FINDING_CODES, UNKNOWN_REASONS } from '../../src/model/index.js';
import { PRECEDENCE } from '../../src/validators/index.js';

/** Compiled tests run from build/test/rules. */
const PAGE = readFileSync(new URL('../../../docs/findings.md', import.meta.url), 'utf8');

function sectionsOf(title: string): ReadonlyMap<string, string> {
  const part = PAGE.split(/^# /m).find((each) => each.startsWith(title)) ?? '';
  const sections = part.split(/^## /m).slice(1);
  return new Map(sections.map((section) => [section.split('\n')[0]?.trim() ?? '', section]));
}

describe('docs/findings.md', () => {
  for (const [title, codes] of [
    ['Findings\n', FINDING_CODES],
    ['Reasons of unknown\n', UNKNOWN_REASONS],
  ] as const) {
    it(`has a section for each code under ${title.trim()}, and no other`, () => {
      expect([...sectionsOf(title).keys()].sort()).to.deep.equal([...codes].sort());
    });

    it(`gives each under ${title.trim()} a definition, an example and what to look at next`, () => {
      for (const [code, section] of sectionsOf(title)) {
        const [, definition = ''] = section.split('\n\n');
        expect(definition.length, code).to.be.greaterThan(40);
        expect(section, code).to.match(/^> .+/m);
        expect(section, code).to.include('**Look next**');
      }
    });
  }

  it('has the table of what explains what, row by row', () => {
    const rows = PAGE.split('\n')
      .map((line) => line.replace(/ +/g, ' '))
      .filter((line) => /^\| [a-z]+(-[a-z]+)* \| [a-z-]+ \| /.test(line));
    const expected = PRECEDENCE.map(({ hides, hidden, why }) => `| ${hides} | ${hidden} | ${why} |`);
    expect(rows).to.deep.equal(expected);
  });
});
