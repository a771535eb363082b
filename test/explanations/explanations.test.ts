import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { FINDING_CODES, UNKNOWN_REASONS } from '../../src/model/index.js';
import { repositoryRoot } from '../helpers/repository.js';
import { type Explained, explainFile, withSayings } from './golden-case.js';

const FOLDER = `${repositoryRoot}test/explanations/golden/`;
/** True: the files are written anew, for someone to read each change of them. */
const WRITE = process.env['TRACECOURT_WRITE_GOLDEN'] !== undefined;

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

describe('explanations', () => {
  const all: Explained[] = [];

  for (const name of files) {
    it(`says of ${name.replace('.yaml', '')} what its golden file says`, async () => {
      const text = readFileSync(FOLDER + name, 'utf8');
      const explained = await explainFile(text);
      all.push(...explained);
      if (WRITE) writeFileSync(FOLDER + name, withSayings(text, explained));
      else for (const each of explained) expect(each.text, each.case).to.equal(each.says);
    });
  }

  it('has at least 60 cases, each with a name of its own', () => {
    expect(all.length).to.be.at.least(60);
    expect(new Set(all.map((each) => each.case)).size).to.equal(all.length);
  });

  it('tells of every finding', () => {
    const told = new Set(all.flatMap(({ verdict }) => verdict.findings.map(({ code }) => code)));
    expect(FINDING_CODES.filter((code) => !told.has(code))).to.deep.equal([]);
  });

  it('tells of every reason', () => {
    const told = new Set(all.flatMap(({ verdict }) => verdict.reasons.map(({ code }) => code)));
    expect(UNKNOWN_REASONS.filter((code) => !told.has(code))).to.deep.equal([]);
  });
});
