import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { SharedRounds, type SharedRoundsOptions } from '../../src/lib/shared-rounds.js';

describe('shared rounds', () => {
  /** Answers each question with the number of the round, when `release` is called. */
  function rounds(options: SharedRoundsOptions = {}) {
    const asked: (readonly string[])[] = [];
    const releases: (() => void)[] = [];
    const shared = new SharedRounds(async (questions: readonly string[]) => {
      asked.push(questions);
      const round = asked.length;
      await new Promise<void>((resolve) => releases.push(resolve));
      return new Map(questions.map((question) => [question, round]));
    }, options);
    return { asked, shared, release: () => releases.shift()?.() };
  }

  it('answer what is asked at once together, each question once', async () => {
    const { asked, shared, release } = rounds();
    const answers = Promise.all([shared.ask('a'), shared.ask('b'), shared.ask('a')]);
    await nextTurn();
    release();
    expect(await answers).to.deep.equal([1, 1, 1]);
    expect(asked).to.deep.equal([['a', 'b']]);
  });

  it('never answer with what was found out before the question', async () => {
    const { asked, shared, release } = rounds();
    const first = shared.ask('a');
    await nextTurn();
    const later = Promise.all([shared.ask('a'), shared.ask('c')]);
    await nextTurn();
    expect(asked).to.deep.equal([['a']]);
    release();
    expect(await first).to.equal(1);
    await nextTurn();
    release();
    expect(await later).to.deep.equal([2, 2]);
    expect(asked).to.deep.equal([['a'], ['a', 'c']]);
  });

  it('run as many at once as they may, and gather what is asked beyond that', async () => {
    const { asked, shared, release } = rounds({ atOnce: 2 });
    const first = shared.ask('a');
    await nextTurn();
    const second = shared.ask('a');
    await nextTurn();
    const gathered = Promise.all([shared.ask('b'), shared.ask('c')]);
    await nextTurn();
    expect(asked).to.deep.equal([['a'], ['a']]);
    release();
    expect(await first).to.equal(1);
    await nextTurn();
    expect(asked).to.deep.equal([['a'], ['a'], ['b', 'c']]);
    release();
    release();
    expect(await second).to.equal(2);
    expect(await gathered).to.deep.equal([3, 3]);
  });

  it('go on after a round that failed, which fails for all who shared it', async () => {
    let isBroken = true;
    const shared = new SharedRounds(async (questions: readonly string[]) => {
      if (isBroken) throw new Error('broken');
      return new Map(questions.map((question) => [question, 'fine']));
    });
    const [one, two] = await Promise.allSettled([shared.ask('a'), shared.ask('b')]);
    expect([one.status, two.status]).to.deep.equal(['rejected', 'rejected']);
    isBroken = false;
    expect(await shared.ask('a')).to.equal('fine');
  });
});
