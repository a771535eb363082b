import { expect } from 'chai';
import fc from 'fast-check';
import { deliberate, MEMBER_NAMES, MEMBERS } from 'gpu-allocation/build/council/members.js';
import { type Ballot, hasQuorum, parseAllocationRequest, QUORUM } from 'gpu-allocation/build/decision.js';

function approving(request: { readonly model: string; readonly hours: number }): readonly string[] {
  return MEMBERS.filter((member) => deliberate(member, request).vote === 'approve').map(({ name }) => name);
}

describe('the council', () => {
  it('has five members with five names', () => {
    expect(new Set(MEMBER_NAMES)).to.have.lengthOf(5);
  });

  it('mostly approves of an a100 for two hours, its first two members among them', () => {
    expect(approving({ model: 'a100', hours: 2 }))
      .to.have.lengthOf.at.least(4)
      .and.include.members(MEMBER_NAMES.slice(0, 2));
  });

  it('mostly rejects an a100 for two hundred hours', () => {
    expect(approving({ model: 'a100', hours: 200 })).to.have.lengthOf.at.most(1);
  });

  it('is sometimes divided', () => {
    const sizes = new Set([0.5, 2, 24, 48, 72, 200].map((hours) => approving({ model: 'a100', hours }).length));
    expect(sizes).to.have.lengthOf.at.least(3);
  });

  it('says the same about the same request', () => {
    for (const member of MEMBERS) {
      expect(deliberate(member, { model: 'a100', hours: 7 })).to.deep.equal(
        deliberate(member, { model: 'a100', hours: 7 }),
      );
    }
  });

  it('never likes a longer lease better', () => {
    const hours = fc.double({ min: 0.01, max: 8760, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom(...MEMBERS), hours, hours, (member, a, b) => {
        const short = deliberate(member, { model: 'a100', hours: Math.min(a, b) });
        const long = deliberate(member, { model: 'a100', hours: Math.max(a, b) });
        expect(long.reluctance).to.be.at.least(short.reluctance - 1e-12);
        if (short.vote === 'reject') expect(long.vote).to.equal('reject');
      }),
    );
  });
});

describe('the quorum', () => {
  const ballot = fc.record<Ballot>({
    member: fc.constantFrom(...MEMBER_NAMES),
    vote: fc.constantFrom('approve', 'reject'),
  });

  it('is three of five', () => {
    const votes = (count: number) =>
      MEMBER_NAMES.slice(0, count).map((member): Ballot => ({ member, vote: 'approve' }));
    expect([0, 1, 2, 3, 4, 5].map((count) => hasQuorum(votes(count)))).to.deep.equal([
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it('counts a member once, however often it votes', () => {
    const eager: Ballot = { member: 'ada', vote: 'approve' };
    expect(hasQuorum([eager, eager, eager])).to.equal(false);
  });

  it('is reached exactly when enough different members approve', () => {
    fc.assert(
      fc.property(fc.array(ballot, { maxLength: 12 }), (ballots) => {
        const approvers = MEMBER_NAMES.filter((name) => ballots.some((b) => b.member === name && b.vote === 'approve'));
        expect(hasQuorum(ballots)).to.equal(approvers.length >= QUORUM);
      }),
    );
  });
});

describe('an allocation request', () => {
  it('names a model and a positive number of hours', () => {
    expect(parseAllocationRequest({ model: 'a100', hours: 2, note: 'x' })).to.deep.equal({ model: 'a100', hours: 2 });
  });

  for (const body of [
    undefined,
    null,
    'a100',
    [],
    {},
    { model: 'a100' },
    { model: '', hours: 1 },
    { model: 'a100', hours: 0 },
  ]) {
    it(`is refused as ${JSON.stringify(body)}`, () => {
      expect(parseAllocationRequest(body)).to.equal(undefined);
    });
  }

  for (const hours of ['2', Number.NaN, Number.POSITIVE_INFINITY, -1, 8761]) {
    it(`is refused for ${typeof hours} ${hours} hours`, () => {
      expect(parseAllocationRequest({ model: 'a100', hours })).to.equal(undefined);
    });
  }
});
