import { expect } from 'chai';
import { judgedLines, wordsOf } from '../helpers/judged-lines.js';

const INVERTED = 'steps: {a: {}, b: {}}\norder: {sequence: [b, a]}';

/** Two calls one after the other, each answered with the status; the step is the work of the server. */
function calls(status: string): string {
  return [
    'r shop 0-100',
    `ca shop <r 1-20 client rpc.system.name=grpc ${status}`,
    'a stock <ca 3-18 server step=a',
    `cb shop <r 30-50 client rpc.system.name=grpc ${status}`,
    'b till <cb 32-48 server step=b',
  ].join('\n');
}

describe('the status of a gRPC call', () => {
  for (const status of ['rpc.response.status_code=OK', 'rpc.status_code=NOT_FOUND', 'rpc.grpc.status_code=0']) {
    it(`proves that the server had begun: ${status}`, async () => {
      expect(wordsOf(await judgedLines(INVERTED, calls(status)))).to.equal('fail wrong-order(a)');
    });
  }

  for (const status of [
    'rpc.response.status_code=DEADLINE_EXCEEDED',
    'rpc.grpc.status_code=14',
    'rpc.status_code=CANCELLED',
    'x=1',
  ]) {
    it(`proves nothing where nobody need have answered: ${status}`, async () => {
      const { outcome, strength } = await judgedLines(INVERTED, calls(status));
      expect({ outcome, strength }).to.deep.equal({
        outcome: 'pass',
        strength: { required: 1, proven: 0, undecided: 1 },
      });
    });
  }
});
