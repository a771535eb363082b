import { CAPTURE_LIMIT, captureJson, REDACTED, redactText, TRUNCATED } from '@tracecourt/instrumentation';
import { expect } from 'chai';
import fc from 'fast-check';

function captured(value: unknown): unknown {
  return JSON.parse(captureJson(value) ?? 'null');
}

describe('captured JSON', () => {
  it('is the value, where JSON can hold it', () => {
    const value = { a: [1, 'two', true, null], b: { c: 1.5 } };
    expect(captured(value)).to.deep.equal(value);
    expect(captureJson(undefined)).to.equal(undefined);
    expect(captureJson(() => 1)).to.equal(undefined);
  });

  it('writes what JSON cannot hold so that nobody takes it for data', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(captured(circle)).to.deep.equal({ self: '[circular]' });
    expect(captured({ big: 2n ** 64n, bytes: new Uint8Array(12) })).to.deep.equal({
      big: '18446744073709551616',
      bytes: '[bytes: 12]',
    });
    expect(captured(new Map([['a', new Set([1])]]))).to.deep.equal({ a: [1] });
    expect(captured(new RangeError('far'))).to.deep.equal({ name: 'RangeError', message: 'far' });
    expect(captured(new Date(0))).to.equal('1970-01-01T00:00:00.000Z');
  });

  it('shows the same object twice where it stands twice', () => {
    const shared = { x: 1 };
    expect(captured([shared, shared])).to.deep.equal([shared, shared]);
  });

  it('stops at a depth', () => {
    let deep: unknown = 'bottom';
    for (let i = 0; i < 1000; i += 1) deep = [deep];
    expect(captureJson(deep)).to.contain('[too deep]');
  });

  it('is never a part that looks like the whole', () => {
    const large = { decisionId: 'd-1', votes: Array.from({ length: 10_000 }, (_, i) => i) };
    expect(captured(large)).to.deep.equal({ [TRUNCATED]: true });
    expect(captured('x'.repeat(CAPTURE_LIMIT))).to.deep.equal({ [TRUNCATED]: true });
  });

  it('does not read a huge value to its end', () => {
    let reads = 0;
    const huge = new Proxy(
      Array.from({ length: 100_000 }, () => 'word'),
      {
        get: (target, key) => {
          reads += 1;
          return Reflect.get(target, key);
        },
      },
    );
    captureJson(huge);
    expect(reads).to.be.below(10_000);
  });

  it('leaves out what stands under the name of a secret', () => {
    const value = {
      user: 'ada',
      password: 'hunter2',
      'X-Api-Key': 'k',
      headers: { Authorization: 'x', 'set-cookie': ['y'] },
      cvv: 123,
    };
    expect(captured(value)).to.deep.equal({
      user: 'ada',
      password: REDACTED,
      'X-Api-Key': REDACTED,
      headers: { Authorization: REDACTED, 'set-cookie': REDACTED },
      cvv: REDACTED,
    });
  });

  it('keeps names that only resemble one', () => {
    const value = { tokens: 12, secretary: 'ada', key: 'ctx:1', passwordless: true };
    expect(captured(value)).to.deep.equal(value);
  });

  it('is harmless to names that are special in JavaScript', () => {
    expect(captureJson(JSON.parse('{"__proto__":{"polluted":1}}'))).to.equal('{"__proto__":{"polluted":1}}');
    expect(({} as { polluted?: number }).polluted).to.equal(undefined);
  });

  it('is valid JSON within the limit, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withMap: true, withSet: true, withTypedArray: true, maxDepth: 5 }),
        (value) => {
          const text = captureJson(value);
          if (text === undefined) return;
          expect(text.length).to.be.at.most(CAPTURE_LIMIT);
          JSON.parse(text);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('text without secrets', () => {
  const secrets: Readonly<Record<string, string>> = {
    'a JSON web token': 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLWhlcmU',
    'a bearer token': 'Bearer abcdef.123456-xyz',
    'a cloud key': 'AKIAIOSFODNN7EXAMPLE',
    'a forge token': 'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
    'a card number': '4111 1111 1111 1111',
    'a random key': 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1',
    'a private key': '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----',
  };
  for (const [what, secret] of Object.entries(secrets)) {
    it(`has no ${what.replace(/^an? /, '')}`, () => {
      expect(redactText(`before ${secret} after`)).to.equal(`before ${REDACTED} after`);
    });
  }

  it('has no credentials in addresses', () => {
    expect(redactText('bolt://neo4j:hunter2@db:7687')).to.equal(`bolt://${REDACTED}@db:7687`);
  });

  for (const harmless of [
    '5b0a4b52-6b3d-4b6e-8a1c-0d6f1b2c3d4e',
    '0af7651916cd43dd8448eb211c80319c',
    'gpu.allocated.notifications.v2',
    'ctx:decision-2026-11-21T11:45:02.000Z',
    '1763725502000000000',
    'a sentence of ordinary words, with 42 numbers',
    'councilMemberVotesInParallelWithQuorum',
  ]) {
    it(`keeps ${harmless}`, () => expect(redactText(harmless)).to.equal(harmless));
  }
});
