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
