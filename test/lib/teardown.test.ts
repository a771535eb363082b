import { expect } from 'chai';
import { Teardown } from '../../src/lib/teardown.js';

describe('Teardown', () => {
  function recording(deadlineMs = 1_000) {
    const troubles: string[] = [];
    const stopped: string[] = [];
    const teardown = new Teardown({ deadlineMs, onTrouble: (message) => troubles.push(message) });
    const add = (name: string) => teardown.defer(name, async () => void stopped.push(name));
    return { teardown, troubles, stopped, add };
  }

  it('stops what was started in the reverse order', async () => {
    const { teardown, stopped, add } = recording();
    ['stores', 'collector', 'services'].forEach(add);
    await teardown[Symbol.asyncDispose]();
    expect(stopped).to.deep.equal(['services', 'collector', 'stores']);
  });

  it('reports a stop that fails and goes on with the others', async () => {
    const { teardown, stopped, troubles, add } = recording();
    add('stores');
    teardown.defer('collector', () => Promise.reject(new Error('socket is gone')));
    await teardown[Symbol.asyncDispose]();
    expect(stopped).to.deep.equal(['stores']);
    expect(troubles).to.deep.equal(['collector failed to stop: socket is gone']);
  });

  it('gives up on a stop that takes longer than its deadline, and says so', async () => {
    const { teardown, stopped, troubles, add } = recording(5);
    add('stores');
    teardown.defer('services', () => new Promise(() => undefined));
    await teardown[Symbol.asyncDispose]();
    expect(stopped).to.deep.equal(['stores']);
    expect(troubles).to.deep.equal(['services did not stop within 5 ms']);
  });

  it('does its work once, however often it is disposed', async () => {
    const { teardown, stopped, add } = recording();
    add('stores');
    await Promise.all([teardown[Symbol.asyncDispose](), teardown[Symbol.asyncDispose]()]);
    expect(stopped).to.deep.equal(['stores']);
  });
});
