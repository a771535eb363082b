import { expect } from 'chai';
import { shakeHands } from '../../../src/embedded/bolt/handshake.js';

const MAGIC = '6060b017';

function offer(...versions: readonly string[]): Buffer {
  return Buffer.from(MAGIC + versions.join('').padEnd(32, '0'), 'hex');
}

describe('the Bolt handshake', () => {
  const rows: readonly (readonly [string, Buffer, string])[] = [
    ['the offer of neo4j-driver 6', offer('000001ff', '00080805', '00020404', '00000003'), '00000405'],
    ['exactly 5.2', offer('00000205'), '00000205'],
    ['5.0', offer('00000005'), '00000005'],
    ['the older range first', offer('00010105', '00000405'), '00000105'],
    ['only versions that are too new', offer('00010805'), '00000000'],
    ['only Bolt 4', offer('00020404'), '00000000'],
  ];
  for (const [what, bytes, reply] of rows) {
    it(`answers ${what} with ${reply}`, () => {
      const handshake = shakeHands(bytes);
      expect(handshake.kind).to.equal(reply === '00000000' ? 'refused' : 'agreed');
      expect('reply' in handshake ? handshake.reply?.toString('hex') : '').to.equal(reply);
    });
  }

  it('waits until the offer is whole, and keeps what follows it', () => {
    const bytes = Buffer.concat([offer('00000405'), Buffer.from('rest')]);
    expect(shakeHands(bytes.subarray(0, 3))).to.deep.equal({ kind: 'incomplete' });
    expect(shakeHands(bytes.subarray(0, 19))).to.deep.equal({ kind: 'incomplete' });
    const handshake = shakeHands(bytes);
    expect(handshake.kind === 'agreed' && handshake.rest.toString()).to.equal('rest');
  });

  it('says nothing to a client that speaks something else', () => {
    expect(shakeHands(Buffer.from('GET / HTTP/1.1'))).to.deep.equal({ kind: 'refused', reply: undefined });
  });
});
