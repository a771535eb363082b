import { expect } from 'chai';
import { kafkaRelease } from '../../src/stores/kafka-release.js';

/** An answer to the oldest form of the question which versions a broker knows. */
function answerWith(...rows: readonly (readonly [key: number, min: number, max: number])[]): Buffer {
  const answer = Buffer.alloc(14 + 6 * rows.length);
  answer.writeInt32BE(rows.length, 10);
  for (const [index, row] of rows.entries()) {
    for (const [place, value] of row.entries()) answer.writeInt16BE(value, 14 + 6 * index + 2 * place);
  }
  return answer;
}

describe('the release of a Kafka', () => {
  const rows: readonly (readonly [string, Buffer, string])[] = [
    ['that forgot the oldest fetches', answerWith([0, 0, 13], [1, 4, 18], [2, 1, 11]), '4.x'],
    ['that keeps them and lists offsets in the seventh way', answerWith([1, 0, 17], [2, 0, 9]), '3.x'],
    ['that does not', answerWith([1, 0, 12], [2, 0, 6]), '2.x or older'],
    ['that says nothing of either', answerWith([18, 0, 3]), 'unknown'],
    ['whose answer is cut off', answerWith([1, 4, 18], [2, 1, 11]).subarray(0, 17), 'unknown'],
  ];
  for (const [what, answer, release] of rows) {
    it(`${what} is ${release}`, () => {
      expect(kafkaRelease(answer)).to.equal(release);
    });
  }
});
