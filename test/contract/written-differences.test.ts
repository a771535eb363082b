import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { readRepositoryFile, repositoryRoot } from '../helpers/repository.js';
import { skip } from '../helpers/skip.js';
import { identityOfReal, rowsThatRan, type Store } from './battery.js';
import { pageRows, partOf, provenByPage, provenByRun, renderPart, seenOnByPage, withPart } from './embedded-page.js';

const PAGE = 'docs/embedded.md';
const isToWrite = process.env['TRACECOURT_WRITE_DOCS'] === '1';

/** Runs after the batteries, by its name: what they did is what the page must say. */
describe(PAGE, () => {
  for (const store of ['Kafka', 'Neo4j', 'Redis'] as const) {
    it(`says what the ${store} battery has shown`, function () {
      const ran = rowsThatRan(store);
      if (ran.length === 0) skip(this, `run the ${store} battery too: build/test/contract/`);
      const page = readRepositoryFile(PAGE);
      const written = partOf(page, store);
      const shown = whatRan(store, written);
      if (shown.isOfReal) expect(shown.unproven, 'rows that the real server of this run has not passed').to.be.empty;
      const part = renderPart({ store, ...shown });
      if (isToWrite) writeFileSync(`${repositoryRoot}${PAGE}`, withPart(page, store, part));
      else expect(written, `${PAGE} is stale; this rewrites it: npm run docs:embedded`).to.equal(part);
    });
  }
});

/** With a real server in this run, only what ran on it counts; without one, the rows that the page calls proven. */
function whatRan(store: Store, written: string) {
  const ran = rowsThatRan(store);
  const isOfReal = ran.some(({ target }) => target.server === 'real');
  const rows = pageRows(ran, isOfReal ? provenByRun(ran) : provenByPage(written));
  const unproven = rows.filter(({ isProven }) => !isProven).map(({ name }) => name);
  const today = new Date().toISOString().slice(0, 10);
  const seenOn = isOfReal && isToWrite ? `${identityOfReal(store)}, ${today}` : seenOnByPage(written);
  return { rows, unproven, isOfReal, seenOn };
}
