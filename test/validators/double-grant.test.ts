import { expect } from 'chai';
import fc from 'fast-check';
import { judge } from '../../src/validators/index.js';
import { evaluate, gpuRequest, LEASES, lease } from '../helpers/gpu-request.js';
import { tell } from './cases.js';

interface Span {
  readonly ours: boolean;
  readonly from: number;
  readonly until: number | null;
}

const SKEW = 4;
const HORIZON = 40;

const grants = fc.array(
  fc
    .record({
      ours: fc.boolean(),
      from: fc.nat(HORIZON),
      length: fc.nat(20),
      isOpen: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    })
    .map(({ ours, from, length, isOpen }): Span => ({ ours, from, until: isOpen ? null : from + length })),
  { minLength: 1, maxLength: 6 },
);

/** How many hold at most at any instant at which one of ours does, when each is shortened by `by` at both ends: instants are tried one by one. */
function mostAtOnce(spans: readonly Span[], by: number): number {
  let most = 0;
  for (let instant = 0; instant <= 3 * HORIZON; instant += 0.5) {
    const holding = spans.filter(({ from, until }) => from + by <= instant && (until === null || instant < until - by));
    if (holding.some(({ ours }) => ours)) most = Math.max(most, holding.length);
  }
  return most;
}

function judged(spans: readonly Span[], capacity: number) {
  const records = spans.map(({ ours, from, until }, i) => lease(ours ? 'd1' : `other-${i}`, from, until));
  const leases = LEASES.map((each) => ({ ...each, capacity, skewMs: SKEW }));
  return judge(gpuRequest({ flow: { leases }, records: { 'lease gpu': records } }), evaluate);
}

describe('double-grant, against trying every instant', () => {
  it('is told if and only if too many hold for sure, and undecided if they only may', () => {
    const seen = { double: 0, undecided: 0, fine: 0 };
    fc.assert(
      fc.property(grants, fc.integer({ min: 1, max: 3 }), (spans, capacity) => {
        const told = tell(judged(spans, capacity));
        const certain = mostAtOnce(spans, SKEW / 2) > capacity;
        const possible = mostAtOnce(spans, 0) > capacity;
        expect(told.includes('double-grant(graph-write)'), JSON.stringify(spans)).to.equal(certain);
        const open = !certain && (possible || !spans.some(({ ours }) => ours));
        expect(told.includes('undecided'), JSON.stringify(spans)).to.equal(open);
        seen[certain ? 'double' : open ? 'undecided' : 'fine']++;
      }),
      { numRuns: 5_000 },
    );
    expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).to.be.greaterThan(300);
  });

  it('shows those that hold together, ours first, and since when', () => {
    const [finding] = judged(
      [
        { ours: false, from: 0, until: 9 },
        { ours: false, from: 10, until: 60 },
        { ours: true, from: 20, until: null },
      ],
      1,
    ).findings;
    expect(finding?.code).to.equal('double-grant');
    expect(finding?.store).to.equal('neo4j');
    expect(finding?.facts).to.deep.include({ resource: 'gpu', holding: 2, ours: 1, fromMs: 20, untilMs: 60 });
    expect(finding?.facts).to.have.deep.property('seen', [lease('d1', 20, null), lease('other-1', 10, 60)]);
  });

  it('reads ten thousand grants in a moment', () => {
    const spans = Array.from(
      { length: 10_000 },
      (_, i): Span => ({ ours: i === 5_000, from: i * 10, until: i * 10 + 10 }),
    );
    expect(tell(judged(spans, 1))).to.deep.equal([]);
  });
});
