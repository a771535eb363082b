import { expect } from 'chai';
import { Agenda } from '../../../src/orchestrator/live/agenda.js';

describe('the agenda of looks at open requests', () => {
  it('lets news gather, and looks at what came together once', () => {
    const agenda = new Agenda();
    agenda.add('r-1', 100);
    agenda.add('r-1', 105);
    expect(agenda.take(109)).to.equal(undefined);
    expect(agenda.nextDue()).to.equal(110);
    expect(agenda.take(110)).to.equal('r-1');
    expect(agenda.take(1_000)).to.equal(undefined);
    expect(agenda.nextDue()).to.equal(undefined);
  });

  it('looks at the one first that has waited longest', () => {
    const agenda = new Agenda();
    agenda.add('r-1', 1);
    agenda.add('r-2', 2);
    agenda.add('r-1', 3);
    expect([agenda.take(100), agenda.take(100)]).to.deep.equal(['r-1', 'r-2']);
  });

  it('rests after a look, four times as long as that took', () => {
    const agenda = new Agenda();
    agenda.add('r-1', 0);
    agenda.take(10);
    agenda.looked(70, 50);
    agenda.add('r-1', 30);
    expect(agenda.nextDue()).to.equal(270);
    expect(agenda.take(269)).to.equal(undefined);
    expect(agenda.take(270)).to.equal('r-1');
  });

  it('never takes more than a fifth of the time, however much comes and whatever a look costs', () => {
    const agenda = new Agenda();
    let spent = 0;
    for (let now = 0; now < 100_000; now++) {
      agenda.add('r-1', now);
      if (agenda.take(now) === undefined) continue;
      const cost = 1 + (now % 37);
      spent += cost;
      agenda.looked(now + cost, cost);
    }
    expect(spent).to.be.within(10_000, 20_100);
  });

  it('forgets what is complete', () => {
    const agenda = new Agenda();
    agenda.add('r-1', 0);
    agenda.drop('r-1');
    expect(agenda.nextDue()).to.equal(undefined);
  });
});
