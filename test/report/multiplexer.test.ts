import { expect } from 'chai';
import type { RunEvent } from '../../src/model/index.js';
import { multiplex } from '../../src/report/index.js';

const notice: RunEvent = { at: 1n, type: 'notice', level: 'info', message: 'hello' };

describe('multiplex', () => {
  it('tells every reporter every event, and ends them all', async () => {
    const heard: string[] = [];
    const reporter = (name: string) => ({
      name,
      onEvent: () => void heard.push(name),
      end: () => void heard.push(`${name} ended`),
    });
    const all = multiplex([reporter('a'), reporter('b')], () => undefined);
    all.onEvent(notice);
    await all.end();
    expect(heard).to.deep.equal(['a', 'b', 'a ended', 'b ended']);
  });

  it('gives events that happen at once together to who takes them so, and one by one to others', () => {
    const heard: string[] = [];
    const all = multiplex(
      [
        {
          name: 'a',
          onEvent: () => expect.fail('a takes them together'),
          onEvents: (events) => void heard.push(`a ${events.length}`),
        },
        { name: 'b', onEvent: ({ at }) => void heard.push(`b ${at}`) },
      ],
      (trouble) => expect.fail(trouble),
    );
    all.onEvents([notice, { ...notice, at: 2n }]);
    all.onEvent({ ...notice, at: 3n });
    expect(heard).to.deep.equal(['a 2', 'b 1', 'b 2', 'a 1', 'b 3']);
  });

  it('reports a reporter that throws, once, and goes on with the others', async () => {
    const troubles: string[] = [];
    let heard = 0;
    const broken = {
      name: 'JUnit',
      onEvent() {
        throw new Error('no space left');
      },
    };
    const all = multiplex([broken, { name: 'good', onEvent: () => void heard++ }], (trouble) => troubles.push(trouble));
    all.onEvent(notice);
    all.onEvent(notice);
    await all.end();
    expect(heard).to.equal(2);
    expect(troubles).to.deep.equal(['The JUnit report failed and stops here: no space left']);
  });

  it('reports one that throws at the end', async () => {
    const troubles: string[] = [];
    const end = () => Promise.reject(new Error('pipe closed'));
    await multiplex([{ name: 'HTML', onEvent: () => undefined, end }], (trouble) => troubles.push(trouble)).end();
    expect(troubles).to.deep.equal(['The HTML report failed and stops here: pipe closed']);
  });
});
