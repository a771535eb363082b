import { expect } from 'chai';
import { lazily } from '../../src/lib/lazily.js';

describe('lazily', () => {
  it('makes a property when it is read, and once', () => {
    let made = 0;
    const object = lazily({ name: 'a' }, { list: () => [++made], nothing: () => void made++ });
    expect(made).to.equal(0);
    expect(object.list).to.deep.equal([1]);
    expect(object.list).to.equal(object.list);
    expect([object.nothing, object.nothing]).to.deep.equal([undefined, undefined]);
    expect(made).to.equal(2);
  });

  it('gives each object its own, listed and copied as any other', () => {
    const [one, two] = ['one', 'two'].map((name) => lazily({ name }, { letters: () => [...name] }));
    expect(Object.keys(one!)).to.deep.equal(['name', 'letters']);
    expect({ ...two }).to.deep.equal({ name: 'two', letters: ['t', 'w', 'o'] });
    expect(JSON.stringify(one)).to.equal('{"name":"one","letters":["o","n","e"]}');
    expect(Object.hasOwn({ ...two, ...{} }, 'letters')).to.equal(true);
  });

  it('makes a property of any name, whatever objects have of themselves', () => {
    expect(lazily({}, { constructor: () => 'made' }).constructor).to.equal('made');
  });

  it('shares its getters between objects: the shape of none of them keeps what another sees', () => {
    const [one, two] = [1, 2].map((n) => lazily({}, { n: () => n }));
    expect([one!.n, two!.n]).to.deep.equal([1, 2]);
    const [getter, other] = [one!, two!].map((object) => Object.getOwnPropertyDescriptor(object, 'n')?.get);
    expect(getter).to.be.a('function').and.to.equal(other);
  });

  it('tries again what could not be made', () => {
    let tries = 0;
    const object = lazily(
      {},
      {
        value: () => {
          if (++tries === 1) throw new Error('not yet');
          return tries;
        },
      },
    );
    expect(() => object.value).to.throw('not yet');
    expect(object.value).to.equal(2);
  });
});
