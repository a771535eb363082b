import { expect } from 'chai';
import { withCurrentNames } from '../../collectors/adjust/index.js';
import { type Attributes, type AttributeValue, initialOf } from '../../src/model/index.js';
import { attributesOf, buildSpan } from '../helpers/spans.js';

/** As a decoder gives them: with the initials of what was sent noted. */
function noted(values: Readonly<Record<string, AttributeValue>>): Attributes {
  const initials = Object.keys(values).reduce((bits, key) => bits | initialOf(key), 0);
  return { ...attributesOf(values), initials };
}

describe('attributes whose initials are noted', () => {
  for (const [old, current] of [
    ['net.peer.name', 'server.address'],
    ['net.host.port', 'server.port'],
    ['http.url', 'url.full'],
    ['db.system', 'db.system.name'],
  ] as const) {
    it(`answer to ${current} where only ${old} was sent`, () => {
      const { attributes } = withCurrentNames({ ...buildSpan(), attributes: noted({ [old]: 'said' }) });
      expect(attributes.get(current)).to.equal('said');
      expect((attributes.initials ?? 0) & initialOf(current)).not.to.equal(0);
    });
  }

  it('answer to no other key', () => {
    const { attributes } = withCurrentNames({ ...buildSpan(), attributes: noted({ 'tracecourt.step': 'pay' }) });
    expect(attributes.get('tracecourt.step')).to.equal('pay');
    expect(attributes.get('db.system.name')).to.equal(undefined);
  });
});
