import * as wire from '@tracecourt/instrumentation/wire-names';
import { expect } from 'chai';
import { STAMP_NAMES } from '../../src/model/index.js';

describe('the names of the stamps', () => {
  it('are the same on the judging side as in the services', () => {
    expect(STAMP_NAMES).to.deep.equal({
      start: wire.SEQUENCE_START,
      end: wire.SEQUENCE_END,
      sent: wire.SEQUENCE_SENT,
      handoff: wire.TRACESTATE_MEMBER,
      step: wire.STEP,
      request: wire.REQUEST_ID,
    });
  });
});
