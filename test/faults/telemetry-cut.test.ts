import { expect } from 'chai';
import { cutTelemetry } from '../../src/faults/index.js';

describe('cutTelemetry', () => {
  it('accepts exports with success, keeps nothing, and counts what it swallowed', async () => {
    await using cut = await cutTelemetry();
    const post = () =>
      fetch(`${cut.address}/v1/traces`, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      });
    expect(cut.swallowed()).to.equal(0);
    for (const response of [await post(), await post()]) expect(response.status).to.equal(200);
    expect(cut.swallowed()).to.equal(2);
  });
});
