import { expect } from 'chai';
import { compileOrder, createChecker } from '../../../src/validators/conformance/index.js';
import { seeded } from '../../helpers/seeded.js';
import { conformsByBruteForce } from './brute-force.js';
import { randomRequest, toRequestOrder } from './random-request.js';
import { randomExactTree } from './random-tree.js';

const PAIRS = Number(process.env['TRACECOURT_BRUTE_PAIRS'] ?? 3_000);

describe('the exact class against brute force', () => {
  it(`agrees with every run and every linear order, on ${PAIRS} random requests`, function () {
    this.timeout(10_800_000);
    let conforming = 0;
    for (let seed = 1; seed <= PAIRS; seed++) {
      const random = seeded(seed);
      const names = ['a', 'b', 'c', 'd'].slice(0, 1 + random.below(4));
      const tree = randomExactTree(random, names);
      const request = randomRequest(random, {
        steps: Array.from({ length: 1 + random.below(5) }, () => random.pick(names)),
      });
      const open = new Set(random.below(3) === 0 ? names.filter(() => random.below(2) === 0) : []);
      const expected = conformsByBruteForce(tree, request, open);
      if (expected) conforming++;
      const answer = createChecker(compileOrder(tree)).check(toRequestOrder(tree, request, open));
      if (answer.kind !== (expected ? 'conforms' : 'violated')) {
        expect.fail(
          `seed ${seed}: expected ${expected} of ${JSON.stringify({ tree, request, open: [...open] }, (_, value) => (value instanceof Set ? [...value] : value))}`,
        );
      }
    }
    expect(conforming).to.be.greaterThan(PAIRS / 10);
    expect(conforming).to.be.lessThan(PAIRS - PAIRS / 10);
  });
});
