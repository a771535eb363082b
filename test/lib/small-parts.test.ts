import { expect } from 'chai';
import { pollUntil } from '../../src/lib/deadline.js';
import { parseDurationMs } from '../../src/lib/duration.js';
import { matchesGlob } from '../../src/lib/glob.js';
import { toJson } from '../../src/lib/json.js';
import { likelyWord } from '../../src/lib/likely-word.js';

describe('matchesGlob', () => {
  for (const [pattern, text, fits] of [
    ['ctx:*', 'ctx:1', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*b*', 'abc', true],
    ['', '', true],
    ['*', '', true],
    ['a', 'ab', false],
    ['*ab', 'aab', true],
  ] as const) {
    it(`${pattern} ${fits ? 'fits' : 'does not fit'} ${text}`, () => expect(matchesGlob(pattern, text)).to.equal(fits));
  }
});

describe('parseDurationMs', () => {
  for (const [text, ms] of [
    ['300ms', 300],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['PT1.5S', 1500],
    ['PT1H1M', 3_660_000],
    ['PT', undefined],
    ['5', undefined],
    ['-1s', undefined],
    ['', undefined],
  ] as const) {
    it(`reads "${text}" as ${String(ms)}`, () => expect(parseDurationMs(text)).to.equal(ms));
  }
});

describe('toJson', () => {
  it('keeps big integers as digits and bytes as base64', () => {
    expect(toJson({ a: 2n ** 60n, b: new Uint8Array([1, 2]) })).to.equal('{"a":"1152921504606846976","b":"AQI="}');
  });
});

describe('likelyWord', () => {
  for (const [typed, likely] of [
    ['alocation', 'allocation'],
    ['allocaiton', 'allocation'],
    ['ALLOCATION', 'allocation'],
    ['zzz', undefined],
  ] as const) {
    it(`${typed} is most likely ${String(likely)}`, () =>
      expect(likelyWord(typed, ['vote', 'allocation'])).to.equal(likely));
  }
});

describe('pollUntil', () => {
  it('gives the first answer, and nothing when the time is up', async () => {
    let asked = 0;
    const third = async () => (++asked === 3 ? 'yes' : undefined);
    expect(await pollUntil(third, { timeoutMs: 30_000, everyMs: 1 })).to.equal('yes');
    expect(await pollUntil(async () => undefined, { timeoutMs: 5, everyMs: 1 })).to.equal(undefined);
  });
});
