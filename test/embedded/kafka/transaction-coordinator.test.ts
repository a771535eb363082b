import { expect } from 'chai';
import { ErrorCode } from '../../../src/embedded/kafka/protocol/error-code.js';
import {
  type EndedTransaction,
  type ProducerIdentity,
  TransactionCoordinator,
} from '../../../src/embedded/kafka/transaction/transaction-coordinator.js';

const TIMEOUT_MS = 1_000;
const HERE = { topic: 't', partition: 0 };
const THERE = { topic: 't', partition: 1 };

/** A coordinator, and the ends that it has announced. */
function scene() {
  const ended: EndedTransaction[] = [];
  let lastId = 0n;
  const coordinator = new TransactionCoordinator({
    newProducerId: () => ++lastId,
    onEnd: (end) => ended.push(end),
  });
  const take = (transactionalId: string, nowMs = 0) => {
    const { errorCode, ...producer } = coordinator.take({ transactionalId, timeoutMs: TIMEOUT_MS }, nowMs);
    expect(errorCode).to.equal(ErrorCode.none);
    return { ...producer, transactionalId };
  };
  return { coordinator, ended, take };
}

const identity = ({ producerId, producerEpoch }: ProducerIdentity) => [producerId, producerEpoch];

describe('the transaction coordinator', () => {
  it('gives each transactional id a producer of its own, and each who takes it the next epoch', () => {
    const { take } = scene();
    expect(['a', 'b', 'a', 'a'].map((id) => identity(take(id)))).to.deep.equal([
      [1n, 0],
      [2n, 0],
      [1n, 1],
      [1n, 2],
    ]);
  });

  it('gives a new producer when the epochs are used up', () => {
    const { take } = scene();
    for (let epoch = 0; epoch < 32_766; epoch++) take('a');
    expect(identity(take('a'))).to.deep.equal([1n, 32_766]);
    expect(identity(take('a'))).to.deep.equal([2n, 0]);
  });

  it('refuses an empty id, and a timeout that is none or above 15 minutes', () => {
    const { coordinator } = scene();
    const codeOf = (transactionalId: string, timeoutMs: number) =>
      coordinator.take({ transactionalId, timeoutMs }, 0).errorCode;
    expect(codeOf('', 1)).to.equal(ErrorCode.invalidRequest);
    for (const timeoutMs of [0, -1, 900_001]) {
      expect(codeOf('a', timeoutMs)).to.equal(ErrorCode.invalidTransactionTimeout);
    }
    expect(codeOf('a', 900_000)).to.equal(ErrorCode.none);
  });

  it('lets a producer write only where it was added, and only until the end', () => {
    const { coordinator, take } = scene();
    const producer = take('a');
    expect(coordinator.mayWrite(producer, HERE)).to.equal(ErrorCode.invalidTxnState);
    coordinator.addPartitions(producer, [HERE], 0);
    expect(coordinator.mayWrite(producer, HERE)).to.equal(ErrorCode.none);
    expect(coordinator.mayWrite(producer, THERE)).to.equal(ErrorCode.invalidTxnState);
    expect(coordinator.mayCommitOffsets(producer, 'g')).to.equal(ErrorCode.invalidTxnState);
    coordinator.addGroup(producer, 'g', 0);
    expect(coordinator.mayCommitOffsets(producer, 'g')).to.equal(ErrorCode.none);
    expect(coordinator.mayCommitOffsets(producer, 'other')).to.equal(ErrorCode.invalidTxnState);
    coordinator.end(producer, true, 0);
    expect(coordinator.mayWrite(producer, HERE)).to.equal(ErrorCode.invalidTxnState);
    expect(coordinator.mayCommitOffsets(producer, 'g')).to.equal(ErrorCode.invalidTxnState);
  });

  it('announces an end once, with all that took part', () => {
    const { coordinator, ended, take } = scene();
    const producer = take('a');
    coordinator.addPartitions(producer, [HERE, THERE], 0);
    coordinator.addPartitions(producer, [HERE], 0);
    coordinator.addGroup(producer, 'g', 0);
    expect(coordinator.end(producer, true, 0)).to.equal(ErrorCode.none);
    expect(coordinator.end(producer, true, 0), 'an answer that was lost').to.equal(ErrorCode.none);
    expect(coordinator.end(producer, false, 0), 'another end').to.equal(ErrorCode.invalidTxnState);
    expect(ended).to.deep.equal([
      { producerId: 1n, producerEpoch: 0, committed: true, partitions: [HERE, THERE], groups: ['g'] },
    ]);
  });

  it('has nothing to end where nothing was begun', () => {
    const { coordinator, take } = scene();
    expect(coordinator.end(take('a'), true, 0)).to.equal(ErrorCode.invalidTxnState);
  });

  it('aborts what the forerunner left open, with the epoch of its successor, and knows the forerunner no more', () => {
    const { coordinator, ended, take } = scene();
    const former = take('a');
    coordinator.addPartitions(former, [HERE], 0);
    const latter = take('a');
    expect(ended).to.deep.equal([
      { producerId: 1n, producerEpoch: 1, committed: false, partitions: [HERE], groups: [] },
    ]);
    expect(coordinator.addPartitions(former, [HERE], 0)).to.equal(ErrorCode.invalidProducerEpoch);
    expect(coordinator.addGroup(former, 'g', 0)).to.equal(ErrorCode.invalidProducerEpoch);
    expect(coordinator.mayWrite(former, HERE)).to.equal(ErrorCode.invalidProducerEpoch);
    expect(coordinator.end(former, true, 0)).to.equal(ErrorCode.invalidProducerEpoch);
    expect(coordinator.addPartitions(latter, [HERE], 0)).to.equal(ErrorCode.none);
  });

  it('does not know the producer of another id', () => {
    const { coordinator, take } = scene();
    const { transactionalId } = take('a');
    const stranger = { ...take('b'), transactionalId };
    expect(coordinator.addPartitions(stranger, [HERE], 0)).to.equal(ErrorCode.invalidProducerIdMapping);
    const nobody = { ...stranger, transactionalId: 'nobody' };
    expect(coordinator.end(nobody, true, 0)).to.equal(ErrorCode.invalidProducerIdMapping);
  });

  it('aborts and fences when the time is up, counted from what was added first', () => {
    const { coordinator, ended, take } = scene();
    const producer = take('a', 100);
    expect(coordinator.nextDeadlineMs, 'nothing is open').to.equal(Number.POSITIVE_INFINITY);
    coordinator.addPartitions(producer, [HERE], 500);
    coordinator.addPartitions(producer, [THERE], 900);
    expect(coordinator.nextDeadlineMs).to.equal(500 + TIMEOUT_MS);
    coordinator.tick(500 + TIMEOUT_MS - 1);
    expect(ended).to.have.length(0);
    coordinator.tick(500 + TIMEOUT_MS);
    expect(ended.map(({ committed, producerEpoch }) => [committed, producerEpoch])).to.deep.equal([[false, 1]]);
    expect(coordinator.end(producer, true, 2_000)).to.equal(ErrorCode.invalidProducerEpoch);
    expect(coordinator.nextDeadlineMs).to.equal(Number.POSITIVE_INFINITY);
  });
});
